"""The text of a CSV file that somebody made: in whatever encoding it says it has, between whatever separators.

A byte order mark says UTF-8, UTF-16 or UTF-32; without one the file must be UTF-8. Semicolons and tabs, which
spreadsheets of other countries write, are told by the first line. Nothing is guessed: what is not plain is refused with
its place.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from app.results.csv_faults import BadVotes, quoted

_MARKS = (  # the longer first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_NO_TEXT = {
    b"PK\x03\x04": "it is a zip file, or a spreadsheet in its own format",
    b"\x1f\x8b": "it is compressed",
    b"PAR1": "it is Parquet",
}
_LONGEST_HEADER = 1_000_000  # characters
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


class _Rows(Protocol):
    """A reader of ``csv``."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(slots=True)
class CsvText:
    """An open file: its header, its rows from then on, and what a reader should know of how it was read."""

    name: str
    header: Sequence[str]
    header_line: int
    rows: "_Rows"
    skipped: int  # lines above the rows' first
    notes: list[str]

    @property
    def line(self) -> int:
        """The line that was read last."""
        return self.rows.line_num + self.skipped


@contextmanager
def opened(path: Path, wanted: Sequence[str]) -> Iterator[CsvText]:
    """The file's text; ``wanted`` are names of columns, by which its separator is known.

    Raises
    ------
    BadVotes
        No such file, none that may be read, nothing in it, or no text; also later, while the rows are read.
    """
    try:
        with path.open("rb") as file:
            encoding = _encoding(path.name, file)
            text = io.TextIOWrapper(file, encoding, newline="")
            try:
                yield _begun(path.name, text, encoding, wanted)
            except UnicodeDecodeError as error:
                raise _misread(path, encoding, error) from None
    except FileNotFoundError:
        raise BadVotes(path.name, f"there is no such file at {path}", "give the path of a CSV file") from None
    except IsADirectoryError:
        raise BadVotes(path.name or str(path), f"{path} is a folder", "give the path of a CSV file") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadVotes(path.name, f"{path} cannot be read ({reason})", "see that you may open it") from None


def _encoding(name: str, file: BinaryIO) -> str:
    start = file.peek(8)[:8] if isinstance(file, io.BufferedReader) else b""
    for magic, what in _NO_TEXT.items():
        if start.startswith(magic):
            raise BadVotes(name, f"{what}, not CSV", "unpack or export it as CSV UTF-8 and try again")
    return next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "utf-8")


def _begun(name: str, text: IO[str], encoding: str, wanted: Sequence[str]) -> CsvText:
    first, skipped = text.readline(_LONGEST_HEADER), 0
    while first and not first.strip():
        first, skipped = text.readline(_LONGEST_HEADER), skipped + 1
    if not first:
        raise BadVotes(name, "it is empty", f"write a first line that names the columns {','.join(wanted)}")
    if len(first) == _LONGEST_HEADER:
        raise BadVotes(name, f"line {skipped + 1} does not end within a million characters", "give a CSV file")
    if "\0" in first:
        raise BadVotes(
            name,
            f"line {skipped + 1} holds NUL bytes: it is UTF-16 without a byte order mark, or no text at all",
            "save it as CSV UTF-8 and try again",
        )
    separator = max(SEPARATORS, key=lambda one: len({*_split(first, one)} & {*wanted}))  # of equals, the comma
    rows = csv.reader(chain([first], text), delimiter=separator, strict=True)
    try:
        header = [cell.strip() for cell in next(rows)]
    except csv.Error:
        raise BadVotes(name, f"line {skipped + 1} is not CSV", "check its quotation marks") from None
    notes = [f"Read as {encoding.upper()}."] if encoding in ("utf-16", "utf-32") else []
    if separator != ",":
        notes.append(f"Read as columns separated by {SEPARATORS[separator]}.")
    return CsvText(name, header, skipped + 1, rows, skipped, notes)


def _split(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _misread(path: Path, encoding: str, error: UnicodeDecodeError) -> BadVotes:
    """The first byte that is no text, looked for again line by line: the reader knows only the block it lies in."""
    fix = "save it as CSV UTF-8 and try again"
    if not encoding.startswith("utf-8") or not path.is_file():
        return BadVotes(path.name, f"it is not whole {encoding.upper()} text ({error.reason})", fix)
    before = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as found:
                byte, text = line[found.start : found.start + 1], line[: found.start].decode()[-20:]
                after = f" after {quoted(text)}" if text else ""
                meant = byte.decode("cp1252", errors="replace")
                windows = "" if meant == "\ufffd" else f"; in Windows-1252 it would be {quoted(meant)}"
                return BadVotes(
                    path.name,
                    f"line {number} is not UTF-8 text: byte 0x{byte.hex().upper()}{after} (byte "
                    f"{before + found.start + 1} of the file){windows}",
                    "save the file as CSV UTF-8, or write this line anew where the others are right, and try again",
                )
            before += len(line)
    return BadVotes(path.name, "it is not UTF-8 text", fix)  # it has changed meanwhile
