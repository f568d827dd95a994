r"""A draw of fixed size in which every unit has a probability of its own, known exactly.

Systematic sampling from a random order (Madow 1949, *Annals of Mathematical Statistics* 20(3), 333-354): the
probabilities are laid end to end, and every unit is drawn in whose stretch one of the points :math:`u, u + 1, u + 2,
\dots` falls, with *u* uniform on [0, 1).
"""

from random import Random

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray


def mixed(chosen: BoolArray, explored: float) -> FloatArray:
    r"""The probability of every unit where most of a draw is chosen and some of it is left to chance.

    With :math:`n` of :math:`N` units chosen, each of these has :math:`(1 - \varepsilon) + \varepsilon n / N`, every
    other :math:`\varepsilon n / N`: none is impossible, and they add up to :math:`n`.
    """
    size = int(chosen.sum())
    return np.asarray((1 - explored) * chosen + explored * size / len(chosen), dtype=np.float64)


def systematic(probability: FloatArray, rng: Random) -> list[int]:
    """The places of the units drawn, in their order: as many as the probabilities add up to, which is a whole number.

    Each unit is drawn with exactly its probability; no probability may be above 1.
    """
    size = round(float(probability.sum()))
    order = rng.sample(range(len(probability)), len(probability))
    ends = np.cumsum(probability[order])
    ends[-1:] = size  # whatever rounding has made of it
    points = np.ceil(ends - rng.random())
    drawn = np.flatnonzero(np.diff(points, prepend=0.0) > 0)
    return sorted(order[int(place)] for place in drawn)
