"""Fetches a file that afterwards is there whole, with the bytes its publisher states, or is not there."""

import contextlib
import fcntl
import hashlib
import http.client
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from app.catalog.weights import WeightFile

Tell = Callable[[int, int], None]
"""Hears how many bytes are there, of how many (0 where that is unknown); whatever it raises ends the download."""

_SILENCE = 20.0  # seconds without a byte, after which a source counts as gone
_PIECE = 1 << 20
_RANGE_NOT_SATISFIABLE = 416


class NotFetched(Exception):
    """No source gave the file; says of each why."""


def download(file: WeightFile, folder: Path, tell: Tell) -> Path:
    """The file in ``folder``, fetched from the first source that serves the bytes whose hash is known.

    What was received of a download that breaks off is kept beside it as ``.part``, and the next one goes on from there.

    Raises
    ------
    NotFetched
        No source was reached, or none served the right bytes.
    OSError
        The folder cannot be written to, or the disk is full.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(made):
        place.mkdir(mode=0o700, exist_ok=True)  # as the data folder, of which it may be the beginning
    whole, part = folder / file.name, folder / f"{file.name}.part"
    with _alone_in(folder):
        if whole.is_file():  # another process fetched it while this one waited
            return whole
        reasons = []
        for source in file.sources:
            why_not = _from(source, part, file.sha256, tell)
            if not why_not:
                part.replace(whole)
                return whole
            reasons.append(f"{urlsplit(source).netloc}: {why_not}")
    for place in made:
        with contextlib.suppress(OSError):  # it holds what was received, or what others put there meanwhile
            place.rmdir()
    raise NotFetched("; ".join(reasons))


def sha256_of(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _from(source: str, part: Path, sha256: str, tell: Tell) -> str:
    """Empty when ``part`` now holds the file, otherwise what went wrong."""
    resumed = part.exists()
    try:
        with _answer(source, part) as answer:
            if answer is not None:
                _receive(answer, part, tell)
    except _Unreached as error:
        return str(error)
    found = sha256_of(part)
    if not sha256 or found == sha256:
        return ""
    part.unlink()
    # What an older download left may be of another version: once more, from the beginning.
    return _from(source, part, sha256, tell) if resumed else f"it serves other bytes (sha256 {found}, not {sha256})"


class _Unreached(Exception):
    """The network's side went wrong, not the disk's."""


@contextlib.contextmanager
def _answer(source: str, part: Path) -> Iterator[http.client.HTTPResponse | None]:
    """What the source sends, from where ``part`` ends; None where nothing is left to send."""
    have = part.stat().st_size if part.exists() else 0
    request = Request(source, headers={"User-Agent": "beholder", **({"Range": f"bytes={have}-"} if have else {})})
    try:
        answer = urlopen(request, timeout=_SILENCE)
    except HTTPError as error:
        if not have or error.code != _RANGE_NOT_SATISFIABLE:
            raise _Unreached(f"it answers {error.code} {error.reason}") from None
        yield None
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise _Unreached(getattr(reason, "strerror", None) or str(reason) or type(error).__name__) from None
    else:
        with answer:
            yield answer


def _receive(answer: http.client.HTTPResponse, part: Path, tell: Tell) -> None:
    goes_on = answer.status == http.HTTPStatus.PARTIAL_CONTENT
    there = part.stat().st_size if goes_on else 0
    total = there + int(answer.headers.get("Content-Length") or -there)
    with part.open("ab" if goes_on else "wb") as file:
        while piece := _read(answer):
            file.write(piece)
            there += len(piece)
            tell(there, total)
        file.flush()
        os.fsync(file.fileno())  # or a power cut could leave the new name on an empty file
    if there < total:
        raise _Unreached(f"it stopped after {there} of {total} bytes")


def _read(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(_PIECE)
    except (OSError, http.client.HTTPException) as error:
        raise _Unreached(f"the connection broke off ({str(error) or type(error).__name__})") from None


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Inside, no other process downloads into the folder: two would write into one unfinished file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network drives know no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
