"""The schedule's promises, for any study and any seed."""

from collections import Counter
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.models import TrialKind
from app.sessions.schedule import Load, Plan, Slot, next_block, practice
from app.studies.protocol import Protocol


def _loads(pairs: int, scenes: int, rng: Random, most: int = 3) -> list[Load]:
    judged = [rng.randint(0, most) for _ in range(pairs)]
    return [Load(n, f"scene{n % scenes}", times, rng.randint(0, times)) for n, times in enumerate(judged)]


def _catch(scenes: int) -> list[Load]:
    return [Load(10_000 + n, f"scene{n}") for n in range(scenes)]


def _session(protocol: Protocol, loads: list[Load], catch: list[Load], seed: int) -> list[list[Slot]]:
    """All blocks of a session, as a subject would get them."""
    comparisons = protocol.comparisons(len(loads))
    plan = Plan(protocol.block_sizes(comparisons), protocol.catch_trials, seed)
    blocks, seen, uses = list[list[Slot]](), set[int](), Counter[int]()
    for number in range(1, len(plan.sizes) + 1):
        left = [load for load in loads if load.pair_id not in seen]
        had = [Load(load.pair_id, load.scene, uses[load.pair_id]) for load in catch]
        blocks.append(next_block(plan, number, left, had, blocks[-1][-1].scene if blocks else None))
        seen |= {slot.pair_id for slot in blocks[-1]}
        uses.update(slot.pair_id for slot in blocks[-1])
    return blocks


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Protocol, list[Load], list[Load], int]:
    """A protocol, pairs and catch pairs that fit each other."""
    pairs, scenes = draw(st.integers(1, 150)), draw(st.integers(1, 12))
    most = draw(st.integers(1, 120))
    block_size = draw(st.integers(2, 60))
    free = Protocol(trials_per_session=most, block_size=block_size, catch_trials=0, catch_failures_allowed=0)
    catch = draw(st.integers(0, 12))
    while (fits := free.model_copy(update={"catch_trials": catch})).room_for_catch(fits.comparisons(pairs)) < catch:
        catch -= 1
    rng = Random(draw(st.integers(0, 2**20)))
    return fits, _loads(pairs, min(scenes, pairs), rng), _catch(scenes), rng.randrange(2**31)


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_a_session_has_what_was_planned(case: tuple[Protocol, list[Load], list[Load], int]) -> None:
    protocol, loads, catch, seed = case
    blocks = _session(protocol, loads, catch, seed)
    slots = [slot for block in blocks for slot in block]
    comparisons = protocol.comparisons(len(loads))
    assert tuple(map(len, blocks)) == protocol.block_sizes(comparisons)
    assert Counter(slot.kind for slot in slots) == Counter(
        {TrialKind.TEST: comparisons, TrialKind.CATCH: protocol.catch_trials}
    )
    tests = [slot.pair_id for slot in slots if slot.kind is TrialKind.TEST]
    assert len(set(tests)) == len(tests)  # a subject never judges a pair twice


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_catch_trials_hide(case: tuple[Protocol, list[Load], list[Load], int]) -> None:
    protocol, loads, catch, seed = case
    blocks = _session(protocol, loads, catch, seed)
    assert all(block[0].kind is TrialKind.TEST for block in blocks)
    kinds = [slot.kind for block in blocks for slot in block]
    assert not any(a is b is TrialKind.CATCH for a, b in pairwise(kinds))
    used = Counter(slot.pair_id for block in blocks for slot in block if slot.kind is TrialKind.CATCH)
    if len(catch) >= protocol.catch_trials + 2:  # two scenes may stand around the place
        assert max(used.values(), default=0) <= 1


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_no_scene_follows_itself_where_that_can_be_avoided(
    case: tuple[Protocol, list[Load], list[Load], int],
) -> None:
    protocol, loads, catch, seed = case
    after = None
    for block in _session(protocol, loads, catch, seed):
        tests = [slot.scene for slot in block if slot.kind is TrialKind.TEST]
        scenes = Counter(tests)
        forced = max(0, max(2 * n - (scene != after) - len(tests) for scene, n in scenes.items()))
        repeats = sum(a == b for a, b in pairwise([after, *tests]))
        assert repeats == forced
        if len(catch) > 2:
            around = pairwise(block)
            assert not any(a.scene == b.scene for a, b in around if TrialKind.CATCH in (a.kind, b.kind))
        after = block[-1].scene


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_the_least_judged_pairs_go_first(case: tuple[Protocol, list[Load], list[Load], int]) -> None:
    protocol, loads, catch, seed = case
    judged = {load.pair_id: load.judged for load in loads}
    shown = set[int]()
    for block in _session(protocol, loads, catch, seed):
        chosen = {slot.pair_id for slot in block if slot.kind is TrialKind.TEST}
        left = set(judged) - shown - chosen
        assert max(judged[pair] for pair in chosen) <= min((judged[pair] for pair in left), default=99)
        shown |= chosen


