r"""Which pairs to ask next, where only the order of the conditions matters.

The Laplace approximation takes a scene's strengths, given the votes so far, as Gaussian with the mode and the curvature
of the penalized likelihood. The difference of a pair is then :math:`d \sim N(s_i - s_j, v_{ij})`, and asking it is
expected to tell

.. math:: I_{ij} = h\bigl(\mathrm{E}\,\sigma(d)\bigr) - \mathrm{E}\,h\bigl(\sigma(d)\bigr), \qquad
          h(p) = -p \ln p - (1 - p) \ln (1 - p)

about the strengths (Lindley 1956, *Annals of Mathematical Statistics* 27(4), 986-1005), in nats. A batch is the
maximum spanning tree of these gains, so that asking it joins all conditions again (Li, Mantiuk, Wang, Ling & Le Callet
2018, *Hybrid-MST*, NeurIPS 31). Before the next tree of the same scene its curvature is the one that the answers are
expected to leave.

Votes that are chosen by the votes before them rank well and estimate badly: where real answers do not obey
Bradley-Terry, scores depend on which pairs were asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from random import Random

import numpy as np
from scipy.special import entr, expit

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, fit

EXPLORED = 0.1  # of the places of an adaptive draw: left to chance, whatever the votes say
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)  # exact for polynomials up to degree 29
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()

Pair = tuple[int, int, int]  # scene, and two conditions by their places


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """The pairs of a scene's maximum spanning tree, the most informative first."""

    edges: tuple[tuple[int, int], ...]
    gain: float  # of one of its edges on the average, nats


def information(difference: FloatArray, variance: FloatArray) -> FloatArray:
    """What an answer to a pair is expected to tell, nats, where its difference is Gaussian; 0 to ln 2."""
    spread = np.sqrt(np.maximum(variance, 0.0))
    chance = expit(np.asarray(difference)[..., None] + spread[..., None] * _NODES)
    gain = _entropy(chance @ _WEIGHTS) - _entropy(chance) @ _WEIGHTS
    return np.asarray(np.maximum(gain, 0.0), dtype=np.float64)


def most_informative(wins: FloatArray, free: BoolArray, count: int, rng: Random) -> list[Pair]:
    """So many pairs, tree after tree, the scene with the most informative tree first.

    Parameters
    ----------
    wins
        The votes so far ``(scenes, n, n)``: ``wins[s, i, j]`` counts how often *i* was preferred to *j* in scene *s*.
    free
        Which pairs may be asked ``(scenes, n, n)``; of two mirrored entries the one above the diagonal counts.
    count
        How many pairs are wanted; fewer come back where fewer are free.
    rng
        Decides between pairs of equal gain, and nothing else.
    """
    strengths = fit(wins, [str(place) for place in range(wins.shape[-1])], prior=DEFAULT_PRIOR)
    mean, covariance = strengths.strength, strengths.covariance.copy()
    open_ = np.triu(free, 1)
    gaps, gains = mean[:, :, None] - mean[:, None, :], _gains(mean, covariance)
    trees = [_tree(gain, there, rng) for gain, there in zip(gains, open_, strict=True)]
    waiting = [(-tree.gain, rng.random(), scene) for scene, tree in enumerate(trees) if tree.edges]
    heapify(waiting)
    chosen = list[Pair]()
    while waiting and len(chosen) < count:
        _, tie, scene = waiting[0]
        for i, j in trees[scene].edges:
            chosen.append((scene, i, j))
            open_[scene, i, j] = False
            covariance[scene] = _after(covariance[scene], i, j, float(gaps[scene, i, j]))
        trees[scene] = _tree(_gains(mean[scene], covariance[scene]), open_[scene], rng)
        if trees[scene].edges:
            heapreplace(waiting, (-trees[scene].gain, tie, scene))
        else:
            heappop(waiting)
    return chosen[:count]


def _gains(mean: FloatArray, covariance: FloatArray) -> FloatArray:
    """The information of every pair ``(..., n, n)``, rounded so that equal ones are equal on every machine."""
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    of_difference = variance[..., :, None] + variance[..., None, :] - 2 * covariance
    gaps = mean[..., :, None] - mean[..., None, :]
    return np.round(information(gaps, of_difference), ROUNDING)


def _after(covariance: FloatArray, i: int, j: int, difference: float) -> FloatArray:
    r"""The covariance once the pair is answered: the vote adds :math:`\sigma'(s_i - s_j)` to the curvature along it."""
    chance = float(expit(difference))
    weight = chance * (1 - chance)
    along = covariance[:, i] - covariance[:, j]
    smaller: FloatArray = covariance - weight / (1 + weight * (along[i] - along[j])) * np.outer(along, along)
    return smaller


def _tree(gains: FloatArray, open_: BoolArray, rng: Random) -> _Tree:
    """Kruskal's maximum spanning forest over the open pairs of one scene; equal gains come in random order."""
    pairs = [(int(i), int(j)) for i, j in zip(*np.nonzero(open_), strict=True)]
    ranked = sorted(rng.sample(pairs, len(pairs)), key=lambda pair: -gains[pair])
    edges = tuple(_joining(ranked, len(gains)))
    return _Tree(edges, float(np.mean([gains[edge] for edge in edges])) if edges else 0.0)


def _joining(ranked: list[tuple[int, int]], conditions: int) -> Iterator[tuple[int, int]]:
    """Of the pairs in their order, those that join two conditions which nothing before has joined."""
    part = list(range(conditions))
    left = conditions - 1
    for i, j in ranked:
        if part[i] != part[j]:
            yield i, j
            old, new = part[j], part[i]
            part = [new if one == old else one for one in part]
            left -= 1
            if not left:
                return


def _entropy(chance: FloatArray) -> FloatArray:
    both: FloatArray = entr(chance) + entr(1 - chance)
    return both
