"""Where scenes are cut: of a size that every photograph holds, and spread over them evenly."""

import pytest

from app.db.models import Split
from app.jobs.photograph_sets import PhotographView
from app.jobs.scenes import PhotographTooSmall, SceneWish, cut_out


def _photograph(name: str, width: int, height: int) -> PhotographView:
    return PhotographView(name, Split.TEST, "0" * 64, width, height, "")


PHOTOGRAPHS = (_photograph("fell", 1300, 600), _photograph("moor", 640, 427), _photograph("tarn", 600, 1024))


def test_left_open_scenes_are_512_px_or_what_the_smallest_photograph_holds() -> None:
    assert {scene.width for scene in cut_out(PHOTOGRAPHS, SceneWish(), 4)} == {416}  # 427, as every task can take it
    large = [_photograph(f"p{number}", 3000, 2000) for number in range(4)]
    scenes = cut_out(large, SceneWish(), 4)
    assert {(scene.width, scene.height) for scene in scenes} == {(512, 512)}
    assert len(scenes) == 20
    assert [sum(scene.photograph.name == one.name for scene in scenes) for one in large] == [5, 5, 5, 5]


def test_scenes_are_spread_over_photographs_as_long_as_they_hold_more() -> None:
    scenes = cut_out(PHOTOGRAPHS, SceneWish(side=400, altogether=5), 4)
    assert [scene.photograph.name for scene in scenes] == ["fell", "fell", "moor", "tarn", "tarn"]
    assert len({scene.name for scene in scenes}) == 5


def test_without_a_number_there_are_as_many_as_the_photographs_hold() -> None:
    assert len(cut_out(PHOTOGRAPHS, SceneWish(side=400), 4)) == 3 + 1 + 2


def test_more_scenes_than_there_are_is_refused_with_their_number() -> None:
    with pytest.raises(PhotographTooSmall, match="hold 6 scenes of 400×400 px"):
        cut_out(PHOTOGRAPHS, SceneWish(side=400, altogether=7), 4)
    with pytest.raises(PhotographTooSmall, match="does not hold"):
        cut_out(PHOTOGRAPHS, SceneWish(side=400, per_photograph=2), 4)


def test_a_side_is_rounded_down_to_what_the_task_can_take() -> None:
    assert {scene.width for scene in cut_out(PHOTOGRAPHS, SceneWish(side=255, per_photograph=1), 4)} == {252}
