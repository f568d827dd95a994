"""A square of cells with conditions down its side, numbered, and their numbers along its top."""

from dataclasses import dataclass

from app.results.frame import WIDTHS, Frame, Width, fitted, framed
from app.results.sheet import Scheme, width_of

_NAMES = 0.34  # of the width, at most
_LARGEST = 44.0  # pixels of a cell


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of a matrix stand on its sheet."""

    frame: Frame
    left: float
    top: float
    cell: float

    def corner(self, row: int, column: int) -> tuple[float, float]:
        """The upper left corner of a cell."""
        return self.left + self.cell * column, self.top + self.cell * row

    def middle(self, row: int, column: int) -> tuple[float, float]:
        """The middle of a cell."""
        x, y = self.corner(row, column)
        return x + self.cell / 2, y + self.cell / 2


def matrix_sheet(
    conditions: tuple[str, ...], title: str, caption: str, *, scheme: Scheme, width: Width
) -> Cells:  # fmt: skip
    """The sheet with names and numbers written, and its cells empty; the diagonal is struck out."""
    sizes = WIDTHS[width]
    named = [f"{place}  {' '.join(name.split())}" for place, name in enumerate(conditions, 1)]
    most = _NAMES * sizes.width
    names = max(width_of(fitted(name, most, sizes.body), sizes.body) for name in named) + 8
    cell = min((sizes.width - 2 * sizes.margin - names) / len(conditions), _LARGEST)
    size = min(sizes.body, max(cell - 1.5, 5.0))  # names never run into each other
    head = sizes.small + 6
    frame = framed(title, caption, head + cell * len(conditions), scheme=scheme, width=width)
    cells = Cells(frame, frame.left + names, frame.top + head, cell)
    sheet = frame.sheet
    for place, name in enumerate(named):
        x, y = cells.middle(place, place)
        sheet.text(cells.left - 8, y + 0.35 * size, fitted(name, names - 8, size), size=size, align="right")
        small = min(sizes.small, size)
        if len(conditions) <= 20 or place % 5 == 4 or not place:
            sheet.text(x, cells.top - 6, str(place + 1), size=small, colour=sheet.ink.quiet, align="center")
        sheet.point(x, y, colour=sheet.ink.line, shape="o", size=min(4.0, cell / 3))
    return cells
