"""What ``beholder doctor`` looks at: one file for each part of an installation.

Nothing here changes anything, the store's probe apart, and nothing is made that is not there. A look that goes wrong is
a finding too, so that one trouble never hides the others.
"""

from collections.abc import Callable, Generator, Iterator

from app.cli._doctor import contents, ground, machine, people, tables, triggers, weights
from app.cli._doctor.findings import Finding, ill, note, told_by
from app.cli._environment import BadSettings, read_settings
from app.db import Database, checkup
from app.db.upkeep import Health, store_folder
from app.errors import AppError
from app.media import Media
from app.settings import Settings

__all__ = ["Finding", "Health", "examine"]

Look = Callable[[], Iterator[Finding]]


def examine(*, verify: bool) -> Iterator[Finding]:
    """Everything that there is to say about the installation that the environment names."""
    try:
        told = read_settings()
    except BadSettings as error:
        yield told_by("settings", error)
        yield note("settings", "nothing else was looked at, because they say where everything is")
        return
    yield from _looked("settings", lambda: ground.settings(told))
    yield from _looked("data folder", lambda: ground.data_folder(told))
    yield from _looked("disk", lambda: ground.disk(told))
    with tables.opened(told) as (database, at_the_door):
        yield from at_the_door
        yield from _looked("database", lambda: tables.engine(told, database, verify=verify))
        current = yield from _are_current(database)
        media = yield from _store(told)
        known = database if current else None
        yield from _looked("secret", lambda: ground.secret(told, needed=bool(known and checkup.studies(known))))
        if known is not None:
            yield from _rows(told, known, media, verify=verify)
        else:
            yield note("rows", "studies, jobs, accounts and backups were not looked at, for want of a sound database")
    looks: tuple[tuple[str, Look], ...] = (
        ("photographs", contents.packages),
        ("weights", lambda: weights.weights(told, verify=verify)),
        ("device", lambda: machine.device(told)),
        ("engine", lambda: machine.engine(told)),
    )
    for check, look in looks:
        yield from _looked(check, look)


def _rows(told: Settings, database: Database, media: Media | None, *, verify: bool) -> Iterator[Finding]:
    looks: list[tuple[str, Look]] = [
        ("studies", lambda: contents.studies(database)),
        ("pictures", lambda: contents.pictures(database, media, verify=verify)),
        ("photographs", lambda: contents.photos(database, media, verify=verify)),
        ("triggers", lambda: triggers.guards(database)),
        ("votes", lambda: contents.votes(database)),
        ("logs", lambda: contents.logs(database) if verify else iter(())),
        ("backups", lambda: tables.backups(told, database, verify=verify)),
        ("clock", lambda: tables.clocks(told, database)),
        ("login", lambda: people.accounts(database)),
        ("workers", lambda: machine.workers(database)),
    ]
    for check, look in looks:
        yield from _looked(check, look)


def _are_current(database: Database | None) -> Generator[Finding, None, bool]:
    """Yields what is wrong with the tables; returns whether anything can be read from them."""
    if database is None:
        return False
    found = list(_looked("migrations", lambda: tables.migrations(database)))
    yield from found
    return all(finding.state is Health.WELL for finding in found)


def _store(told: Settings) -> Generator[Finding, None, Media | None]:
    """Yields how the store is; returns it, or None where it cannot be asked."""
    folder = store_folder(told)
    if folder is not None and not folder.is_dir():  # opening it would make it
        yield from ground.store(told, None)
        return None
    try:
        media = Media(told.media)
    except AppError as error:
        yield told_by("store", error)
        return None
    yield from _looked("store", lambda: ground.store(told, media))
    return media


def _looked(check: str, look: Look) -> Iterator[Finding]:
    try:
        yield from look()
    except AppError as error:
        yield told_by(check, error)
    except Exception as error:  # whatever it is, the other looks must be taken
        reason = (str(error).strip().splitlines() or [""])[0]
        fix = "if nothing above explains it, report it with this line"
        yield ill(check, f"this could not be looked at ({type(error).__name__}: {reason})", fix)
