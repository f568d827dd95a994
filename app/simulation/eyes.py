"""How a simulated subject goes through the pages of the viewing conditions: it reads the pictures, as people do."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from app.sessions.viewing_acuity import DIRECTIONS, RINGS
from app.sessions.viewing_glyphs import DIGITS, inside
from app.simulation.forms import Form

CARD_PIXELS, DISTANCE_CM = "326.0", "60"  # a usual office screen, at arm's length
_PLATES = 7
_DIGIT_SIZE = 0.76  # of a plate's radius
_EVERY = 5  # th pixel of a plate is enough to read it
_FULL = 0.65  # a shape that fills more of its box than this is a circle (0.79), and no triangle (0.5)
_LEAST = 100  # pixels of a shape
Look = Callable[[str], bytes]


def fill_in(form: Form, look: Look) -> dict[str, Any]:
    """What a subject who sees well sends with the form of a viewing condition; ``look`` fetches a picture."""
    module = form.action.rsplit("/", 1)[1]

    def seen(number: int) -> NDArray[np.uint8]:
        return np.asarray(Image.open(BytesIO(look(f"{form.action}/{number}.png"))))

    sent: dict[str, Any] = {"turn": form.fields["turn"]}
    if module == "card":
        return sent | {"card_pixels": CARD_PIXELS, "distance_cm": DISTANCE_CM}
    if module == "brightness":
        for number, name in enumerate(("dark", "bright"), start=1):
            circles, triangles = count_shapes(seen(number))
            sent |= {f"{name}_circles": circles, f"{name}_triangles": triangles}
        return sent
    if module == "acuity":
        return sent | {"direction": [read_ring(seen(number)) for number in range(1, RINGS + 1)]}
    return sent | {f"digit_{number}": read_plate(seen(number)) for number in range(1, _PLATES + 1)}


def count_shapes(field: NDArray[np.uint8]) -> tuple[int, int]:
    """How many circles and how many triangles stand out from the ground, however faintly."""
    labels, _ = ndimage.label(field != field[0, 0])
    boxes = [box for box in ndimage.find_objects(labels) if (labels[box] > 0).sum() >= _LEAST]
    filled = [float((labels[box] > 0).mean()) for box in boxes]
    circles = sum(part > _FULL for part in filled)
    return circles, len(filled) - circles


def read_ring(field: NDArray[np.uint8]) -> str:
    """Where the gap of the ring is: where its ink is missing."""
    rows, columns = np.nonzero(field < 128)
    down, right = ((ink.min() + ink.max()) / 2 - ink.mean() for ink in (rows, columns))
    if abs(right) > abs(down):
        return DIRECTIONS[1] if right > 0 else DIRECTIONS[3]
    return DIRECTIONS[2] if down > 0 else DIRECTIONS[0]


def read_plate(plate: NDArray[np.uint8]) -> int:
    """The digit whose dots differ most in colour from those around it."""
    return max(DIGITS, key=lambda digit: contrast(plate, digit))


def contrast(plate: NDArray[np.uint8], digit: int) -> float:
    """How far the dots of a digit differ in colour from the others, in units of their own spread."""
    plate = plate[::_EVERY, ::_EVERY]
    side = plate.shape[0]
    place = (np.arange(side) - side / 2 + 0.5) / (_DIGIT_SIZE * side / 2)
    x, y = np.meshgrid(place, place)
    light = (plate / 255.0) ** 2.2
    painted = np.abs(plate.astype(int) - plate[0, 0]).sum(axis=2) > 24
    share = light / np.maximum(light.sum(axis=2, keepdims=True), 1e-9)  # colour without lightness
    on = inside(digit, x, y)
    figure, ground = share[painted & on], share[painted & ~on]
    spread = np.sqrt(figure.var(axis=0) + ground.var(axis=0)).sum() + 1e-3
    return float(np.abs(figure.mean(axis=0) - ground.mean(axis=0)).sum() / spread)
