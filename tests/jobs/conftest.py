"""A stage for jobs: a worker whose processes play what a test tells them."""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from app.jobs import store
from app.jobs.attempt import OnRendered, OnScored
from app.jobs.contract import AnySpec, Assignment, RenderResult, ReplacedValue, ScoreResult
from app.jobs.dispatcher import Dispatcher
from app.jobs.engines.local import LocalEngine
from app.jobs.views import JobView
from app.media import Media
from app.settings import Settings
from tests.jobs.build import training, written
from tests.jobs.moments import until

_FAKE = Path(__file__).with_name("fake_trainer.py")


def fake_argv(job: int, attempt: int) -> list[str]:
    """The command line of a process that only plays."""
    return [sys.executable, "-S", str(_FAKE), str(job), str(attempt)]


class Stage:
    """Jobs with a part to play, and workers that do them."""

    def __init__(self, database: Database, media: Media, settings: Settings) -> None:
        self.database, self.media = database, media
        self.settings = settings.model_copy(
            update={"gpus": "none", "heartbeat_seconds": 0.05, "lease_seconds": 30.0, "checkpoint_seconds": 7.0}
        )
        self.rendered = list[tuple[int, int, Path]]()
        self.scored = list[tuple[int, int, ScoreResult]]()
        self._opened = list[Database]()
        self._running = list[tuple[threading.Event, threading.Thread]]()

    def job(self, *moves: dict[str, Any], spec: AnySpec | None = None, seed: int = 0) -> int:
        """A queued job whose process makes these moves, one per attempt; the last is repeated."""
        number = store.launch(self.database, spec or training(seed=seed), title=f"job {seed}")
        written(self.settings.data_dir / "play" / f"{number}.json", json.dumps(moves))
        return number

    def worker(
        self,
        name: str,
        *,
        engine: LocalEngine | None = None,
        on_rendered: OnRendered | None = None,
        on_scored: OnScored | None = None,
    ) -> Dispatcher:
        """A worker with connections of its own, as in a process of its own."""
        own = Database(self.settings.database)
        self._opened.append(own)
        return Dispatcher(
            own,
            self.media,
            self.settings,
            on_rendered or self._on_rendered,
            on_scored or self._on_scored,
            name,
            engine=engine or LocalEngine(self.settings, fake_argv),
        )

    def work(self, name: str = "ada", **options: Any) -> None:
        """Everything that is queued has ended."""
        self.worker(name, **options).run_until_idle(threading.Event())

    def start(self, name: str = "ada", **options: Any) -> threading.Event:
        """A worker in a thread of its own; setting the event stops it."""
        stop, dispatcher = threading.Event(), self.worker(name, **options)
        thread = threading.Thread(target=dispatcher.run, args=(stop,))
        thread.start()
        self._running.append((stop, thread))
        return stop

    def join(self) -> None:
        """All workers have stopped."""
        for stop, thread in self._running:
            stop.set()
            thread.join()
        self._running.clear()

    def close(self) -> None:
        """The workers' connections are given back."""
        for database in self._opened:
            database.close()

    def waiting(self, job: int, attempt: int = 1) -> None:
        """The job's process waits to be told to stop."""
        until(lambda: (self.folder(job, attempt) / "waiting").exists())

    def get(self, job: int) -> JobView:
        """The job as the table has it."""
        return store.get(self.database, job)

    def folder(self, job: int, attempt: int = 1) -> Path:
        """The run folder."""
        return self.settings.runs / str(job) / str(attempt)

    def assignment(self, job: int, attempt: int = 1) -> Assignment:
        """What the job's process was told."""
        return Assignment.model_validate_json((self.folder(job, attempt) / "spec.json").read_bytes())

    def started(self) -> list[str]:
        """``job attempt`` of every process that ran, sorted."""
        return sorted((self.settings.data_dir / "started.txt").read_text(encoding="ascii").splitlines())

    def _on_rendered(
        self, _database: Database, _media: Media, job: int, attempt: int, folder: Path, _result: RenderResult
    ) -> None:
        self.rendered.append((job, attempt, folder))

    def _on_scored(
        self, _database: Database, job: int, attempt: int, result: ScoreResult
    ) -> tuple[ReplacedValue, ...]:  # fmt: skip
        self.scored.append((job, attempt, result))
        return ()


@pytest.fixture
def stage(database: Database, media: Media, settings: Settings) -> Iterator[Stage]:
    """A stage, cleared at the end."""
    stage = Stage(database, media, settings)
    yield stage
    stage.join()
    stage.close()
