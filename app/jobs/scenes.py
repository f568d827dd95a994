"""Which part of a test photograph is shown: squares of one size, placed evenly and the same on every machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import BadInput
from app.jobs.contract import SceneRef
from app.jobs.photograph_sets import PhotographView

_SIDE, _SCENES = 512, 20  # as published
_FITS_ALL_TASKS = 16  # a side of which every task can take all


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


@dataclass(frozen=True, slots=True)
class SceneWish:
    """How scenes are to be cut; what is left open follows from the photographs.

    ``side`` is 512 px, or what the smallest photograph holds; there are ``altogether`` 20 scenes, or as many as the
    photographs hold, spread over them evenly, unless each photograph is to have ``per_photograph``.
    """

    side: int | None = None
    altogether: int | None = None
    per_photograph: int | None = None


def cut_out(photographs: Sequence[PhotographView], wish: SceneWish, multiple: int) -> list[SceneRef]:
    """The scenes of all test photographs, with sides that the task can take; raises ``PhotographTooSmall``."""
    smallest = min(min(photograph.width, photograph.height) for photograph in photographs)
    side = wish.side or min(_SIDE, smallest - smallest % _FITS_ALL_TASKS or smallest)
    side -= side % multiple
    if side < 1:
        raise PhotographTooSmall(f"Scenes must be at least {multiple} px wide", "choose a larger side")
    if wish.per_photograph is not None:
        counts = [wish.per_photograph] * len(photographs)
    else:
        counts = _spread([_holds(photograph, side) for photograph in photographs], wish.altogether, side)
    return [
        scene
        for photograph, count in zip(photographs, counts, strict=True)
        if count
        for scene in scenes_of(photograph, side, count)
    ]


def _holds(photograph: PhotographView, side: int) -> int:
    return (photograph.width // side) * (photograph.height // side)


def _spread(room: Sequence[int], wanted: int | None, side: int) -> list[int]:
    """How many scenes each photograph gives: one each in turn, as long as it holds more."""
    if (wanted is not None and wanted > sum(room)) or not sum(room):
        raise PhotographTooSmall(
            f"The photographs for testing hold {sum(room)} scenes of {side}×{side} px altogether",
            "choose smaller or fewer scenes, or more photographs",
        )
    counts, left = [0] * len(room), min(wanted or _SCENES, sum(room))
    while left:
        for place, most in enumerate(room):
            if left and counts[place] < most:
                counts[place], left = counts[place] + 1, left - 1
    return counts


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
