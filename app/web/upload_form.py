"""A form with files in it, read while it arrives: the files go to the disk, the ticks beside them into memory.

Starlette would spool the file into the system's temporary folder, which in a container is small; ours lies beside the
data.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from app.errors import BadInput
from app.web.uploads import Temporary, arriving, temporary, write

_MOST_PARTS = 10
_LONGEST_FIELD = 1000  # bytes


class BadUpload(BadInput):
    """The upload is no form with one file in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The upload could not be read ({reason})", "send the page's own form")


class NoArchive(BadInput):
    """No file was chosen to be uploaded."""

    def __init__(self) -> None:
        super().__init__("No file came with the form", "choose one, then send it")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that somebody sent with a form."""

    path: Path
    name: str  # on their machine
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One of several files that came with a form; all of them lie in one file here, one behind the other."""

    path: Path
    name: str  # on their machine
    start: int
    size: int  # bytes

    def read(self) -> bytes:
        """Its bytes."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.size)


@dataclass(frozen=True, slots=True)
class SentFiles:
    """What somebody sent with a form that takes several files."""

    path: Path
    files: tuple[Piece, ...]
    fields: dict[str, str]


@asynccontextmanager
async def receive_files(request: Request, to: Path, most: int) -> AsyncIterator[SentFiles]:
    """Inside, the form's files, none or at most so many, in one file in the folder ``to``; afterwards they are gone.

    Raises ``BadUpload``, and what ``uploads.receive`` raises.
    """
    async with _received(request, to, most) as (path, reader):
        starts = [*reader.starts, reader.size]
        places = zip(reader.names, reader.starts, starts[1:], strict=True)
        files = tuple(Piece(path, name, start, end - start) for name, start, end in places if name)
        yield SentFiles(path, files, reader.fields)


@asynccontextmanager
async def receive_form(request: Request, to: Path) -> AsyncIterator[SentFile]:
    """Inside, the form's one file, in the folder ``to``, and its other fields; afterwards the file is gone.

    Raises ``BadUpload``, ``NoArchive``, and what ``uploads.receive`` raises.
    """
    async with _received(request, to, 1) as (path, reader):
        if not any(reader.names):
            raise NoArchive
        yield SentFile(path, reader.names[0], reader.fields)


@asynccontextmanager
async def _received(request: Request, to: Path, most: int) -> AsyncIterator[tuple[Path, "_Reader"]]:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise BadUpload("it is no multipart form")
    async with temporary(to) as aside:
        reader = _Reader(most)
        try:
            parser = MultipartParser(options[b"boundary"], reader.callbacks)  # type: ignore[arg-type]
            async for piece in arriving(request):
                parser.write(piece)
                await reader.drain(aside)
        except FormParserError:
            raise BadUpload("its parts are malformed") from None
        if not reader.ended:
            raise BadUpload("its last part breaks off")
        yield aside.path, reader


@dataclass(slots=True)
class _Part:
    header: bytes = b""
    value: bytes = b""
    disposition: bytes = b""
    name: str = ""
    is_file: bool = False
    data: bytes = b""


@dataclass(slots=True)
class _Reader:
    """What the parser found; the parser itself is not asynchronous, so the file's bytes wait here to be written."""

    most: int  # files
    fields: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # of the files, and where each begins
    starts: list[int] = field(default_factory=list)
    size: int = 0  # bytes of all files so far
    ended: bool = False
    _part: _Part = field(default_factory=_Part)
    _parts: int = 0
    _waiting: list[bytes] = field(default_factory=list)

    @property
    def callbacks(self) -> dict[str, object]:
        names = ("part_begin", "header_field", "header_value", "header_end", "headers_finished")
        return {f"on_{name}": getattr(self, f"_{name}") for name in (*names, "part_data", "part_end", "end")}

    async def drain(self, to: Temporary) -> None:
        for data in self._waiting:
            await write(to, data)
        self._waiting.clear()

    def _part_begin(self) -> None:
        self._part, self._parts = _Part(), self._parts + 1
        if self._parts > _MOST_PARTS + self.most - 1:
            raise BadUpload(f"it has more than {_MOST_PARTS + self.most - 1} fields")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        if self._part.header.lower() == b"content-disposition":
            self._part.disposition = self._part.value
        self._part.header = self._part.value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._part.disposition)
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        self._part.is_file = b"filename" in options
        if self._part.is_file:
            if len(self.names) == self.most:
                raise BadUpload(f"it has more than {'one file' if self.most == 1 else f'{self.most} files'}")
            self.names.append(options[b"filename"].decode("utf-8", "replace"))
            self.starts.append(self.size)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self._waiting.append(data[start:end])
            self.size += end - start
            return
        self._part.data += data[start:end]
        if len(self._part.data) > _LONGEST_FIELD:
            raise BadUpload(f"a field has more than {_LONGEST_FIELD} bytes")

    def _part_end(self) -> None:
        if not self._part.is_file:
            self.fields[self._part.name] = self._part.data.decode("utf-8", "replace")

    def _end(self) -> None:
        self.ended = True
