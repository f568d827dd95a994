"""A zip file while it is being written: it needs no disk, and of each file a piece is in memory."""

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_EVERYBODY_READS = 0o100644 << 16
_ON_UNIX = 3


class _Pipe(io.RawIOBase):
    """What was written and not yet taken."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._pieces += data
        return len(data)

    def taken(self) -> bytes:
        taken = bytes(self._pieces)
        self._pieces.clear()
        return taken


def zip_chunks(
    files: Iterable[tuple[str, Callable[[], Iterable[bytes]]]],
    at: datetime,
    at_least: int = 65_536,
    *,
    stored: str | tuple[str, ...] = (),
) -> Iterator[bytes]:
    """The pieces of a zip of these files, of which each is asked for its bytes when its turn comes.

    The same files at the same moment are the same bytes. Those whose names end in ``stored`` are packed already.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            info = ZipInfo(name, at.timetuple()[:6])
            info.compress_type = ZIP_STORED if name.endswith(stored) else ZIP_DEFLATED
            info.external_attr, info.create_system = _EVERYBODY_READS, _ON_UNIX
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in content():
                    file.write(piece)
                    if len(pipe._pieces) >= at_least:
                        yield pipe.taken()
    yield pipe.taken()
