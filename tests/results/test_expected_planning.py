"""What a draft is told to expect."""

from typing import Any

import pytest

from app.results.expected_planning import Expected, expected
from app.studies.inventory import Shown, TaskStock
from app.studies.protocol import Protocol


def _stock(scenes: int, conditions: int = 11, *, lacks: tuple[tuple[str, str], ...] = ()) -> tuple[TaskStock, ...]:
    names = tuple(f"c{n:02}" for n in range(conditions))
    places = [(f"s{n:02}", name) for n in range(scenes) for name in ("reference", "degraded", *names)]
    pictures = {
        place: Shown(number, "denoise", *place, f"{number}", 12, 8, None)
        for number, place in enumerate(places)
        if place not in lacks
    }
    return (TaskStock("denoise", names, tuple(f"s{n:02}" for n in range(scenes)), pictures),)


def _of(stock: tuple[TaskStock, ...], **settings: Any) -> Expected:
    return expected(Protocol(**settings), stock)


def test_the_published_design_is_expected_to_be_what_it_is_known_to_be() -> None:
    found = _of(_stock(20), target_sessions=25, trials_per_session=220)  # 1,100 pairs, 5 votes on each
    (task,) = found.tasks
    assert (task.title, task.conditions, task.scenes, task.subjects) == ("Denoising", 11, 20, 25)
    assert task.votes_per_pair == pytest.approx(5)
    assert task.half_width == pytest.approx(0.3, abs=0.03)
    assert task.limit is not None
    assert task.limit < task.half_width
    assert {one.value: chance for one, chance in task.chance.items()} == pytest.approx(
        {"none": 0.24, "holm": 0.03, "bh": 0.2}, abs=0.06
    )
    assert task.connected == "Pairs join all 11 conditions in each of 20 scenes."
    assert "Assumed, not measured" in found.assumed


def test_without_a_target_as_many_subjects_are_counted_as_the_judgements_take() -> None:
    (task,) = _of(_stock(4, 3), trials_per_session=6, judgements_per_pair=5).tasks
    assert (task.subjects, task.votes_per_pair) == (10, 5)


def test_more_votes_narrow_what_is_expected_down_to_the_limit_of_the_scenes() -> None:
    (few,), (many,) = (_of(_stock(20), target_sessions=n, trials_per_session=1100).tasks for n in (10, 200))
    assert few.half_width is not None
    assert many.half_width is not None
    assert few.limit is not None
    assert few.limit < many.half_width < few.half_width
    assert many.limit == pytest.approx(few.limit)


@pytest.mark.parametrize(
    ("scenes", "settings"), [(2, {}), (5, {"target_sessions": 2}), (5, {"sampling": "adaptive", "target_sessions": 9})]
)
def test_where_no_interval_can_be_had_none_is_told(scenes: int, settings: dict[str, Any]) -> None:
    (task,) = _of(_stock(scenes, 4), **settings).tasks
    assert (task.half_width, task.limit, task.chance) == (None, None, {})


def test_a_scene_whose_pairs_do_not_join_all_conditions_is_named() -> None:
    (task,) = _of(_stock(4, 3, lacks=(("s01", "c00"),))).tasks
    assert task.connected.startswith("In 1 of 4 scenes pairs do not join all conditions")
    assert "s01: c00 / c01 and c02" in task.connected


def test_a_draft_without_pictures_has_nothing_to_expect() -> None:
    assert _of(()).tasks == ()
