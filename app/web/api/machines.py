"""What trainings run on, over the API: the workers."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from app.jobs import store
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import LATER, MOMENT, Told, example
from app.web.pages import Ctx
from app.web.silence import workers as rows_of
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_WORKER = {
    "name": "lab-gpu-1", "devices": "cuda:0", "started_at": MOMENT, "seen_at": LATER, "silent_seconds": 0.0,
    "vanished": False,
}  # fmt: skip


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
