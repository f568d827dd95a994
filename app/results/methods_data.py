"""The methods sheet on what a reader can check: versions, hashes and digests."""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from app import __version__
from app.results.bibliography import cite
from app.results.methods_text import Line, authors
from app.results.session_rows import SessionRow
from app.studies.service import StudyView


@dataclass(frozen=True, slots=True)
class Digests:
    """What vouches for a study's data."""

    as_frozen: bool  # whether the protocol is the one that the study opened with
    logs: str
    votes: str  # empty where there are too many to look at each while somebody waits


def software_lines() -> Iterator[str]:
    """What the numbers and figures were computed with."""
    libraries = _versions()
    yield (
        f"Beholder {__version__} on Python {'.'.join(map(str, sys.version_info[:3]))}, with NumPy {libraries['numpy']} "
        f"{cite('harris2020')}, SciPy {libraries['scipy']} {cite('virtanen2020')} and, for figures, Matplotlib "
        f"{libraries['matplotlib']} {cite('hunter2007')}."
    )


def digest_lines(study: StudyView, digests: Digests) -> Iterator[str | Line]:
    """Hashes by which a reader tells that these are the data."""
    state = "and unchanged since" if digests.as_frozen else "and CHANGED SINCE: it is not the one that was frozen"
    yield (
        f"Protocol, frozen at opening {state}: SHA-256 {study.protocol_hash}."
        if study.protocol_hash
        else "The protocol is not frozen yet."
    )
    yield f"Seed of the study: {study.seed}."
    yield (
        "Event logs (every trial shown and every answer, hash-chained for each session): SHA-256 over the lines "
        f"“session,events,log_head” of sessions.csv, in its order: {digests.logs}."
    )
    if digests.votes:
        yield f"Votes: SHA-256 of votes.csv as downloaded with these choices: {digests.votes}."
    else:
        yield authors("the SHA-256 of votes.csv; there are too many votes to work it out for this sheet.")
    yield authors("where the votes, the pictures and this sheet can be had.")


def log_digest(rows: Iterable[SessionRow]) -> str:
    """One hash for the logs of all sessions: of a line ``session,events,log_head`` for each."""
    lines = (f"{row.id},{row.events},{row.log_head}\n" for row in rows)
    return digest(lines)


def digest(lines: Iterable[str]) -> str:
    """The SHA-256 of the lines."""
    sha = hashlib.sha256()
    for line in lines:
        sha.update(line.encode())
    return sha.hexdigest()


@cache
def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("numpy", "scipy", "matplotlib")}
