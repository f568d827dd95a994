"""What the store and the logs hold: pictures of studies, photographs, and the chains that votes are logged in."""

from collections.abc import Iterable, Iterator

from app.cli._doctor.findings import Finding, ill, note, told_by, well
from app.db import Database
from app.db.models import StudyState
from app.errors import AppError
from app.jobs import packaged, photographs
from app.media import Media, MediaMissing
from app.sessions import checks, events
from app.studies import inventory, service

_BACK = "put them back from the backup of the store"


def pictures(database: Database, media: Media | None, *, verify: bool) -> Iterator[Finding]:
    """Every picture of every study is in the store; ``verify`` reads each and compares it with its name."""
    for study in service.listing(database):
        digests = inventory.digests(database, study.id)
        lost = _lost(media, digests, verify=verify)
        if lost:
            advice = _BACK if study.state is StudyState.DRAFT else f"{_BACK}, and pause the study until they are"
            finding = f"study {study.id}: {len(lost)} of {len(digests)} are lost or altered, first {lost[0]}"
            yield ill("pictures", finding, advice)
        else:
            how = "there and as they were taken in" if verify else "there"
            yield well("pictures", f"study {study.id} ({study.state.value}): all {len(digests)} are {how}")


def photos(database: Database, media: Media | None, *, verify: bool) -> Iterator[Finding]:
    """Every photograph of every set is in the store, and each set has some to learn from and some to be judged on."""
    for name, _, _ in photographs.sets(database):
        found = photographs.photographs(database, name)
        by_digest = {photo.digest: photo.name for photo in (*found.train, *found.test)}
        lost = _lost(media, by_digest, verify=verify)
        if lost:
            fix = (
                f"{_BACK}, or take the set's photographs in again with `beholder matrix --photos FOLDER --set '{name}'`"
            )
            yield ill(
                "photographs", f"set {name!r}: {len(lost)} are lost or altered, first {by_digest[lost[0]]!r}", fix
            )
        elif not found.train or not found.test:
            missing = "train on" if not found.train else "judge on"
            yield note(
                "photographs", f"set {name!r} has none to {missing}", "take in more with `beholder matrix --photos`"
            )
        else:
            yield well("photographs", f"set {name!r}: {len(found.train)} to train on, {len(found.test)} to judge on")


def packages() -> Iterator[Finding]:
    """The photographs of the demonstration are inside installed packages."""
    try:
        count = len(packaged.packaged())
    except AppError as error:
        yield note("photographs", error.detail, error.fix)
    else:
        yield well("photographs", f"all {count} of the demonstration are inside installed packages")


def votes(database: Database) -> Iterator[Finding]:
    """No vote is in its table that its session's log does not know."""
    strays = events.unlogged(database)
    if strays:
        told = ", ".join(map(str, strays[:5])) + (" …" if len(strays) > 5 else "")
        finding = f"{len(strays)} were never logged: vote {told}"
        yield ill("votes", finding, "compare them with the backup; `beholder doctor --verify` reads whole logs")
    else:
        yield well("votes", "each one is in its session's log")


def logs(database: Database) -> Iterator[Finding]:
    """Every session's log is the chain that was written, and its votes are the logged ones."""
    for study in service.listing(database):
        sessions, broken = checks.session_summaries(database, study.id), 0
        for session in sessions:
            try:
                events.verify(database, session.id)
            except events.BrokenChain as error:
                broken += 1
                yield told_by("logs", error)
        if not broken:
            finding = f"study {study.id}: the logs of all {len(sessions)} sessions and their votes are as written"
            yield well("logs", finding)


def _lost(media: Media | None, digests: Iterable[str], *, verify: bool) -> list[str]:
    return sorted(digest for digest in digests if media is None or not _is_there(media, digest, verify=verify))


def _is_there(media: Media, digest: str, *, verify: bool) -> bool:
    if not verify:
        return media.has(digest)
    try:
        media.get(digest)
    except MediaMissing:
        return False
    return True
