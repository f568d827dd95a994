"""A worker inside a command: its own jobs are done while somebody watches, and no others."""

import sys
import threading
from collections.abc import Iterator

import typer
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from app.cli._installation import Installation
from app.db.models import JobState
from app.jobs import views
from app.jobs.dispatcher import Dispatcher
from app.jobs.views import JobProgress
from app.studies import renderings, scored

_LOOK_SECONDS = 0.25


def work(place: Installation, jobs: list[int], stop: threading.Event) -> None:
    """These jobs, and what they need, have ended, or ``stop`` was set; a bar per job shows how it comes there.

    Whatever else waits in the queue is left to other workers.
    """
    dispatcher = Dispatcher(place.database, place.media, place.settings, renderings.register, scored.keep_scores_of)
    mine = views.with_needs(place.database, jobs)
    worker = threading.Thread(target=dispatcher.run_until_idle, args=(stop, mine), name="worker")
    worker.start()
    try:
        _show_progress(place, jobs, worker)
    finally:
        stop.set()
        worker.join()


def _show_progress(place: Installation, jobs: list[int], worker: threading.Thread) -> None:
    if sys.stdout.isatty():
        _show_bars(place, jobs, worker)
    else:
        _tell_states(place, jobs, worker)


def _looks(place: Installation, jobs: list[int], worker: threading.Thread) -> Iterator[list[JobProgress]]:
    """The jobs as they stand, again and again, and once more after the worker has gone home."""
    last = False
    while not last:
        last = not worker.is_alive()
        yield views.progress(place.database, jobs)
        worker.join(_LOOK_SECONDS)


def _tell_states(place: Installation, jobs: list[int], worker: threading.Thread) -> None:
    told: dict[int, str] = {}
    for looked in _looks(place, jobs, worker):
        for job in looked:
            if told.get(job.id) != job.state.value and job.state.value not in ("queued", "starting"):
                told[job.id] = job.state.value
                typer.echo(f"{job.title}: {job.state.value}")


def _show_bars(place: Installation, jobs: list[int], worker: threading.Thread) -> None:
    columns = (
        TextColumn("{task.description:<34}"), BarColumn(30), TaskProgressColumn(), TextColumn("{task.fields[word]:<9}"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, refresh_per_second=4) as bars:
        bar: dict[int, TaskID] = {}
        for looked in _looks(place, jobs, worker):
            for job in looked:
                if job.id not in bar:
                    bar[job.id] = bars.add_task(job.title, total=1.0, word="", start=False)
                if job.state is not JobState.QUEUED:
                    bars.start_task(bar[job.id])
                bars.update(bar[job.id], completed=job.share, word=job.state.value)
                if not job.is_live:
                    bars.stop_task(bar[job.id])
