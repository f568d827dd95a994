"""Pictures and checkpoints by the hash of their content; knows no tables."""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from app.errors import AppError

_CHUNK = 1 << 20


class MediaMissing(AppError):
    """The store has lost, or never had, an object that a table names."""

    status = 503

    def __init__(self, digest: str) -> None:
        super().__init__(
            f"The store has no object {digest}: put the file back from a backup, or render or ingest it again."
        )
        self.digest = digest


class MediaFull(AppError):
    """The store would not take an object, usually because the disk is full."""

    status = 507

    def __init__(self, digest: str, reason: str) -> None:
        super().__init__(f"The store did not take object {digest} ({reason}): make room on its disk and try again.")


class Media:
    """A content-addressed store: an object's name is the sha256 of its bytes, so that a name can never lie.

    ``url`` is ``file:///folder``, ``memory:///`` or any address obstore knows (S3, GCS, Azure).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._store = _open(url)

    def put(self, data: bytes) -> str:
        """The digest under which ``data`` is now kept; keeping the same bytes again changes nothing."""
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
        try:
            data = bytes(self._store.get(_key(digest)).bytes())
        except FileNotFoundError:
            raise MediaMissing(digest) from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise MediaMissing(digest)  # what lies there is not what was put there
        return data

    def stream(self, digest: str) -> tuple[int, Iterator[bytes]]:
        """The object's size in bytes, and its bytes in chunks."""
        try:
            found = self._store.get(_key(digest))
        except FileNotFoundError:
            raise MediaMissing(digest) from None
        return found.meta["size"], (bytes(chunk) for chunk in found.stream(min_chunk_size=_CHUNK))

    def has(self, digest: str) -> bool:
        """Whether the store holds the object."""
        try:
            self._store.head(_key(digest))
        except FileNotFoundError:
            return False
        return True

    def fetch(self, digest: str, to: Path) -> Path:
        """The path of a local copy of the object, written aside and then renamed."""
        to.parent.mkdir(parents=True, exist_ok=True)
        aside = to.with_name(f"{to.name}.part")
        aside.write_bytes(self.get(digest))
        return aside.replace(to)

    def check_writable(self) -> None:
        """Nothing, where the store takes a new object; raises ``MediaFull`` otherwise."""
        name = f"probe/{secrets.token_hex(8)}"
        try:
            self._store.put(name, b"beholder")
            self._store.delete(name)
        except (OSError, BaseError) as error:
            raise MediaFull(name, str(error).splitlines()[0]) from error

    def _keep(self, digest: str, data: bytes | Path) -> None:
        try:
            self._store.put(_key(digest), data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return
        except OSError as error:
            raise MediaFull(digest, str(error)) from error


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:]}"


def _open(url: str) -> ObjectStore:
    parsed = urlparse(url)
    if parsed.scheme == "memory":
        return MemoryStore()
    if parsed.scheme == "file":
        Path(parsed.path).mkdir(parents=True, exist_ok=True)
        return LocalStore(parsed.path)
    return from_url(url)
