"""How a simulated subject decides: pure, seeded, and blind to everything but the pictures' bytes."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol


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
class RandomClicker:
    """Answers without looking."""

    rng: Random

    def choose(self, sight: Sight) -> str:
        """Either side, with equal probability."""
        return self.rng.choice(("left", "right"))
