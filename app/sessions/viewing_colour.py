"""Colour plates of our own: a digit of dots among dots, told apart by a colour that some eyes do not have.

Who lacks one of the three kinds of cones confuses colours that differ in nothing but that kind's response. The colours
of such a pair lie on a line through the missing cone's direction; on ours they lie as far apart as a screen can show
them, at the same response of the other two kinds, so that nothing but colour is left to see, and every dot has a
lightness of its own. Cone responses as in Viénot, Brettel and Mollon 1999 (Digital video colourmaps for checking the
legibility of displays by dichromats, Color Research and Application 24:243-252), after Smith and Pokorny; Brettel,
Viénot and Mollon 1997 (J. Opt. Soc. Am. A 14:2647-2655) keep to the same lines. No medical diagnosis: the colours of
a screen are not calibrated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.sessions.viewing_drawing import Pixels, generator
from app.sessions.viewing_glyphs import DIGITS, inside

ATTEMPTS = 2
SLIPS = 1  # digits that may be misread, the control apart
CONTROL = "control"
KINDS = ("protan", "deutan", "tritan")
PER_KIND = 2
_CONES = {"protan": 0, "deutan": 1, "tritan": 2}  # the kind of cones that is missing: long, middle, short
SIDE = 400  # pixels
_FINER = 2
_GREY = 0x77  # of the page around it
_LIGHTNESS = (0.55, 1.0)  # of a dot, as a factor of linear light
_RADII = (10, 8, 6, 5, 4)  # pixels, the largest thrown first
_THROWS = (150, 300, 700, 1200, 1200)
_LMS = np.array(
    [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
)  # of linear sRGB, Viénot 1999
_MIDDLE = {  # linear sRGB between the two colours of a pair: where the line through it is longest within the gamut
    "protan": (0.36, 0.30, 0.16), "deutan": (0.36, 0.30, 0.16), "tritan": (0.34, 0.42, 0.42),
}  # fmt: skip
_PLAIN = ((0.95, 0.80, 0.30), (0.05, 0.08, 0.30))  # of the control: light yellow and dark blue, told apart by all eyes


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate: for which eyes it is, and its digit."""

    kind: str
    digit: int


def plates(seed: int, attempt: int) -> tuple[Plate, ...]:
    """The plates of an attempt: the control first, then the others in an order of their own."""
    rng = generator(seed, "colour", attempt)
    kinds = rng.permutation([kind for kind in KINDS for _ in range(PER_KIND)])
    digits = rng.choice(DIGITS, len(kinds) + 1)
    return tuple(Plate(str(kind), int(digit)) for kind, digit in zip((CONTROL, *kinds), digits, strict=True))


def grade(shown: Sequence[Plate], said: Sequence[int | None]) -> tuple[bool, dict[str, Any]]:
    """Whether the control was read and at most one other digit was not; which kind was misread is not stored."""
    read = [plate.digit == digit for plate, digit in zip(shown, said, strict=True)]
    control, right, of = read[0], sum(read[1:]), len(read) - 1
    return control and of - right <= SLIPS, {"control": control, "right": right, "of": of}


def colours(kind: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The colours of figure and ground at full lightness, in linear sRGB."""
    if kind == CONTROL:
        return np.array(_PLAIN[0]), np.array(_PLAIN[1])
    middle = np.array(_MIDDLE[kind])
    axis = np.linalg.inv(_LMS)[:, _CONES[kind]]
    with np.errstate(divide="ignore"):
        room = np.minimum(np.where(axis > 0, (1 - middle) / axis, middle / -axis),
                          np.where(axis > 0, middle / axis, (1 - middle) / -axis))  # fmt: skip
    step = 0.98 * float(room.min()) * axis
    return middle + step, middle - step


def draw(plate: Plate, rng: np.random.Generator) -> Pixels:
    """The plate's pixels: dots on the grey of the page, those on the digit in another colour."""
    dots = _throw(rng)
    tilt, size = rng.uniform(-0.12, 0.12), 0.76 * SIDE / 2
    x, y = (dots[:, 0] - SIDE / 2) / size, (dots[:, 1] - SIDE / 2) / size
    on = inside(plate.digit, x * np.cos(tilt) + y * np.sin(tilt), y * np.cos(tilt) - x * np.sin(tilt))
    pair = colours(plate.kind)
    figure, ground = pair if rng.integers(2) and plate.kind != CONTROL else pair[::-1]
    light = rng.uniform(*_LIGHTNESS, len(dots)) if plate.kind != CONTROL else np.ones(len(dots))
    linear = np.where(on[:, None], figure, ground) * light[:, None]
    image = Image.new("RGB", (SIDE * _FINER, SIDE * _FINER), (_GREY, _GREY, _GREY))
    pen = ImageDraw.Draw(image)
    for (across, down, radius), colour in zip(dots * _FINER, _encoded(linear), strict=True):
        pen.ellipse((across - radius, down - radius, across + radius, down + radius), fill=tuple(colour.tolist()))
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), np.uint8)


def picture(seed: int, attempt: int, number: int) -> Pixels:
    """The pixels of one plate of an attempt, counted from 0."""
    return draw(plates(seed, attempt)[number], generator(seed, "plate", attempt, number))


def _throw(rng: np.random.Generator) -> NDArray[np.float64]:
    """Dots that do not touch, within a circle: their middles and radii."""
    dots = np.zeros((0, 3))
    for radius, throws in zip(_RADII, _THROWS, strict=True):
        for x, y in rng.uniform(0, SIDE, (throws, 2)):
            if np.hypot(x - SIDE / 2, y - SIDE / 2) > SIDE / 2 - radius - 2:
                continue
            if not len(dots) or (np.hypot(dots[:, 0] - x, dots[:, 1] - y) > dots[:, 2] + radius + 1).all():
                dots = np.vstack([dots, (x, y, radius)])
    return dots


def _encoded(linear: NDArray[np.float64]) -> Pixels:
    """Linear light as bytes of sRGB (IEC 61966-2-1)."""
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    encoded: Pixels = np.rint(255 * np.clip(curved, 0, 1)).astype(np.uint8)
    return encoded
