"""A table as Parquet, in row groups, with a type for each column and what it means.

Text stands as it is: a formula is one only to a spreadsheet, which does not read Parquet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC
from importlib.util import find_spec
from itertools import islice
from typing import Any

from app import __version__
from app.errors import AppError
from app.results.cells import Cell
from app.results.column import Column
from app.results.csv_lines import Cells

_AT_ONCE = 50_000  # rows of a group
_OPTIONS: dict[str, Any] = {"compression": "zstd", "version": "2.6"}


class ParquetNotInstalled(AppError):
    """The package that writes Parquet is not installed."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Parquet is written by the package pyarrow, which is not installed",
            "install it with `pip install '.[parquet]'` in Beholder's checkout, or take the table as CSV",
        )


def parquet_chunks(table: str, columns: Sequence[Column], rows: Cells) -> Iterator[bytes]:
    """The file in pieces, one at least for each group of rows; raises ``ParquetNotInstalled`` before the first."""
    require_parquet()
    return _chunks(table, columns, rows)


def require_parquet() -> None:
    """Nothing, where Parquet can be written; raises ``ParquetNotInstalled`` otherwise."""
    if find_spec("pyarrow") is None:
        raise ParquetNotInstalled


def _chunks(table: str, columns: Sequence[Column], rows: Cells) -> Iterator[bytes]:
    import pyarrow as arrow
    from pyarrow import parquet

    schema, sink, left = _schema(arrow, table, columns), _Sink(), iter(rows)
    with parquet.ParquetWriter(arrow.PythonFile(sink, mode="w"), schema, **_OPTIONS) as writer:
        while group := list(islice(left, _AT_ONCE)):
            cells = [
                [None if cell is None else _CASTS[column.type](cell) for cell in column_cells]
                for column, column_cells in zip(columns, zip(*group, strict=True), strict=True)
            ]
            arrays = [arrow.array(one, field.type) for one, field in zip(cells, schema, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _schema(arrow: Any, table: str, columns: Sequence[Column]) -> Any:
    types = {
        "text": arrow.string(), "integer": arrow.int64(), "number": arrow.float64(), "yes/no": arrow.bool_(),
        "time": arrow.timestamp("ms", tz="UTC"),
    }  # fmt: skip
    fields = [
        arrow.field(one.name, types[one.type], metadata={"meaning": one.meaning, "unit": one.unit}) for one in columns
    ]
    return arrow.schema(fields, metadata={"table": table, "written_by": f"Beholder {__version__}"})


_CASTS: dict[str, Callable[[Any], Cell]] = {
    "text": str, "integer": int, "number": float, "yes/no": bool, "time": lambda moment: moment.astimezone(UTC),
}  # fmt: skip


class _Sink:
    """A file that is written from its beginning to its end, and emptied meanwhile."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def write(self, data: Iterable[int]) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._written += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        """Nothing waits here but for whoever takes it."""

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        """What was written since it was last taken."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken
