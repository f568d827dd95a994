"""Which test pairs a block takes from those that its subject has not seen, and how probable each of them was.

The *sampling probability* of a test trial is the probability with which its pair came into its block, given the
session's earlier trials and everything that the tables said when the block was put together, over the seeds that the
session might have had. Over all pairs that the subject had not seen, these probabilities add up to the number of test
trials of the block.

- *Balanced*: the pairs judged least, so 1 for those below the level at which there are more pairs than places. At that
  level places go to scenes evenly, and within a scene every pair is as probable as the others.
- *Adaptive*: a pair that has been judged less often than the floor comes first, balanced as above. Of the other N
  pairs, n are wanted: the most informative trees (``app.analysis.adaptive``) name n of them, each of which comes with
  probability (1 - ε) + ε n / N, and every other one comes with ε n / N, where ε is ``EXPLORED``: none is impossible.
  This is given the trees; between pairs that promise exactly the same, the seed decides which one a tree holds.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from random import Random

import numpy as np

from app.analysis.adaptive import EXPLORED, most_informative
from app.analysis.arrays import BoolArray
from app.analysis.systematic import mixed, systematic


@dataclass(frozen=True, slots=True)
class Load:
    """A pair, and how often it has been judged; for a catch or practice pair, by this subject alone."""

    pair_id: int
    scene: str
    judged: int = 0  # valid judgements, and trials issued whose answer may still come
    a_left: int = 0  # of these, those with the first condition on the left
    known: bool = False  # whether its right answer is known


@dataclass(frozen=True, slots=True)
class Contest:
    """A test pair of the study, with what valid subjects have answered so far; a tie is half a win for both."""

    pair_id: int
    task: str
    scene: str
    a: int  # stimuli by their numbers
    b: int
    won: float = 0.0  # by a
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class Adaptive:
    """What an adaptive draw follows: how often every pair must have been judged first, and all answers so far."""

    floor: int
    contests: Sequence[Contest]


@dataclass(frozen=True, slots=True)
class Draw:
    """The pairs that a block takes, with the sampling probability of each by its number."""

    loads: Sequence[Load]
    probability: Mapping[int, float]


def draw(loads: Sequence[Load], count: int, rng: Random, adaptive: Adaptive | None = None) -> Draw:
    """So many pairs of those the subject has not seen, or all where there are no more."""
    below = list(loads) if adaptive is None else [load for load in loads if load.judged < adaptive.floor]
    if adaptive is None or len(below) >= count or count >= len(loads):
        return Draw(neediest(loads, count, rng), _balanced(loads, count))
    rest = [load for load in loads if load.judged >= adaptive.floor]
    probability = mixed(_wanted(rest, count - len(below), adaptive.contests, rng), EXPLORED)
    drawn = [rest[place] for place in systematic(probability, rng)]
    told = {load.pair_id: float(chance) for load, chance in zip(rest, probability, strict=True)}
    return Draw([*below, *drawn], told | dict.fromkeys((load.pair_id for load in below), 1.0))


def neediest(loads: Sequence[Load], count: int, rng: Random) -> list[Load]:
    """The pairs judged least; among equals, scenes are drawn evenly, so that they can be kept apart."""
    if count >= len(loads):
        return list(loads)
    ranked = sorted(rng.sample(loads, len(loads)), key=lambda load: load.judged)
    level = ranked[count].judged
    taken = [load for load in ranked if load.judged < level]
    equals = defaultdict[str, list[Load]](list)
    for load in ranked:
        if load.judged == level:
            equals[load.scene].append(load)
    shown = Counter(load.scene for load in taken)
    heap = [(shown[scene], rng.random(), scene) for scene in equals]
    heapify(heap)
    while len(taken) < count:
        times, tie, scene = heappop(heap)
        taken.append(equals[scene].pop())
        if equals[scene]:
            heappush(heap, (times + 1, tie, scene))
    return taken


def _balanced(loads: Sequence[Load], count: int) -> dict[int, float]:
    """With what probability ``neediest`` takes each pair: exactly, by handing its places out level by level."""
    if count >= len(loads):
        return dict.fromkeys((load.pair_id for load in loads), 1.0)
    level = sorted(load.judged for load in loads)[count]
    taken = [load for load in loads if load.judged < level]
    shown = Counter(load.scene for load in taken)
    equals = Counter(load.scene for load in loads if load.judged == level)
    places, left = dict.fromkeys(equals, 0.0), count - len(taken)
    while left:
        open_ = [scene for scene in equals if places[scene] < equals[scene]]
        fewest = min(shown[scene] for scene in open_)
        turn = [scene for scene in open_ if shown[scene] == fewest]
        share = min(1.0, left / len(turn))  # the last places are drawn among the scenes whose turn it is
        for scene in turn:
            places[scene] += share
            shown[scene] += 1
        left -= min(left, len(turn))
    told = {load.pair_id: places[load.scene] / equals[load.scene] for load in loads if load.judged == level}
    return dict.fromkeys((load.pair_id for load in loads), 0.0) | told | {load.pair_id: 1.0 for load in taken}


def _wanted(loads: Sequence[Load], count: int, contests: Sequence[Contest], rng: Random) -> BoolArray:
    """Which of the pairs the most informative trees name, so many of them."""
    where, places = _coded(contests)
    wins = np.zeros((len({scene for scene, _, _ in where.values()}), places, places))
    free = np.zeros(wins.shape, dtype=np.bool_)
    for one in contests:
        scene, i, j = where[one.pair_id]
        wins[scene, i, j], wins[scene, j, i] = one.won, one.lost
    pair_at = dict[tuple[int, int, int], int]()
    for place, load in enumerate(loads):
        scene, i, j = where[load.pair_id]
        pair_at[scene, min(i, j), max(i, j)] = place
    for at in pair_at:
        free[at] = True
    chosen = np.zeros(len(loads), dtype=np.bool_)
    chosen[[pair_at[pair] for pair in most_informative(wins, free, count, rng)]] = True
    return chosen


def _coded(contests: Sequence[Contest]) -> tuple[dict[int, tuple[int, int, int]], int]:
    """Where each pair stands in an array of scenes × conditions × conditions, and how many conditions it has room for.

    Scenes of one name in two tasks are two, and conditions are numbered within theirs.
    """
    stimuli = defaultdict[tuple[str, str], set[int]](set)
    for one in contests:
        stimuli[one.task, one.scene] |= {one.a, one.b}
    scenes = {name: place for place, name in enumerate(stimuli)}
    inside = {
        name: {stimulus: place for place, stimulus in enumerate(sorted(found))} for name, found in stimuli.items()
    }
    where = dict[int, tuple[int, int, int]]()
    for one in contests:
        name = (one.task, one.scene)
        where[one.pair_id] = scenes[name], inside[name][one.a], inside[name][one.b]
    return where, max(map(len, stimuli.values()))