@given(st.integers(0, 2**31 - 1))
def test_catch_trials_are_spread_over_the_session(seed: int) -> None:
    protocol = Protocol()
    positions = sorted(Plan(protocol.block_sizes(500), 5, seed).catch_positions())
    assert [position // 101 for position in positions] == [0, 1, 2, 3, 4]


def test_every_place_that_can_hide_a_catch_trial_does_so_for_some_seed() -> None:
    places = Counter(place for seed in range(400) for place in Plan((12, 12), 4, seed).catch_positions())
    assert set(places) == set(range(24)) - {0, 12}


@given(st.integers(0, 2**31 - 1))
def test_the_tightest_session_still_hides_its_catch_trials(seed: int) -> None:
    assert Plan((4, 4), 4, seed).catch_positions() == {1, 3, 5, 7}


def test_the_same_seed_gives_the_same_session() -> None:
    protocol = Protocol(trials_per_session=40, block_size=20)
    loads, catch = _loads(60, 6, Random(1)), _catch(6)
    first = _session(protocol, loads, catch, 5)
    assert first == _session(protocol, loads, catch, 5)
    assert first != _session(protocol, loads, catch, 6)


def test_the_side_that_was_rarer_comes_next() -> None:
    plan = Plan((4,), 0, 3)
    loads = [Load(1, "a", 5, 1), Load(2, "b", 5, 4), Load(3, "c", 4, 1), Load(4, "d", 4, 3)]
    sides = {slot.pair_id: slot.a_on_left for slot in next_block(plan, 1, loads, [])}
    assert sides == {1: True, 2: False, 3: True, 4: False}


def test_sides_without_history_are_drawn_evenly() -> None:
    loads = [Load(n, f"scene{n % 7}") for n in range(200)]
    left = sum(slot.a_on_left for seed in range(10) for slot in next_block(Plan((200,), 0, seed), 1, loads, []))
    assert 900 < left < 1100  # 2,000 draws: five standard deviations are 112


def test_catch_sides_are_drawn_evenly() -> None:
    loads = [Load(n, f"scene{n % 7}") for n in range(100)]
    left = sum(
        slot.a_on_left
        for seed in range(40)
        for slot in next_block(Plan((150,), 50, seed), 1, loads, _catch(9))
        if slot.kind is TrialKind.CATCH
    )
    assert 890 < left < 1110


@given(st.integers(0, 20), st.integers(0, 30), st.integers(0, 1000))
def test_practice_shows_different_pairs(count: int, pairs: int, seed: int) -> None:
    slots = practice(seed, [Load(n, f"scene{n % 5}") for n in range(pairs)], count)
    assert len({slot.pair_id for slot in slots}) == len(slots) == min(count, pairs)
    assert all(slot.kind is TrialKind.PRACTICE for slot in slots)
