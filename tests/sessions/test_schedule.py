"""The schedule's promises, for any study and any seed."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.models import TrialKind
from app.sessions.drawing import Load
from app.sessions.schedule import Before, Plan, Slot, Stock, next_block, practice
from app.studies.protocol import REPEAT_DISTANCE, Protocol


def _loads(pairs: int, scenes: int, rng: Random, most: int = 3) -> list[Load]:
    judged = [rng.randint(0, most) for _ in range(pairs)]
    return [Load(n, f"scene{n % scenes}", times, rng.randint(0, times)) for n, times in enumerate(judged)]


def _catch(scenes: int) -> list[Load]:
    return [Load(10_000 + n, f"scene{n}") for n in range(scenes)]


def _dummies(scenes: int) -> list[Load]:
    return [Load(20_000 + n, f"scene{n}") for n in range(scenes)]


@dataclass(frozen=True)
class Case:
    """A protocol, with pairs and catch pairs that fit it."""

    protocol: Protocol
    loads: list[Load]
    catch: list[Load]
    seed: int

    @property
    def comparisons(self) -> int:
        """Test trials of the session."""
        return self.protocol.comparisons(len(self.loads))

    def plan(self) -> Plan:
        """The shape of the session."""
        protocol, comparisons = self.protocol, self.comparisons
        return Plan(
            protocol.block_sizes(comparisons), protocol.catch_trials, self.seed,
            repeats=protocol.repeats(comparisons), dummies=protocol.dummy_trials,
        )  # fmt: skip

    def session(self) -> list[list[Slot]]:
        """All blocks, as a subject would get them."""
        plan = self.plan()
        blocks, uses = list[list[Slot]](), Counter[int]()
        for number in range(1, len(plan.sizes) + 1):
            shown = [slot for block in blocks for slot in block]
            seen = {slot.pair_id for slot in shown}
            again = {slot.pair_id for slot in shown if slot.kind is TrialKind.REPEAT}
            stock = Stock(
                tests=[load for load in self.loads if load.pair_id not in seen],
                catch=[Load(load.pair_id, load.scene, uses[load.pair_id]) for load in self.catch],
                dummies=[Load(load.pair_id, load.scene, uses[load.pair_id]) for load in _dummies(4)],
                before=[
                    Before(slot.pair_id, slot.scene, slot.a_on_left, len(shown) - place)
                    for place, slot in enumerate(shown)
                    if slot.kind is TrialKind.TEST and slot.pair_id not in again
                ],
                after=shown[-1].scene if shown else None,
            )
            blocks.append(next_block(plan, number, stock))
            uses.update(slot.pair_id for slot in blocks[-1])
        return blocks


@st.composite
def sessions(draw: st.DrawFn, *, plain: bool = False) -> Case:
    """A protocol, pairs and catch pairs that fit each other; ``plain`` without repeats and dummies."""
    pairs, scenes = draw(st.integers(1, 150)), draw(st.integers(1, 12))
    most = draw(st.integers(1, 120))
    block_size = draw(st.integers(2, 60))
    free = Protocol(
        trials_per_session=most, block_size=block_size, catch_trials=0, catch_failures_allowed=0,
        repeat_percent=0 if plain else draw(st.sampled_from([0, 5, 10, 33, 50])),
        dummy_trials=0 if plain else draw(st.integers(0, 4)),
    )  # fmt: skip
    catch = draw(st.integers(0, 12))
    while (fits := free.model_copy(update={"catch_trials": catch})).room_for_catch(fits.comparisons(pairs)) < catch:
        catch -= 1
    rng = Random(draw(st.integers(0, 2**20)))
    return Case(fits, _loads(pairs, min(scenes, pairs), rng), _catch(scenes), rng.randrange(2**31))


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_a_session_has_what_was_planned(case: Case) -> None:
    protocol, comparisons = case.protocol, case.comparisons
    blocks = case.session()
    slots = [slot for block in blocks for slot in block]
    dummies = [0, *[protocol.dummy_trials] * (len(blocks) - 1)]
    sizes = protocol.block_sizes(comparisons)
    assert [len(block) for block in blocks] == [size + more for size, more in zip(sizes, dummies, strict=True)]
    assert len(slots) == protocol.planned(comparisons)
    assert Counter(slot.kind for slot in slots) == +Counter(
        {
            TrialKind.TEST: comparisons, TrialKind.CATCH: protocol.catch_trials,
            TrialKind.REPEAT: protocol.repeats(comparisons), TrialKind.DUMMY: sum(dummies),
        }
    )  # fmt: skip
    tests = [slot.pair_id for slot in slots if slot.kind is TrialKind.TEST]
    assert len(set(tests)) == len(tests)  # a subject never judges a pair twice, repeats apart
    for block, count in zip(blocks, dummies, strict=True):
        assert [slot.kind is TrialKind.DUMMY for slot in block] == [n < count for n in range(len(block))]


@settings(max_examples=200, deadline=None)
@given(sessions())
def test_repeats_come_once_later_and_the_other_way_round(case: Case) -> None:
    blocks = case.session()
    slots = [slot for block in blocks for slot in block]
    first = {slot.pair_id: (place, slot) for place, slot in enumerate(slots) if slot.kind is TrialKind.TEST}
    again = [(place, slot) for place, slot in enumerate(slots) if slot.kind is TrialKind.REPEAT]
    assert len({slot.pair_id for _, slot in again}) == len(again)
    block_of = [number for number, block in enumerate(blocks) for _ in block]
    apart = list[int]()
    for place, slot in again:
        before, shown = first[slot.pair_id]
        assert before < place
        assert slot.a_on_left is not shown.a_on_left
        assert block_of[before] < block_of[place] or len(blocks) == 1
        apart.append(place - before)
    first_part = case.comparisons // 2 if len(blocks) == 1 else case.plan().sizes[0] // 2
    room = first_part - case.protocol.catch_trials - REPEAT_DISTANCE
    if len(again) <= room:
        assert min(apart, default=REPEAT_DISTANCE) >= REPEAT_DISTANCE


@given(st.integers(0, 2**31 - 1))
def test_repeats_are_spread_over_the_session(seed: int) -> None:
    protocol = Protocol(repeat_percent=10)
    plan = Plan(protocol.block_sizes(500), 5, seed, repeats=protocol.repeats(500), dummies=2)
    assert plan.repeats_by_block == (0, 12, 13, 13, 12)


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_catch_trials_hide(case: Case) -> None:
    blocks = case.session()
    for block in blocks:
        counting = [slot.kind for slot in block if slot.kind is not TrialKind.DUMMY]
        assert TrialKind.CATCH not in (block[0].kind, counting[0])
    kinds = [slot.kind for block in blocks for slot in block]
    assert not any(a is b is TrialKind.CATCH for a, b in pairwise(kinds))
    used = Counter(slot.pair_id for block in blocks for slot in block if slot.kind is TrialKind.CATCH)
    if len(case.catch) >= case.protocol.catch_trials + 2:  # two scenes may stand around the place
        assert max(used.values(), default=0) <= 1


def _forced(scenes: list[str], after: str | None) -> int:
    """How often a scene must follow itself, however these are arranged."""
    return max(0, max(2 * n - (scene != after) - len(scenes) for scene, n in Counter(scenes).items()))


@settings(max_examples=150, deadline=None)
@given(sessions(plain=True))
def test_no_scene_follows_itself_where_that_can_be_avoided(case: Case) -> None:
    after: str | None = None
    for block in case.session():
        tests = [slot.scene for slot in block if slot.kind is TrialKind.TEST]
        repeats = sum(a == b for a, b in pairwise([after, *tests]))
        assert repeats == _forced(tests, after)
        if len(case.catch) > 2:
            around = pairwise(block)
            assert not any(a.scene == b.scene for a, b in around if TrialKind.CATCH in (a.kind, b.kind))
        after = block[-1].scene


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_dummies_repeats_and_catch_trials_keep_scenes_apart_too(case: Case) -> None:
    after: str | None = None
    for block in case.session():
        plain = [slot for slot in block if slot.kind is not TrialKind.CATCH]
        sure = [slot.scene for slot in plain if slot.kind is not TrialKind.DUMMY]
        dummies = [slot.scene for slot in plain if slot.kind is TrialKind.DUMMY]
        start = dummies[-1] if dummies else after
        shown: list[str | None] = [start, *sure]
        together = sum(a == b for a, b in pairwise(shown))
        one_block = len(case.plan().sizes) == 1 and case.protocol.repeat_percent  # arranged in two parts
        assert together == _forced(sure, start) or (one_block and together <= _forced(sure, start) + len(sure) // 2)
        if len(case.catch) > 2:
            around = [*pairwise(block)]
            kinds = (TrialKind.CATCH, TrialKind.DUMMY)
            assert not any(a.scene == b.scene for a, b in around if a.kind in kinds and b.kind in kinds)
            assert not any(a.scene == b.scene for a, b in around if TrialKind.CATCH in (a.kind, b.kind))
        after = block[-1].scene


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_the_least_judged_pairs_go_first(case: Case) -> None:
    judged = {load.pair_id: load.judged for load in case.loads}
    shown = set[int]()
    for block in case.session():
        chosen = {slot.pair_id for slot in block if slot.kind is TrialKind.TEST}
        left = set(judged) - shown - chosen
        if chosen:
            assert max(judged[pair] for pair in chosen) <= min((judged[pair] for pair in left), default=99)
        shown |= chosen


@given(st.integers(0, 2**31 - 1))
def test_catch_trials_are_spread_over_the_session(seed: int) -> None:
    protocol = Protocol()
    positions = sorted(Plan(protocol.block_sizes(500), 5, seed).catch_positions)
    assert [position // 101 for position in positions] == [0, 1, 2, 3, 4]


def test_every_place_that_can_hide_a_catch_trial_does_so_for_some_seed() -> None:
    places = Counter(place for seed in range(400) for place in Plan((12, 12), 4, seed).catch_positions)
    assert set(places) == set(range(24)) - {0, 12}


@given(st.integers(0, 2**31 - 1))
def test_the_tightest_session_still_hides_its_catch_trials(seed: int) -> None:
    assert Plan((4, 4), 4, seed).catch_positions == {1, 3, 5, 7}


def test_the_same_seed_gives_the_same_session() -> None:
    protocol = Protocol(trials_per_session=40, block_size=20, repeat_percent=10)
    loads, catch = _loads(60, 6, Random(1)), _catch(6)
    first = Case(protocol, loads, catch, 5).session()
    assert first == Case(protocol, loads, catch, 5).session()
    assert first != Case(protocol, loads, catch, 6).session()


def test_the_side_that_was_rarer_comes_next() -> None:
    plan = Plan((4,), 0, 3)
    loads = [Load(1, "a", 5, 1), Load(2, "b", 5, 4), Load(3, "c", 4, 1), Load(4, "d", 4, 3)]
    sides = {slot.pair_id: slot.a_on_left for slot in next_block(plan, 1, Stock(loads))}
    assert sides == {1: True, 2: False, 3: True, 4: False}


def test_sides_without_history_are_drawn_evenly() -> None:
    loads = [Load(n, f"scene{n % 7}") for n in range(200)]
    left = sum(slot.a_on_left for seed in range(10) for slot in next_block(Plan((200,), 0, seed), 1, Stock(loads)))
    assert 900 < left < 1100  # 2,000 draws: five standard deviations are 112


def test_catch_sides_are_drawn_evenly() -> None:
    loads = [Load(n, f"scene{n % 7}") for n in range(100)]
    left = sum(
        slot.a_on_left
        for seed in range(40)
        for slot in next_block(Plan((150,), 50, seed), 1, Stock(loads, _catch(9)))
        if slot.kind is TrialKind.CATCH
    )
    assert 890 < left < 1110


@given(st.integers(0, 20), st.integers(0, 30), st.integers(0, 1000))
def test_practice_shows_different_pairs(count: int, pairs: int, seed: int) -> None:
    slots = practice(seed, [Load(n, f"scene{n % 5}") for n in range(pairs)], count)
    assert len({slot.pair_id for slot in slots}) == len(slots) == min(count, pairs)
    assert all(slot.kind is TrialKind.PRACTICE for slot in slots)


@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 1000))
def test_practice_with_a_pass_mark_has_answers_that_are_known(count: int, wanted: int, seed: int) -> None:
    pairs = [Load(n, f"scene{n % 5}", known=n % 3 == 0) for n in range(30)]
    slots = practice(seed, pairs, count, wanted=wanted)
    assert sum(slot.pair_id % 3 == 0 for slot in slots) >= min(count, wanted, 10)


def test_another_attempt_at_practice_shows_other_pairs_first() -> None:
    pairs = [Load(n, f"scene{n}") for n in range(6)]
    first = {slot.pair_id for slot in practice(5, pairs, 3)}
    had = [Load(n, f"scene{n}", judged=n in first) for n in range(6)]
    assert {slot.pair_id for slot in practice(5, had, 3, attempt=1)} == set(range(6)) - first


def test_dummies_come_from_practice_or_from_catch_pairs_those_least_seen_first() -> None:
    loads, plan = _loads(12, 6, Random(1)), Plan((6, 6), 0, 3, dummies=2)
    practised = [Load(1, "a", 2), Load(2, "b", 0), Load(3, "c", 1)]
    taken = [slot for slot in next_block(plan, 2, Stock(loads, _catch(3), practised)) if slot.kind is TrialKind.DUMMY]
    assert {slot.pair_id for slot in taken} == {2, 3}
    taken = [slot for slot in next_block(plan, 2, Stock(loads, _catch(3))) if slot.kind is TrialKind.DUMMY]
    assert len({slot.pair_id for slot in taken} & {10_000, 10_001, 10_002}) == 2
    assert not [slot for slot in next_block(plan, 1, Stock(loads, _catch(3))) if slot.kind is TrialKind.DUMMY]
