"""How a simulated subject decides: pure, seeded, and blind to everything but the pictures' bytes."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Protocol

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Sight:
    """What a subject has in front of it: the bytes of three pictures."""

    left: bytes
    right: bytes
    reference: bytes


class Observer(Protocol):
    """Somebody who can be shown a trial."""

    def choose(self, sight: Sight) -> str:
        """``left`` or ``right``."""


def fingerprint(picture: bytes) -> str:
    """How an observer recognizes a picture: pages are blind, so its content is all there is."""
    return hashlib.sha256(picture).hexdigest()


@dataclass(frozen=True, slots=True)
class BradleyTerryObserver:
    """Prefers the stronger picture with probability σ(difference), and answers at random with probability ``lapse``.

    ``strength`` maps a picture's fingerprint to logits; an unknown picture raises ``KeyError``.
    """

    strength: Mapping[str, float]
    rng: Random
    lapse: float = 0.01

    def choose(self, sight: Sight) -> str:
        """``left`` with the Bradley–Terry probability of the left picture."""
        if self.rng.random() < self.lapse:
            return self.rng.choice(("left", "right"))
        gap = self.strength[fingerprint(sight.left)] - self.strength[fingerprint(sight.right)]
        return "left" if self.rng.random() < 0.5 * (1 + math.tanh(gap / 2)) else "right"


@dataclass(frozen=True, slots=True)
class PixelPeeper:
    """Prefers the picture whose pixels are closer to the reference's, the more surely the clearer the difference.

    Knows nothing of the study, so it can sit down behind any link. With probability ``lapse`` it answers at random.
    """

    rng: Random
    sharpness: float = 2.0  # logits per grey level of mean absolute difference
    lapse: float = 0.01

    def choose(self, sight: Sight) -> str:
        """``left`` with the Bradley–Terry probability of its distance to the reference."""
        if self.rng.random() < self.lapse:
            return self.rng.choice(("left", "right"))
        gap = self.sharpness * (_distance(sight.right, sight.reference) - _distance(sight.left, sight.reference))
        return "left" if self.rng.random() < 0.5 * (1 + math.tanh(gap / 2)) else "right"


def _distance(picture: bytes, reference: bytes) -> float:
    """Mean absolute difference of two pictures of one size, in grey levels."""
    first, second = (np.asarray(Image.open(BytesIO(data)).convert("RGB"), float) for data in (picture, reference))
    return float(np.abs(first - second).mean())


@dataclass(frozen=True, slots=True)
class RandomClicker:
    """Answers without looking."""

    rng: Random

    def choose(self, sight: Sight) -> str:
        """Either side, with equal probability."""
        return self.rng.choice(("left", "right"))
