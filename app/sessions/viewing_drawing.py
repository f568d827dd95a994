"""What the pictures of the viewing conditions share: a generator for each, and how pixels become a file."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def generator(seed: int, module: str, *turn: int) -> np.random.Generator:
    """Always the same for one session, condition and turn: what is shown there is what is graded there."""
    return np.random.default_rng([seed, *module.encode(), *turn])


def png(pixels: Pixels) -> bytes:
    """The pixels as a file with nothing in it but them."""
    made = BytesIO()
    Image.fromarray(pixels).save(made, "PNG")
    return made.getvalue()
