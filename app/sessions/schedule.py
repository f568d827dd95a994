"""Which pair next, and which side: pure and seeded; what it needs to know is passed in.

Pairs that valid subjects judged least go first, each with the side that its first condition stood on less often. Catch
trials are spread over the session, never begin a block and never follow one another. No scene follows itself, in
whichever task, unless there is no other way.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import accumulate
from random import Random

from app.db.models import TrialKind


@dataclass(frozen=True, slots=True)
class Load:
    """A pair, and how often it has been judged; for a catch or practice pair, by this subject alone."""

    pair_id: int
    scene: str
    judged: int = 0  # valid judgements, and trials issued whose answer may still come
    a_left: int = 0  # of these, those with the first condition on the left


@dataclass(frozen=True, slots=True)
class Slot:
    """A trial to be issued."""

    pair_id: int
    kind: TrialKind
    scene: str
    a_on_left: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The shape of one session, fixed at its start."""

    sizes: tuple[int, ...]  # trials per block, catch trials included
    catch_trials: int
    seed: int

    def catch_positions(self) -> frozenset[int]:
        """Where in the session the catch trials stand, counted from 0 without practice."""
        rng = Random(f"{self.seed}:catch")
        starts, planned, room = {0, *accumulate(self.sizes)}, sum(self.sizes), _room(self.sizes)
        chosen, free = list[int](), 0
        for number in range(self.catch_trials):
            still = self.catch_trials - number - 1
            possible = [p for p in range(free, planned) if p not in starts and room[p + 2] >= still]
            low, high = planned * number / self.catch_trials, planned * (number + 1) / self.catch_trials
            inside = [p for p in possible if low <= p < high]
            chosen.append(rng.choice(inside) if inside else min(possible, key=lambda p: abs(p - (low + high) / 2)))
            free = chosen[-1] + 2
        return frozenset(chosen)


def practice(seed: int, pairs: Sequence[Load], count: int) -> list[Slot]:
    """The practice trials: as many different pairs as there are, in random order and on random sides."""
    rng = Random(f"{seed}:practice")
    return [
        Slot(load.pair_id, TrialKind.PRACTICE, load.scene, rng.random() < 0.5)
        for load in _arranged(_neediest(pairs, min(count, len(pairs)), rng), None, rng)
    ]


def next_block(
    plan: Plan, block: int, tests: Sequence[Load], catch: Sequence[Load], after: str | None = None
) -> list[Slot]:
    """The trials of a block, counted from 1.

    ``tests`` are the pairs that the subject has not seen, ``after`` is the scene shown last.
    """
    rng = Random(f"{plan.seed}:{block}")
    first = sum(plan.sizes[: block - 1])
    positions = range(first, first + plan.sizes[block - 1])
    hidden = plan.catch_positions() & set(positions)
    chosen = _arranged(_neediest(tests, len(positions) - len(hidden), rng), after, rng)
    waiting = iter(chosen)
    shown = [None if position in hidden else next(waiting) for position in positions]
    slots, uses = list[Slot](), Counter({load.pair_id: load.judged for load in catch})
    for index, load in enumerate(shown):
        if load is not None:
            slots.append(Slot(load.pair_id, TrialKind.TEST, load.scene, _side(load, rng)))
        else:
            following = shown[index + 1] if index + 1 < len(shown) else None
            around = {slots[-1].scene if slots else after, following.scene if following else None}
            pick = min(catch, key=lambda pair: (pair.scene in around, uses[pair.pair_id], rng.random()))
            uses[pick.pair_id] += 1
            slots.append(Slot(pick.pair_id, TrialKind.CATCH, pick.scene, rng.random() < 0.5))
    return slots


def _room(sizes: Sequence[int]) -> list[int]:
    """How many catch trials fit from each position on, when none begins a block and none follows another."""
    starts, planned = {0, *accumulate(sizes)}, sum(sizes)
    room = [0] * (planned + 2)
    for position in reversed(range(planned)):
        room[position] = max(room[position + 1], 0 if position in starts else 1 + room[position + 2])
    return room


def _side(load: Load, rng: Random) -> bool:
    balance = 2 * load.a_left - load.judged
    return balance < 0 if balance else rng.random() < 0.5


def _neediest(loads: Sequence[Load], count: int, rng: Random) -> list[Load]:
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


def _arranged(loads: Sequence[Load], after: str | None, rng: Random) -> list[Load]:
    """The same pairs in random order, no scene following itself where that can be avoided."""
    scenes = defaultdict[str, list[Load]](list)
    for load in rng.sample(loads, len(loads)):
        scenes[load.scene].append(load)
    order = list[Load]()
    for left in range(len(loads), 0, -1):
        # a scene that fills more than half of what is left must come now, or it will have to follow itself later
        pressing = [scene for scene, rest in scenes.items() if 2 * len(rest) > left and scene != after]
        others = pressing or [scene for scene in scenes if scene != after] or list(scenes)
        scene = rng.choices(others, [len(scenes[scene]) for scene in others])[0]
        order.append(scenes[scene].pop())
        if not scenes[scene]:
            del scenes[scene]
        after = scene
    return order
