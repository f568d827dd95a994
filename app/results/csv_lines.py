"""A table as the lines of a CSV file, one at a time."""

import csv
import io
from collections.abc import Iterable, Iterator

from app.results.cells import Cell, as_written

Cells = Iterable[tuple[Cell, ...]]


def csv_lines(names: Iterable[str], rows: Cells) -> Iterator[str]:
    """The line of the columns' names, then a line for each row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([as_written(name) for name in names])
    for row in rows:
        yield _taken(buffer)
        writer.writerow([as_written(cell) for cell in row])
    yield _taken(buffer)


def in_chunks(lines: Iterable[str], at_least: int = 65_536) -> Iterator[bytes]:
    """The lines as bytes in few large pieces: each costs whoever takes it something."""
    pending, size = list[str](), 0
    for line in lines:
        pending.append(line)
        size += len(line)
        if size >= at_least:
            yield "".join(pending).encode()
            pending, size = [], 0
    yield "".join(pending).encode()


def _taken(buffer: io.StringIO) -> str:
    line = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return line
