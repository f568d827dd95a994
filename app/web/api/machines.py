"""What trainings run on and learn from, over the API: workers, and sets of photographs."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from app.jobs import photographs, store
from app.jobs.photographs import UnknownSet
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import DIGEST, LATER, MOMENT, Told, example
from app.web.pages import Ctx
from app.web.silence import workers as rows_of
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_WORKER = {
    "name": "lab-gpu-1", "devices": "cuda:0", "started_at": MOMENT, "seen_at": LATER, "silent_seconds": 0.0,
    "vanished": False,
}  # fmt: skip
_PHOTOGRAPH = {"name": "astronaut", "digest": DIGEST, "width": 512, "height": 512, "source": "astronaut.png"}
_SET = {"name": "packaged", "train": 9, "test": 4}


class WorkerTold(Told):
    """A worker and its devices."""

    model_config = example(_WORKER)

    name: str
    devices: str
    started_at: datetime
    seen_at: datetime
    silent_seconds: float = Field(description="0 while it reports as it should.")
    vanished: bool = Field(description="Silent for longer than its leases: others take its jobs up.")


class WorkersTold(Told):
    """The workers that have been seen within a day."""

    model_config = example({"items": [_WORKER]})

    items: list[WorkerTold]


class SetTold(Told):
    """A set of photographs in numbers."""

    model_config = example(_SET)

    name: str
    train: int
    test: int


class SetsTold(Told):
    """All sets of photographs."""

    model_config = example({"items": [_SET]})

    items: list[SetTold]


class PhotographTold(Told):
    """A photograph; a training names it by name and digest."""

    model_config = example(_PHOTOGRAPH)

    name: str
    digest: str
    width: int
    height: int
    source: str


class PhotographsTold(Told):
    """A set's photographs, in two parts that never meet."""

    model_config = example({"name": "packaged", "train": [_PHOTOGRAPH], "test": [_PHOTOGRAPH]})

    name: str
    train: list[PhotographTold]
    test: list[PhotographTold]


@router.get("/workers", **opens(Scope.JOBS_READ))
def list_workers(use: Ctx) -> WorkersTold:
    """The workers, and how long each has been silent."""
    rows = rows_of(store.workers(use.database), use.settings)
    return WorkersTold(
        items=[
            WorkerTold(
                name=row.worker.name, devices=row.worker.devices, started_at=row.worker.started_at,
                seen_at=row.worker.seen_at, silent_seconds=row.silent, vanished=row.vanished,
            )
            for row in rows
        ]
    )  # fmt: skip


@router.get("/photographs", **opens(Scope.JOBS_READ))
def list_sets(use: Ctx) -> SetsTold:
    """The sets of photographs."""
    return SetsTold(
        items=[SetTold(name=name, train=train, test=test) for name, train, test in photographs.sets(use.database)]
    )


@router.get("/photographs/{set_name}", **opens(Scope.JOBS_READ, UnknownSet))
def read_set(use: Ctx, set_name: str) -> PhotographsTold:
    """One set of photographs."""
    return PhotographsTold.model_validate(photographs.photographs(use.database, set_name))
