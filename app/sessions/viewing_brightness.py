"""Whether screen and room let somebody see what is nearly black and what is nearly white.

Two fields, each with circles and triangles a few levels away from black or white, are to be counted: what somebody
cannot see, they cannot count. The idea is that of the crowdsourcing toolkit for ITU-T P.910 (Naderi and Cutler 2022, A
crowdsourcing approach to video quality assessment, arXiv:2204.06784); the drawing is our own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from app.sessions.viewing_drawing import Pixels, generator

NAMES = ("dark_circles", "dark_triangles", "bright_circles", "bright_triangles")
ATTEMPTS = 3
SLIP = 1  # shapes by which the counts of a field may be out in all
_COLUMNS, _ROWS, _CELL = 6, 3, 90  # pixels of a cell
_FEWEST, _MOST = 3, 8  # of each shape
_GROUND = {"dark": 0, "bright": 255}
_LEVELS = {"dark": (14, 18, 22), "bright": (249, 246, 243)}  # steps that an office still shows and a glare does not
_FINER = 4  # times as large drawn, so that edges are smooth


@dataclass(frozen=True, slots=True)
class Field:
    """One field: which shape stands in which cell (None for nothing), and how light it is."""

    ground: int
    cells: tuple[tuple[str, int] | None, ...]

    def count(self, shape: str) -> int:
        """How many there are of a shape."""
        return sum(1 for cell in self.cells if cell and cell[0] == shape)


def fields(seed: int, attempt: int) -> tuple[Field, Field]:
    """The dark field and the bright one of an attempt."""
    dark, bright = (_field(generator(seed, "brightness", attempt, turn), name) for turn, name in enumerate(_GROUND))
    return dark, bright


def expected(seed: int, attempt: int) -> dict[str, int]:
    """The right counts, by the names of their answers."""
    counts = [field.count(shape) for field in fields(seed, attempt) for shape in ("circle", "triangle")]
    return dict(zip(NAMES, counts, strict=True))


def grade(right: Mapping[str, int], said: Mapping[str, int]) -> tuple[bool, dict[str, Any]]:
    """Whether both fields were seen, and by how many shapes each was miscounted."""
    off = {
        name: sum(abs(right[f"{name}_{shape}"] - said[f"{name}_{shape}"]) for shape in ("circles", "triangles"))
        for name in _GROUND
    }
    return max(off.values()) <= SLIP, {f"{name}_off": number for name, number in off.items()}


def draw(field: Field) -> Pixels:
    """The field's pixels, grey."""
    image = Image.new("L", (_COLUMNS * _CELL * _FINER, _ROWS * _CELL * _FINER), field.ground)
    pen = ImageDraw.Draw(image)
    for index, cell in enumerate(field.cells):
        if cell:
            _shape(pen, index, *cell)
    small = image.resize((_COLUMNS * _CELL, _ROWS * _CELL), Image.Resampling.BOX)
    return np.asarray(small, np.uint8)


def _field(rng: np.random.Generator, name: str) -> Field:
    circles, triangles = rng.integers(_FEWEST, _MOST + 1, 2)
    empty = _COLUMNS * _ROWS - circles - triangles
    shapes: Sequence[str] = ["circle"] * circles + ["triangle"] * triangles + [""] * empty
    levels = rng.choice(_LEVELS[name], len(shapes))
    placed = [(shapes[place], int(levels[place])) for place in rng.permutation(len(shapes))]
    return Field(_GROUND[name], tuple(cell if cell[0] else None for cell in placed))


def _shape(pen: ImageDraw.ImageDraw, index: int, shape: str, level: int) -> None:
    size, reach = _CELL * _FINER, _CELL * _FINER // 3
    x, y = (index % _COLUMNS + 0.5) * size, (index // _COLUMNS + 0.5) * size
    if shape == "circle":
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=level)
    else:
        pen.polygon(((x, y - reach), (x + reach, y + reach), (x - reach, y + reach)), fill=level)
