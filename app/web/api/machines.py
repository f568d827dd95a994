"""What trainings run on, over the API: the workers."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from app.jobs import store
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import LATER, MOMENT, Told, example
from app.web.pages import Ctx
from app.web.silence import workers as rows_of
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_WORKER: dict[str, Any] = {
    "name": "lab-gpu-1", "devices": "cuda:0", "started_at": MOMENT, "seen_at": LATER, "silent_seconds": 0.0,
    "vanished": False, "weights": ["lpips", "dists"],
    "speeds": {"NVIDIA H200": {"denoise · mae · 32 × 8, 16 × 192 px · bf16": 4.2}},
    "memory": {
        "gpu 0": {"name": "NVIDIA H200", "cores": None, "processes": 1, "free": 140000000000, "memory": 150754820096}
    },
}  # fmt: skip


class SlotTold(Told):
    """What takes one job at a time."""

    model_config = example(_WORKER["memory"]["gpu 0"])

    name: str = Field(description="What the device is called.")
    cores: int | None = Field(description="Of a CPU; null: a GPU.")
    processes: int = Field(description="GPUs that train together.")
    free: int | None = Field(description="Bytes.")
    memory: int | None = Field(description="Bytes in all.")


class WorkerTold(Told):
    """A worker and its devices."""

    model_config = example(_WORKER)

    name: str
    devices: str
    started_at: datetime
    seen_at: datetime
    weights: list[str] = Field(description="Ids of the measures whose weights it has at hand.")
    speeds: dict[str, dict[str, float]] = Field(description="Milliseconds a step, by device and by what was trained.")
    memory: dict[str, SlotTold] = Field(description="By what takes one job at a time.")
    silent_seconds: float = Field(description="0 while it reports as it should.")
    vanished: bool = Field(
        description="Silent for longer than its lease: it is not reckoned with, and others take its jobs up."
    )


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
                seen_at=row.worker.seen_at,
                weights=list(row.worker.weights), speeds=row.worker.speeds,
                memory={slot: SlotTold(**told) for slot, told in row.worker.memory.items()},
                silent_seconds=row.silent, vanished=row.vanished,
            )
            for row in rows
        ]
    )  # fmt: skip
