"""Which part of a test photograph is shown: squares of one size, placed evenly and the same on every machine."""

from app.errors import BadInput
from app.jobs.contract import SceneRef
from app.jobs.photographs import PhotographView


class PhotographTooSmall(BadInput):
    """A photograph does not hold what is to be cut out of it."""


def scenes_of(photograph: PhotographView, side: int, count: int) -> list[SceneRef]:
    """``count`` squares of ``side`` pixels that do not overlap; a single one lies in the photograph's middle."""
    columns, rows = _grid(photograph, side, count)
    cells = [(column, row) for row in range(rows) for column in range(columns)][:count]
    return [
        SceneRef(
            name=photograph.name if count == 1 else f"{photograph.name}-{number}",
            photograph=photograph.ref,
            left=_offset(photograph.width, side, column, columns),
            top=_offset(photograph.height, side, row, rows),
            width=side,
            height=side,
        )
        for number, (column, row) in enumerate(cells, 1)
    ]


def _grid(photograph: PhotographView, side: int, count: int) -> tuple[int, int]:
    """The columns and rows of the smallest grid that holds ``count`` squares, wide rather than high."""
    most_columns, most_rows = photograph.width // side, photograph.height // side
    if most_columns * most_rows < count:
        raise PhotographTooSmall(
            f"The photograph {photograph.name!r} ({photograph.width}×{photograph.height} px) does not hold {count} "
            f"scene{'s' if count > 1 else ''} of {side}×{side} px",
            "choose smaller or fewer scenes, or leave it out",
        )
    columns = min(count, most_columns)
    if photograph.height > photograph.width:
        columns = -(-count // min(count, most_rows))
    return columns, -(-count // columns)


def _offset(length: int, side: int, index: int, cells: int) -> int:
    """Where the square begins in its cell's middle."""
    return (length * (2 * index + 1) // cells - side) // 2
