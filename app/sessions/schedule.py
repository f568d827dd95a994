"""Which pair next, and which side: pure and seeded; what it needs to know is passed in.

Which pairs a block takes, ``drawing`` says: those that valid subjects judged least, or, in an adaptive study, those
that promise to tell most. Each comes with the side that its first condition stood on less often. Catch
trials are spread over the session, never begin a block and never follow one another. Repeats come in a later block
than the trial they repeat, or, where a session has one block, in its second half. A block after a break begins with
dummies. No scene follows itself, in whichever task and kind of trial, unless there is no other way.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from random import Random

from app.db.models import TrialKind
from app.sessions.drawing import Adaptive, Load, draw, neediest
from app.studies.protocol import REPEAT_DISTANCE


@dataclass(frozen=True, slots=True)
class Before:
    """A test trial of the same session, which has not come again yet."""

    pair_id: int
    scene: str
    a_on_left: bool
    ago: int  # trials from it to the first of the block that is planned


@dataclass(frozen=True, slots=True)
class Slot:
    """A trial to be issued."""

    pair_id: int
    kind: TrialKind
    scene: str
    a_on_left: bool
    probability: float | None = None  # of a test trial: with which its pair came into the block


@dataclass(frozen=True, slots=True)
class Stock:
    """What a block is made of: pairs the subject has not seen, catch pairs, pairs for dummies, and what may repeat."""

    tests: Sequence[Load]
    catch: Sequence[Load] = ()
    dummies: Sequence[Load] = ()
    before: Sequence[Before] = ()
    after: str | None = None  # the scene shown last
    adaptive: Adaptive | None = None  # None: all pairs are judged equally often


@dataclass(frozen=True)
class Plan:
    """The shape of one session, fixed at its start."""

    sizes: tuple[int, ...]  # trials per block, catch trials and repeats included, dummies apart
    catch_trials: int
    seed: int
    repeats: int = 0
    dummies: int = 0  # in each block but the first

    @cached_property
    def catch_positions(self) -> frozenset[int]:
        """Where in the session the catch trials stand, counted from 0 without practice and dummies."""
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

    @cached_property
    def repeats_by_block(self) -> tuple[int, ...]:
        """How many repeats each block has: none in the first, unless there is no other; the rest share evenly."""
        blocks = len(self.sizes)
        if blocks == 1:
            return (self.repeats,)
        free = [size - self._hidden(block) for block, size in enumerate(self.sizes, start=1)]
        given, tests, shares = 0, free[0], [0]
        for block in range(1, blocks):
            due = round(self.repeats * block / (blocks - 1)) - given
            later = sum(free[block + 1 :])
            share = min(max(due, self.repeats - given - later), free[block], tests - given)
            shares.append(share)
            given, tests = given + share, tests + free[block] - share
        return tuple(shares)

    def positions(self, block: int) -> range:
        """The places of a block, counted as ``catch_positions`` does."""
        first = sum(self.sizes[: block - 1])
        return range(first, first + self.sizes[block - 1])

    def _hidden(self, block: int) -> int:
        return len(self.catch_positions.intersection(self.positions(block)))


def practice(seed: int, pairs: Sequence[Load], count: int, *, attempt: int = 0, wanted: int = 0) -> list[Slot]:
    """The practice trials: different pairs, as far as there are, in random order and on random sides.

    Another attempt shows others first. ``wanted`` of them have a known answer, where there are so many.
    """
    rng = Random(f"{seed}:practice" if not attempt else f"{seed}:practice:{attempt}")
    count = min(count, len(pairs))
    known = [load for load in pairs if load.known]
    sure = neediest(known, min(wanted, count, len(known)), rng)
    left = [load for load in pairs if load not in sure]
    return [
        Slot(load.pair_id, TrialKind.PRACTICE, load.scene, rng.random() < 0.5)
        for load in _arranged([*sure, *neediest(left, count - len(sure), rng)], None, rng)
    ]


def next_block(plan: Plan, block: int, stock: Stock) -> list[Slot]:
    """The trials of a block, counted from 1."""
    rng = Random(f"{plan.seed}:{block}")
    slots = _dummies(stock, plan.dummies if block > 1 else 0, rng)
    after = slots[-1].scene if slots else stock.after
    positions, repeats = plan.positions(block), plan.repeats_by_block[block - 1]
    hidden = plan.catch_positions.intersection(positions)
    drawn = draw(stock.tests, len(positions) - len(hidden) - repeats, rng, stock.adaptive)
    tests = drawn.loads
    if repeats and len(plan.sizes) == 1:
        order = _with_later_repeats(tests, repeats, after, rng)
    else:
        again = _repeated(stock.before, repeats, tests, rng)
        order = [_shown(item, rng) for item in _arranged([*tests, *again], after, rng)]
    waiting = deque(order)  # fewer, where slots that were to be repeated went to others
    shown = [None if p in hidden else waiting.popleft() for p in positions if waiting or p in hidden]
    slots += _with_catch(shown, stock.catch, after, rng)
    known = drawn.probability
    return [replace(slot, probability=known[slot.pair_id]) if slot.kind is TrialKind.TEST else slot for slot in slots]


def _dummies(stock: Stock, count: int, rng: Random) -> list[Slot]:
    """Pairs of practice, those least seen first; without any, pairs of catch trials, and without these none."""
    pairs, uses = stock.dummies or stock.catch, Counter[int]()
    slots, after = list[Slot](), stock.after
    for _ in range(count if pairs else 0):
        pick = min(
            pairs, key=lambda pair: (pair.scene == after, pair.judged + uses[pair.pair_id], rng.random())
        )  # fmt: skip
        uses[pick.pair_id] += 1
        slots.append(Slot(pick.pair_id, TrialKind.DUMMY, pick.scene, rng.random() < 0.5))
        after = pick.scene
    return slots


def _repeated(before: Sequence[Before], count: int, tests: Sequence[Load | Before], rng: Random) -> list[Before]:
    """Trials to come again, drawn from those that lie far enough back, their scenes made as even as they can be."""
    if not count:
        return []
    far = [trial for trial in before if trial.ago >= REPEAT_DISTANCE]
    if len(far) < count:
        far = sorted(before, key=lambda trial: -trial.ago)[:count]
    chosen, scenes = list[Before](), Counter(load.scene for load in tests)
    left = rng.sample(far, len(far))
    for _ in range(min(count, len(left))):
        pick = min(left, key=lambda trial: scenes[trial.scene])
        left.remove(pick)
        scenes[pick.scene] += 1
        chosen.append(pick)
    return chosen


def _with_later_repeats(tests: Sequence[Load], repeats: int, after: str | None, rng: Random) -> list[Slot]:
    """A session of one block: its tests, and in the second half some of the first half again."""
    order = _arranged(tests, after, rng)
    half = max(repeats, len(order) // 2)
    first = [_shown(load, rng) for load in order[:half]]
    begun = [Before(slot.pair_id, slot.scene, slot.a_on_left, half - place) for place, slot in enumerate(first)]
    again = _repeated(begun, repeats, order[half:], rng)
    return first + [_shown(item, rng) for item in _arranged([*order[half:], *again], first[-1].scene, rng)]


def _shown(item: Load | Before, rng: Random) -> Slot:
    if isinstance(item, Before):
        return Slot(item.pair_id, TrialKind.REPEAT, item.scene, not item.a_on_left)
    return Slot(item.pair_id, TrialKind.TEST, item.scene, _side(item, rng))


def _with_catch(shown: Sequence[Slot | None], catch: Sequence[Load], after: str | None, rng: Random) -> list[Slot]:
    """The block with a catch trial at each empty place, of another scene than the trials around it."""
    slots, uses = list[Slot](), Counter({load.pair_id: load.judged for load in catch})
    for index, slot in enumerate(shown):
        if slot is not None:
            slots.append(slot)
            continue
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


def _arranged(items: Sequence[Load | Before], after: str | None, rng: Random) -> list[Load | Before]:
    """The same in random order, no scene following itself where that can be avoided."""
    scenes = defaultdict[str, list[Load | Before]](list)
    for item in rng.sample(items, len(items)):
        scenes[item.scene].append(item)
    order = list[Load | Before]()
    for left in range(len(items), 0, -1):
        # a scene that fills more than half of what is left must come now, or it will have to follow itself later
        pressing = [scene for scene, rest in scenes.items() if 2 * len(rest) > left and scene != after]
        others = pressing or [scene for scene in scenes if scene != after] or list(scenes)
        scene = rng.choices(others, [len(scenes[scene]) for scene in others])[0]
        order.append(scenes[scene].pop())
        if not scenes[scene]:
            del scenes[scene]
        after = scene
    return order
