"""Task scores: means over scenes that can be compared."""

import numpy as np
import pytest

from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import fit
from app.analysis.scores import NothingToScore, task_scores

FULL = np.array([[0, 3, 4], [2, 0, 3], [1, 2, 0]], dtype=float)


def _without(wins: FloatArray, condition: int) -> FloatArray:
    less = wins.copy()
    less[condition] = less[:, condition] = 0
    return less


def test_a_score_is_the_mean_of_the_scenes() -> None:
    wins = np.stack([FULL, FULL.T, FULL])
    scores = task_scores(wins, ["s1", "s2", "s3"], "abc")
    np.testing.assert_allclose(scores.mean, fit(wins, "abc").strength.mean(axis=0))
    assert scores.by_scene.shape == (3, 3)
    assert abs(scores.mean.sum()) < 1e-12
    assert scores.scenes == ("s1", "s2", "s3")
    assert scores.left_out == ()


def test_a_scene_that_lacks_a_condition_is_left_out_by_name() -> None:
    scores = task_scores(np.stack([FULL, _without(FULL, 1)]), ["beach", "street"], "abc")
    assert scores.scenes == ("beach",)
    assert [(one.scene, one.reason) for one in scores.left_out] == [("street", "it has no votes on b")]


def test_a_scene_without_votes_is_left_out() -> None:
    scores = task_scores(np.stack([np.zeros((3, 3)), FULL]), ["beach", "street"], "abc")
    assert [(one.scene, one.reason) for one in scores.left_out] == [("beach", "it has no votes")]


def test_a_condition_nobody_voted_on_does_not_empty_the_task() -> None:
    scores = task_scores(np.stack([_without(FULL, 1)] * 2), ["beach", "street"], "abc")
    assert scores.conditions == ("a", "c")
    assert scores.unseen == ("b",)
    assert scores.scenes == ("beach", "street")


def test_a_scene_whose_halves_never_met_is_left_out_whatever_the_prior() -> None:
    whole = 1 - np.eye(4)
    islands = whole.copy()
    islands[:2, 2:] = islands[2:, :2] = 0
    scores = task_scores(np.stack([whole, islands]), ["beach", "street"], "abcd")
    assert scores.scenes == ("beach",)
    assert scores.left_out[0].reason == "a and b / c and d were never compared, even through others"


def test_maximum_likelihood_leaves_separated_scenes_out_and_says_which_way() -> None:
    separated = np.triu(FULL)
    scores = task_scores(np.stack([FULL, separated]), ["beach", "street"], "abc", prior=0)
    assert scores.scenes == ("beach",)
    assert scores.left_out[0].reason == "a never lost to b; a never lost to c; b never lost to c"
    assert task_scores(np.stack([FULL, separated]), ["beach", "street"], "abc").left_out == ()


def test_nothing_to_score_is_an_error_with_the_reasons() -> None:
    with pytest.raises(NothingToScore, match=r"street: it has no votes on c"):
        task_scores(np.stack([_without(FULL, 0), _without(FULL, 2)]), ["beach", "street"], "abc")
    with pytest.raises(NothingToScore, match="No scene has the votes"):
        task_scores(np.zeros((2, 3, 3)), ["beach", "street"], "abc")


def _with_a_stray(scenes: int, at: int) -> FloatArray:
    """Three conditions voted on in all scenes, and a fourth that met the first once, in one of them."""
    wins = np.zeros((scenes, 4, 4))
    wins[:, :3, :3] = FULL
    wins[at, 3, 0] = 1
    return wins


def test_a_condition_that_costs_the_other_scenes_is_named_with_its_votes() -> None:
    scores = task_scores(_with_a_stray(4, at=2), ["s1", "s2", "s3", "s4"], "abcD")
    assert scores.scenes == ("s3",)
    assert [one.in_words() for one in scores.sparse] == [
        "D has 1 vote, in 1 of 4 scenes: remove it or give it votes in the other scenes"
    ]


def test_a_condition_missing_in_few_scenes_is_not_called_odd() -> None:
    wins = np.stack([FULL, FULL, FULL, _without(FULL, 1)])
    assert task_scores(wins, ["s1", "s2", "s3", "s4"], "abc").sparse == ()


def test_where_most_conditions_have_few_votes_none_is_the_odd_one() -> None:
    wins = np.zeros((4, 4, 4))
    wins[0] = 1 - np.eye(4)
    wins[1:, 0, 1] = 1
    assert task_scores(wins, ["s1", "s2", "s3", "s4"], "abcd").sparse == ()


def test_a_stray_row_that_leaves_no_scene_at_all_is_named_too() -> None:
    wins = np.zeros((4, 5, 5))
    wins[:3, :3, :3] = FULL
    wins[3, 3, 4] = 1
    with pytest.raises(NothingToScore, match="D has 1 vote, in 1 of 4 scenes: remove it") as caught:
        task_scores(wins, ["s1", "s2", "s3", "s4"], "abcDE")
    assert [one.scene for one in caught.value.left_out] == ["s1", "s2", "s3", "s4"]


def test_many_missing_conditions_are_counted() -> None:
    wins = np.zeros((2, 7, 7))
    wins[0] = 1 - np.eye(7)
    wins[1, 0, 1] = 1
    assert (
        task_scores(wins, ["beach", "street"], "abcdefg").left_out[0].reason == "it has no votes on c, d, e and 2 more"
    )
