"""How an installation is: workers, queue, disks, database, settings; what the System page and the API tell of it.

Looks that cost more than a moment, or that change anything, are left to ``beholder doctor``.
"""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import __version__, clock
from app.db import checkup
from app.db.models import JobState
from app.db.upkeep import Health, LastBackup, Room, last_backup, rooms
from app.jobs import store
from app.jobs.attendance import attendance
from app.settings import PREFIX, Settings
from app.web.pages import Context
from app.web.silence import WorkerRow
from app.web.silence import workers as rows_of
from app.web.wording import duration

_RECENT = timedelta(days=1)  # for how long a job that failed is news
_HIDDEN = {"database_url", "media_url", "oidc_secret"}  # passwords; what they lead to is told elsewhere


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with the installation, and what to do about it."""

    health: Health
    check: str
    finding: str
    fix: str


@dataclass(frozen=True, slots=True)
class DatabaseTold:
    """What the database is."""

    kind: str
    size: int | None  # bytes; None where it does not say
    backed_up_at: datetime | None  # None: never, or by the server's own tools
    backups: str  # how, in words


@dataclass(frozen=True, slots=True)
class Queue:
    """How many jobs wait, are at work, and failed within a day."""

    waiting: int
    at_work: int
    failed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it at one moment."""

    troubles: tuple[Trouble, ...]  # what does not work first
    workers: tuple[WorkerRow, ...]
    queue: Queue
    disks: tuple[Room, ...]
    database: DatabaseTold
    versions: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]  # by the name of their variable; addresses that may hold a password left out


def standing(use: Context) -> Standing:
    """How the installation is now."""
    jobs, at = store.listing(use.database), clock.now()
    failed = [job for job in jobs if job.state is JobState.FAILED and not job.in_vain and _is_news(job.finished_at, at)]
    queue = Queue(
        sum(job.state is JobState.QUEUED for job in jobs),
        sum(job.state in (JobState.STARTING, JobState.RUNNING) for job in jobs),
        len(failed),
    )
    workers = tuple(rows_of(store.workers(use.database), use.settings))
    disks, last = tuple(rooms(use.settings)), last_backup(use.settings, use.database)
    troubles = [
        *_of_workers(use, workers), *_of_upkeep(disks, last), *_of_failures([job.id for job in failed]),
    ]  # fmt: skip
    return Standing(
        tuple(sorted(troubles, key=lambda one: one.health is not Health.ILL)), workers, queue, disks,
        _database(use, last),
        (("Beholder", __version__), ("Python", platform.python_version()), ("System", platform.platform())),
        tuple(_settings(use.settings)),
    )  # fmt: skip


def _is_news(ended: datetime | None, at: datetime) -> bool:
    return ended is not None and at - ended < _RECENT


def _of_workers(use: Context, workers: tuple[WorkerRow, ...]) -> Iterator[Trouble]:
    for one in attendance(use.database):
        if one.health is not Health.WELL:
            yield Trouble(one.health, one.check, one.finding, one.fix)
    for row in workers:
        if row.silent:
            told = f"the worker {row.worker.name} has not reported for {duration(row.silent)}"
            fix = "look whether its machine runs; its jobs are taken up by others when their leases are over"
            yield Trouble(Health.NOTE, "workers", told, fix)


def _of_upkeep(disks: tuple[Room, ...], last: LastBackup | None) -> Iterator[Trouble]:
    judged = [("disk", one.health, one.finding, one.fix) for one in disks]
    judged += [("backups", last.health, last.finding, last.fix)] if last else []
    for check, health, finding, fix in judged:
        if health is not Health.WELL:
            yield Trouble(health, check, finding, fix)


def _of_failures(failed: list[int]) -> Iterator[Trouble]:
    if failed:
        numbers = ", ".join(map(str, failed[:8])) + (" …" if len(failed) > 8 else "")
        told = f"{'job' if len(failed) == 1 else 'jobs'} {numbers} failed within a day"
        yield Trouble(Health.NOTE, "jobs", told, "their pages say why; retry them when that is mended")


def _database(use: Context, last: LastBackup | None) -> DatabaseTold:
    held = checkup.size(use.database)
    if last is None:
        return DatabaseTold("PostgreSQL", held, None, "by the server's own tools (docs/postgresql.md)")
    return DatabaseTold("SQLite", held, last.at, f"in {last.folder}")


def _settings(told: Settings) -> Iterator[tuple[str, str]]:
    for name in sorted(Settings.model_fields, key=lambda one: one.startswith("oidc_")):  # what few have comes last
        if name not in _HIDDEN:
            value = getattr(told, name)
            shown = ", ".join(value) if isinstance(value, tuple) else str(value)
            yield f"{PREFIX}{name.upper()}", shown
    yield f"{PREFIX}MEDIA_URL", told.public_media
