"""What the store and the logs hold: pictures of studies, photographs, and the chains that votes are logged in."""

from collections.abc import Iterable, Iterator

from app.cli._doctor.findings import Finding, counted, ill, note, told_by, well
from app.db import Database, checkup
from app.db.models import StudyState
from app.errors import AppError
from app.jobs import packaged, photograph_sets, split
from app.media import Media
from app.sessions import events, vouching
from app.studies import inventory, service

_BACK = "put them back from the backup of the store"


def studies(database: Database) -> Iterator[Finding]:
    """The settings of every study can be read."""
    found, damaged = checkup.studies(database), 0
    for number, _ in found:
        try:
            service.get(database, number)
        except (ValueError, LookupError) as error:  # of JSON, of pydantic, of our own words
            damaged += 1
            why = str(error).strip().splitlines()[0]
            fix = "stop everything, and put the newest backup back as docs/keeping-it-well.md shows"
            yield ill("studies", f"study {number} cannot be read ({why})", fix)
    if not damaged:
        yield well("studies", f"the settings of all {len(found)} can be read")


def pictures(database: Database, media: Media | None, *, verify: bool) -> Iterator[Finding]:
    """Every picture of every study is in the store; ``verify`` reads each and compares it with its name."""
    for number, state in checkup.studies(database):
        digests = inventory.digests(database, number)
        lost = _lost(media, digests, verify=verify)
        if lost:
            advice = f"{_BACK}, and pause the study until they are" if state is StudyState.OPEN else _BACK
            finding = f"study {number}: {len(lost)} of {len(digests)} are lost or altered, first {lost[0]}"
            yield ill("pictures", finding, advice)
        else:
            how = "there and as they were taken in" if verify else "there"
            yield well("pictures", f"study {number} ({state.value}): all {len(digests)} are {how}")


def photos(database: Database, media: Media | None, *, verify: bool) -> Iterator[Finding]:
    """Every photograph is in the store; each set has some to learn from and some to judge on, and none is for both."""
    for sentence in split.torn(photograph_sets.registered(database)):
        yield ill("photographs", sentence, "judge on other photographs, and train again")
    for name, _, _ in photograph_sets.sets(database):
        found = photograph_sets.photographs(database, name)
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
            missing = "learn from" if not found.train else "judge on"
            fix = f"take in more with `beholder photographs add '{name}' FOLDER`"
            yield note("photographs", f"set {name!r} has none to {missing}", fix)
        else:
            yield well("photographs", f"set {name!r}: {len(found.train)} to learn from, {len(found.test)} to judge on")


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
    """Every session's log is the chain that was written, and its trials and votes are the logged ones."""
    for number, _ in checkup.studies(database):
        sessions, broken, unsealed = checkup.sessions(database, number), 0, 0
        for session in sessions:
            try:
                unsealed += not events.verify(database, session)
                vouching.verify(database, session)
            except events.BrokenChain as error:
                broken += 1
                yield told_by("logs", error)
        if not vouching.protocol_holds(database, number):
            finding = f"study {number}: its protocol is not the one that it opened with"
            yield ill("logs", finding, "compare it with the one in a backup first")
        if not broken:
            finding = f"study {number}: the logs and votes of {counted(len(sessions), 'session')} are as written"
            yield well("logs", finding)
        if unsealed:
            finding = f"study {number}: trials of {counted(unsealed, 'session')} were issued before trials were sealed"
            yield note("logs", f"{finding}; their sides and pairs are compared with nothing")


def _lost(media: Media | None, digests: Iterable[str], *, verify: bool) -> list[str]:
    return sorted(
        digest for digest in digests if media is None or not (media.is_whole if verify else media.has)(digest)
    )
