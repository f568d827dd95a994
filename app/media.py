"""Pictures and checkpoints by the hash of their content; knows no tables."""

import errno
import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlparse

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from app.errors import AppError
from app.reserve import require_room

if TYPE_CHECKING:
    from obstore import GetResult

_CHUNK = 1 << 20
_PATIENCE = timedelta(seconds=20)  # in which a service is asked again; each request is given up after 30 seconds
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OS_ERROR = re.compile(r"os error (\d+)")
_TROUBLE = (OSError, BaseError)  # obstore's own errors are no OSError, not even for a full disk


class MediaMissing(AppError):
    """The store has lost, or never had, an object that a table names."""

    status = 503

    def __init__(self, digest: str) -> None:
        super().__init__(f"The store has no object {digest}", "put the file back from a backup, or take it in again")
        self.digest = digest


class MediaRefused(AppError):
    """The store would not take an object: it is away, or lets nothing be written."""

    status = 503
    remedy = "see that its disk or its service is there and lets this installation write, and try again"

    def __init__(self, digest: str, reason: str) -> None:
        super().__init__(f"The store did not take object {digest} ({reason})", self.remedy)
        self.reason = reason


class MediaFull(MediaRefused):
    """The store would not take an object, because its disk is full."""

    status = 507
    remedy = "make room on its disk and try again"


class MediaUnreachable(AppError):
    """The store gives no answer: its disk, its folder's permissions, or the way to it."""

    status = 503

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"The store of pictures and checkpoints cannot be reached ({_reason(error)})",
            "see that its disk or its service is there and lets this installation in, and try again",
        )


class NoLocalCopy(AppError):
    """An object of the store could not be laid down on this machine, usually because the disk is full."""

    status = 507

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path} could not be written ({_reason(error)})", "make room on that disk and try again")


class Media:
    """A content-addressed store: an object's name is the sha256 of its bytes, so that a name can never lie.

    ``url`` is ``file:///folder``, ``memory:///`` or any address obstore knows (S3, GCS, Azure).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._store = _open(url)
        self._folder = self._store.prefix if isinstance(self._store, LocalStore) else None

    def put(self, data: bytes) -> str:
        """The digest under which ``data`` is now kept; keeping the same bytes again changes nothing.

        Raises ``MediaRefused``, and ``MediaFull`` also where a disk of ours would have too little room left for votes.
        """
        digest = hashlib.sha256(data).hexdigest()
        self._keep(digest, data)
        return digest

    def put_file(self, path: Path) -> str:
        """The digest under which the file's bytes are now kept."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._keep(digest, path)
        return digest

    def get(self, digest: str) -> bytes:
        """The object's bytes, checked against its name."""
        with _asking(digest):
            data = bytes(self._store.get(_key(digest)).bytes())
        if hashlib.sha256(data).hexdigest() != digest:
            raise MediaMissing(digest)  # what lies there is not what was put there
        return data

    def stream(self, digest: str) -> tuple[int, Iterator[bytes]]:
        """The object's size in bytes, and its bytes in chunks."""
        with _asking(digest):
            found = self._store.get(_key(digest))
        return found.meta["size"], _chunks(digest, found)

    def has(self, digest: str) -> bool:
        """Whether the store holds the object."""
        try:
            with _asking(digest):
                self._store.head(_key(digest))
        except MediaMissing:
            return False
        return True

    def is_whole(self, digest: str) -> bool:
        """Whether the store holds the object as it was put there; reads all of it."""
        try:
            self.get(digest)
        except MediaMissing:
            return False
        return True

    def fetch(self, digest: str, to: Path) -> Path:
        """The path of a local copy of the object, written aside and then renamed."""
        data, aside = self.get(digest), to.with_name(f"{to.name}.part")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(data)
            return aside.replace(to)
        except OSError as error:
            if aside.is_file():
                aside.unlink()
            raise NoLocalCopy(to, error) from error

    def check_writable(self) -> None:
        """Nothing, where the store takes a new object; raises ``MediaRefused`` otherwise."""
        name = f"probe/{secrets.token_hex(8)}"
        try:
            self._store.put(name, b"beholder")
            self._store.delete(name)
        except _TROUBLE as error:
            raise _refusal(name, error) from error

    def _keep(self, digest: str, data: bytes | Path, mode: Literal["create", "overwrite"] = "create") -> None:
        try:
            self._require_room(digest, data)
            self._store.put(_key(digest), data, mode=mode, use_multipart=False)
        except AlreadyExistsError:
            if not self.is_whole(digest):
                self._keep(digest, data, "overwrite")
        except _TROUBLE as error:
            raise _refusal(digest, error) from error

    def _require_room(self, digest: str, data: bytes | Path) -> None:
        """On a disk of ours a new object leaves room for votes; what is there already takes none."""
        if self._folder is not None and not (self._folder / _key(digest)).exists():
            require_room(self._folder, data.stat().st_size if isinstance(data, Path) else len(data))


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:]}"


def _open(url: str) -> ObjectStore:
    parsed = urlparse(url)
    if parsed.scheme == "memory":
        return MemoryStore()
    try:
        if parsed.scheme == "file":
            folder = Path(unquote(parsed.path))
            folder.mkdir(parents=True, exist_ok=True)
            return LocalStore(str(folder))
        return from_url(url, retry_config={"max_retries": 2, "retry_timeout": _PATIENCE})
    except _TROUBLE as error:
        raise MediaUnreachable(error) from error


@contextmanager
def _asking(digest: str) -> Iterator[None]:
    """Inside, an object that is not there is ``MediaMissing``, and a store that fails ``MediaUnreachable``."""
    try:
        yield
    except FileNotFoundError:
        raise MediaMissing(digest) from None
    except _TROUBLE as error:
        raise MediaUnreachable(error) from error


def _chunks(digest: str, found: "GetResult") -> Iterator[bytes]:
    with _asking(digest):
        for chunk in found.stream(min_chunk_size=_CHUNK):
            yield bytes(chunk)


def _refusal(name: str, error: Exception) -> MediaRefused:
    code = error.errno if isinstance(error, OSError) else None
    told = _OS_ERROR.search(str(error))  # obstore keeps the system's number in its text alone
    full = (code if told is None else int(told[1])) in _FULL
    return (MediaFull if full else MediaRefused)(name, _reason(error))


def _reason(error: Exception) -> str:
    """The first line: those below it are for obstore's developers."""
    return (str(error).splitlines() or [type(error).__name__])[0]
