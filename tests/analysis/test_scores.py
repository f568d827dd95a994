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
