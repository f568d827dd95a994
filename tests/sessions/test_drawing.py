"""Which test pairs a block takes, and that each has exactly the probability that is told of it."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.adaptive import EXPLORED
from app.sessions.drawing import Adaptive, Contest, Load, draw


def _loads(judged: Sequence[int], scenes: int) -> list[Load]:
    return [Load(n, f"scene{n * n % scenes}", times) for n, times in enumerate(judged)]


def _contests(scenes: int, conditions: int, rng: Random) -> list[Contest]:
    """Every pair of so many conditions in so many scenes of one task; its first stimulus has the higher number."""
    found = list[Contest]()
    for scene in range(scenes):
        for i, j in combinations(range(conditions), 2):
            a, b = 100 * scene + 50 - i, 100 * scene + 50 - j
            won, lost = rng.randint(0, 2), rng.randint(0, 2)
            found.append(Contest(len(found), "denoise", f"scene{scene}", a, b, won, lost))
    return found


def _loads_of(contests: Sequence[Contest], below: int = 0) -> list[Load]:
    """As often judged as they were answered; the first so many are judged once less than the floor of 3 wants."""
    return [Load(one.pair_id, one.scene, 2 if n < below else 3) for n, one in enumerate(contests)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 9), st.integers(0, 70), st.integers(0, 99))
def test_probabilities_add_up_to_the_places_and_what_is_drawn_was_possible(
    judged: list[int], scenes: int, count: int, seed: int
) -> None:
    loads = _loads(judged, scenes)
    drawn = draw(loads, count, Random(seed))
    assert sum(drawn.probability.values()) == pytest.approx(len(drawn.loads)) == min(count, len(loads))
    assert drawn.probability.keys() == {load.pair_id for load in loads}
    assert all(0 < drawn.probability[load.pair_id] <= 1 for load in drawn.loads)


def _share(loads: Sequence[Load], count: int, adaptive: Adaptive | None, times: int) -> dict[int, float]:
    """How often each pair came, of so many draws with seeds of their own."""
    came = Counter(load.pair_id for seed in range(times) for load in draw(loads, count, Random(seed), adaptive).loads)
    return {load.pair_id: came[load.pair_id] / times for load in loads}


def test_a_balanced_pair_comes_as_often_as_is_told() -> None:
    loads = [
        Load(0, "a", 0), Load(1, "a", 0), Load(2, "a", 1), Load(3, "b", 1), Load(4, "b", 1), Load(5, "b", 1),
        Load(6, "c", 1), Load(7, "c", 1), Load(8, "d", 1), Load(9, "d", 2),
    ]  # fmt: skip
    for count in (1, 2, 4, 5, 6, 7, 8, 9):
        told, found = draw(loads, count, Random(0)).probability, _share(loads, count, None, 2000)
        assert found == pytest.approx(told, abs=0.05)  # four standard errors


def test_an_adaptive_pair_comes_as_often_as_is_told() -> None:
    rng = Random(8)
    contests = _contests(3, 5, rng)
    adaptive, loads = Adaptive(3, contests), _loads_of(contests, below=4)
    told, found = draw(loads, 12, Random(0), adaptive).probability, _share(loads, 12, adaptive, 800)
    assert sum(told.values()) == pytest.approx(12)
    assert min(told.values()) == pytest.approx(EXPLORED * 8 / 26)
    assert found == pytest.approx(told, abs=0.07)


def test_pairs_below_the_floor_come_first_and_for_certain() -> None:
    contests = _contests(2, 5, Random(1))
    drawn = draw(_loads_of(contests, below=6), 8, Random(2), Adaptive(3, contests))
    assert {load.pair_id for load in drawn.loads} >= set(range(6))
    assert all(drawn.probability[pair] == 1 for pair in range(6))
    assert all(drawn.probability[pair] < 1 for pair in range(6, 20))


def test_until_the_floor_is_reached_an_adaptive_draw_is_the_balanced_one() -> None:
    contests = _contests(2, 5, Random(1))
    loads = _loads_of(contests, below=9)
    assert draw(loads, 9, Random(4), Adaptive(3, contests)) == draw(loads, 9, Random(4))


def test_what_the_subject_has_seen_never_comes() -> None:
    contests = _contests(2, 5, Random(1))
    unseen = _loads_of(contests)[::2]
    drawn = draw(unseen, 7, Random(4), Adaptive(3, contests))
    assert {load.pair_id for load in drawn.loads} <= {load.pair_id for load in unseen}
    assert len(drawn.loads) == 7


def test_two_tasks_with_scenes_of_one_name_are_ranked_apart() -> None:
    first = _contests(1, 4, Random(1))
    second = [Contest(10 + one.pair_id, "superres", one.scene, one.a + 7000, one.b + 7000, 30, 30) for one in first]
    loads = _loads_of([*first, *second])
    told = draw(loads, 3, Random(4), Adaptive(3, [*first, *second])).probability
    assert all(told[one.pair_id] == pytest.approx(EXPLORED * 3 / 12) for one in second)  # of which all is known
