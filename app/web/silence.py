"""Workers that no longer report, and the jobs in their hands: what the table says of these may be long over."""

from collections.abc import Iterable
from dataclasses import dataclass

from app import clock
from app.db.models import JobState
from app.jobs.present import FORGOTTEN
from app.jobs.views import JobView, WorkerView
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker as the desk shows it."""

    worker: WorkerView
    silent: float  # seconds; 0 while it reports as it should
    vanished: bool  # no longer present: its jobs are taken up by others


def workers(seen: Iterable[WorkerView], settings: Settings) -> list[WorkerRow]:
    """The workers; two heartbeats missed make one silent, and after a day it is shown no more."""
    return [
        WorkerRow(worker, silent, not worker.is_present)
        for worker in seen
        if (silent := _silence(worker, settings)) < FORGOTTEN.total_seconds()
    ]


def silent_jobs(jobs: Iterable[JobView], seen: Iterable[WorkerView], settings: Settings) -> dict[int, float]:
    """The jobs at work whose workers are silent, by number, and for how many seconds."""
    silence = {worker.name: _silence(worker, settings) for worker in seen}
    return {
        job.id: silence[job.worker]
        for job in jobs
        if job.state in (JobState.STARTING, JobState.RUNNING) and job.worker and silence.get(job.worker)
    }


def _silence(worker: WorkerView, settings: Settings) -> float:
    seconds = (clock.now() - worker.seen_at).total_seconds()
    return seconds if seconds > 2 * settings.heartbeat_seconds else 0.0
