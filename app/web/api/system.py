"""How the installation is, over the API, for those who operate it."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from app.db.upkeep import Health
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import MOMENT, Told, example
from app.web.pages import Ctx
from app.web.rights import Right
from app.web.standing import standing
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_TROUBLE = {
    "health": "note", "check": "backups", "finding": "there is no backup of the database",
    "fix": "run `beholder backup` every day",
}  # fmt: skip
_QUEUE = {"waiting": 12, "at_work": 1, "failed": 0}
_DISK = {"name": "data folder", "path": "/srv/beholder", "free": 80000000000, "total": 500000000000}
_DATABASE = {"kind": "SQLite", "size": 4096000, "backed_up_at": MOMENT, "backups": "in /srv/beholder/backups"}


class TroubleTold(Told):
    """Something that is wrong with the installation, and what to do about it."""

    model_config = example(_TROUBLE)

    health: Health = Field(description="Ill: does not work, or will not for long. Note: somebody should know.")
    check: str
    finding: str
    fix: str


class QueueTold(Told):
    """How many jobs wait, are at work, and failed within a day."""

    model_config = example(_QUEUE)

    waiting: int
    at_work: int
    failed: int


class DiskTold(Told):
    """The room where something is kept, bytes."""

    model_config = example(_DISK)

    name: str
    path: str
    free: int
    total: int


class DatabaseKindTold(Told):
    """What the database is."""

    model_config = example(_DATABASE)

    kind: str
    size: int | None = Field(description="Bytes; null where it does not say.")
    backed_up_at: datetime | None = Field(description="Null: never, or by the server's own tools.")
    backups: str


class SystemTold(Told):
    """How the installation is; workers have a route of their own."""

    model_config = example(
        {
            "troubles": [_TROUBLE], "queue": _QUEUE, "disks": [_DISK], "database": _DATABASE,
            "versions": {"Beholder": "1.0.0"}, "settings": {"BEHOLDER_GPUS": "auto"},
        }
    )  # fmt: skip

    troubles: list[TroubleTold]
    queue: QueueTold
    disks: list[DiskTold]
    database: DatabaseKindTold
    versions: dict[str, str]
    settings: dict[str, str] = Field(description="By their variables; addresses that may hold a password are left out.")


@router.get("/system", **opens(Scope.JOBS_READ, right=Right.OPERATES))
def read_system(use: Ctx) -> SystemTold:
    """What needs somebody, the queue, disks, the database, versions and settings."""
    found = standing(use)
    return SystemTold(
        troubles=[TroubleTold.model_validate(one) for one in found.troubles],
        queue=QueueTold.model_validate(found.queue),
        disks=[DiskTold.model_validate(one) for one in found.disks],
        database=DatabaseKindTold.model_validate(found.database),
        versions=dict(found.versions),
        settings=dict(found.settings),
    )
