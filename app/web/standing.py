"""How an installation is: workers, queue, disks, database, settings; what the System page and the API tell of it.

Looks that cost more than a moment, or that change anything, are left to ``beholder doctor``.
"""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app import __version__, clock
from app.db import checkup
from app.db.models import JobState
from app.jobs import claims, store
from app.settings import PREFIX, Settings
from app.web.pages import Context
from app.web.silence import WorkerRow
from app.web.silence import workers as rows_of
from app.web.wording import day, duration, size

_LEAST = 1 << 30  # free bytes below which checkpoints and votes are in danger, as for `beholder doctor`
_STALE = timedelta(days=7)  # a backup older than this is told
_RECENT = timedelta(days=1)  # for how long a job that failed is news
_HIDDEN = {"database_url", "media_url", "oidc_secret"}  # passwords; what they lead to is told elsewhere


class Health(StrEnum):
    """How much a finding matters."""

    ILL = "ill"  # does not work, or will not for long
    NOTE = "note"  # works, but somebody should know


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with the installation, and what to do about it."""

    health: Health
    check: str
    finding: str
    fix: str


@dataclass(frozen=True, slots=True)
class Disk:
    """The room where something is kept, bytes."""

    name: str
    path: str
    free: int
    total: int


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
    disks: tuple[Disk, ...]
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
    disks, database = tuple(_disks(use.settings)), _database(use)
    troubles = [
        *_of_workers(use, workers, queue), *_of_disks(disks, database), *_of_backups(use, database, at),
        *_of_failures([job.id for job in failed]),
    ]  # fmt: skip
    return Standing(
        tuple(sorted(troubles, key=lambda one: one.health is not Health.ILL)), workers, queue, disks, database,
        (("Beholder", __version__), ("Python", platform.python_version()), ("System", platform.platform())),
        tuple(_settings(use.settings)),
    )  # fmt: skip


def _is_news(ended: datetime | None, at: datetime) -> bool:
    return ended is not None and at - ended < _RECENT


def _of_workers(use: Context, workers: tuple[WorkerRow, ...], queue: Queue) -> Iterator[Trouble]:
    awake = [row for row in workers if not row.vanished]
    if queue.waiting + queue.at_work and not awake:
        told = "1 job is" if queue.waiting + queue.at_work == 1 else f"{queue.waiting + queue.at_work} jobs are"
        yield Trouble(Health.ILL, "workers", f"{told} to be done and no worker is there", "run `beholder worker`")
    for row in workers:
        if row.silent:
            told = f"the worker {row.worker.name} has not reported for {duration(row.silent)}"
            fix = "look whether its machine runs; its jobs are taken up by others when their leases are over"
            yield Trouble(Health.NOTE, "workers", told, fix)
    held = claims.overdue(use.database)
    if held:
        numbers = ", ".join(str(one.job) for one in held[:5]) + (" …" if len(held) > 5 else "")
        fix = "the next look of a worker takes them up; if this stays, look into the workers' logs"
        told = f"the lease of {numbers} is over: whoever held it is gone or hangs"
        yield Trouble(Health.NOTE if awake else Health.ILL, "leases", told, fix)


def _of_disks(disks: tuple[Disk, ...], database: DatabaseTold) -> Iterator[Trouble]:
    needed = _LEAST + 2 * (database.size or 0)
    for disk in disks:
        if disk.free < 5 * needed:
            health = Health.ILL if disk.free < needed else Health.NOTE
            told = f"{size(disk.free)} are free for the {disk.name} in {disk.path}"
            yield Trouble(health, "disk", told, "make room, or move it to a larger disk")


def _of_backups(use: Context, database: DatabaseTold, at: datetime) -> Iterator[Trouble]:
    if not use.database.is_sqlite:
        return
    newest = checkup.newest(use.database)
    if database.backed_up_at is None and newest is not None:
        yield Trouble(Health.NOTE, "backups", "there is no backup of the database", "run `beholder backup` every day")
    elif database.backed_up_at is not None and at - database.backed_up_at > _STALE:
        told = f"the newest backup is of {day(database.backed_up_at)}"
        yield Trouble(Health.NOTE, "backups", told, "run `beholder backup` every day")


def _of_failures(failed: list[int]) -> Iterator[Trouble]:
    if failed:
        numbers = ", ".join(map(str, failed[:8])) + (" …" if len(failed) > 8 else "")
        told = f"{'job' if len(failed) == 1 else 'jobs'} {numbers} failed within a day"
        yield Trouble(Health.NOTE, "jobs", told, "their pages say why; retry them when that is mended")


def _disks(told: Settings) -> Iterator[Disk]:
    places = {"data folder": told.data_dir}
    parts = urlsplit(told.media)
    if parts.scheme == "file":
        places["store of pictures"] = Path(unquote(parts.path))
    for name, folder in places.items():
        there = next(part for part in (folder, *folder.parents) if part.exists())
        room = shutil.disk_usage(there)
        yield Disk(name, str(folder), room.free, room.total)


def _database(use: Context) -> DatabaseTold:
    held = checkup.size(use.database)
    if not use.database.is_sqlite:
        return DatabaseTold("PostgreSQL", held, None, "by the server's own tools (docs/postgresql.md)")
    folder = use.settings.data_dir / "backups"
    kept = [path.stat().st_mtime for path in folder.glob("*.sqlite3")] if folder.is_dir() else []
    newest = max(kept, default=None)
    at = None if newest is None else datetime.fromtimestamp(newest, UTC)
    return DatabaseTold("SQLite", held, at, f"in {folder}")


def _settings(told: Settings) -> Iterator[tuple[str, str]]:
    for name in sorted(Settings.model_fields, key=lambda one: one.startswith("oidc_")):  # what few have comes last
        if name not in _HIDDEN:
            value = getattr(told, name)
            shown = ", ".join(value) if isinstance(value, tuple) else str(value)
            yield f"{PREFIX}{name.upper()}", shown
    yield f"{PREFIX}MEDIA_URL", told.public_media
