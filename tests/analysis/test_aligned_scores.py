"""Scores of scenes that hold different conditions."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.aligned_scores import aligned_scores
from app.analysis.bradley_terry import fit
from app.analysis.scores import NothingToScore, TaskScores, task_scores
from tests.analysis.published_sharpening import WINS

TRUTH = np.array([1.2, 0.6, 0.0, -0.4, -1.4])
NAMES = tuple("abcde")


def _world(seed: int, *, votes: int = 40, scenes: int = 60, weakest: float = 0.7) -> np.ndarray:
    """Wins by scene, each of which lacks a third of the conditions at random; most lack the weakest one."""
    rng = np.random.default_rng(seed)
    wins = np.zeros((scenes, 5, 5))
    for scene in range(scenes):
        held = rng.random(5) > np.array([0.3, 0.3, 0.3, 0.3, weakest])
        held[rng.permutation(5)[:2]] = True
        liking = TRUTH + rng.normal(0, 0.2, 5)
        for i, j in combinations(np.flatnonzero(held), 2):
            won = rng.binomial(votes, 1 / (1 + np.exp(liking[j] - liking[i])))
            wins[scene, i, j], wins[scene, j, i] = won, votes - won
    return wins


def _names(wins: np.ndarray) -> list[str]:
    return [f"s{scene}" for scene in range(len(wins))]


def _aligned(wins: np.ndarray, prior: float = 0.1, tied: np.ndarray | None = None, anchor: str = "") -> TaskScores:
    return aligned_scores(wins, _names(wins), NAMES[: wins.shape[1]], prior=prior, tied=tied, anchor=anchor or None)


def _averaged(wins: np.ndarray) -> np.ndarray:
    """The mean of what is there, scene by scene, which compares unlike things."""
    strength, held = np.zeros(wins.shape[:2]), (wins + wins.swapaxes(1, 2)).any(axis=2)
    for scene, there in enumerate(held):
        block = np.ix_(there, there)
        strength[scene, there] = fit(wins[scene][block], [str(i) for i in np.flatnonzero(there)]).strength
    mean = strength.sum(axis=0) / held.sum(axis=0)
    return np.asarray(mean - mean.mean())


def test_planted_scores_come_back_where_a_plain_mean_of_what_is_there_is_biased() -> None:
    aligned, averaged = [], []
    for seed in range(10):
        wins = _world(seed)
        found = _aligned(wins)
        assert found.conditions == NAMES
        aligned.append(found.mean - TRUTH)
        averaged.append(_averaged(wins) - TRUTH)
    # the prior draws by a few hundredths; a scene without the weakest shows all others too low
    assert np.abs(np.mean(aligned, axis=0)).max() < 0.06
    gap = np.mean(averaged, axis=0)
    assert abs(gap[0] - gap[4]) > 0.15


def test_strengths_by_scene_lie_on_the_scale_of_the_scores_and_only_where_there_are_votes() -> None:
    wins = _world(1)
    found = _aligned(wins)
    assert found.held is not None
    np.testing.assert_array_equal(found.held, (found.wins + found.wins.swapaxes(1, 2)).any(axis=2))
    votes = (found.wins + found.wins.swapaxes(1, 2)).sum(axis=2)
    misfit = np.where(found.held, found.by_scene - found.mean, 0)
    np.testing.assert_allclose((votes * misfit).sum(axis=0), 0, atol=1e-6)  # the equations of the scores
    np.testing.assert_allclose((votes * misfit).sum(axis=1), 0, atol=1e-6)  # and those of the offsets
    assert found.mean.sum() == pytest.approx(0, abs=1e-12)
    assert (found.stderr_by_scene[found.held] > 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1]), st.booleans())
def test_where_every_scene_holds_everything_nothing_changes(seed: int, prior: float, with_ties: bool) -> None:
    rng = np.random.default_rng(seed)
    wins = rng.integers(1, 6, (4, 3, 3)).astype(float)
    wins[:, range(3), range(3)] = 0
    tied = np.zeros_like(wins)
    if with_ties:
        tied[:, 0, 1] = tied[:, 1, 0] = 1
        wins += 0.5 * tied
    plain = task_scores(wins, "stuv", "abc", prior=prior, tied=tied if with_ties else None, anchor="b")
    found = aligned_scores(wins, "stuv", "abc", prior=prior, tied=tied if with_ties else None, anchor="b")
    assert found.held is None
    for one in ("mean", "jod", "by_scene", "stderr_by_scene", "wins"):
        np.testing.assert_array_equal(getattr(found, one), getattr(plain, one))
    assert (found.scenes, found.left_out, found.anchor, found.ties_note) == (
        plain.scenes, plain.left_out, plain.anchor, plain.ties_note,
    )  # fmt: skip


def _chain() -> np.ndarray:
    """Two scenes with two conditions each, one of them in both."""
    wins = np.zeros((2, 3, 3))
    wins[0, 0, 1], wins[0, 1, 0] = 6, 2
    wins[1, 1, 2], wins[1, 2, 1] = 9, 3
    return wins


def test_two_scenes_that_share_a_condition_are_joined_by_it() -> None:
    found = _aligned(_chain(), prior=0)
    gaps = [found.mean[0] - found.mean[1], found.mean[1] - found.mean[2]]
    assert gaps == pytest.approx([np.log(3), np.log(3)], abs=1e-8)
    assert found.left_out == ()
    with pytest.raises(NothingToScore) as refused:
        task_scores(_chain(), "st", "abc", prior=0)
    assert refused.value.alignable


def test_a_scene_that_falls_apart_takes_part_with_both_its_sets() -> None:
    wins = np.zeros((2, 4, 4))
    wins[0, 0, 1], wins[0, 1, 0], wins[0, 2, 3], wins[0, 3, 2] = 6, 2, 5, 5
    wins[1, 1, 2], wins[1, 2, 1] = 9, 3
    found = _aligned(wins)
    assert found.scenes == ("s0", "s1")
    gap = found.by_scene[0, 1] - found.by_scene[0, 2]
    assert gap == pytest.approx(found.mean[1] - found.mean[2])  # which the scene itself does not compare
    assert gap > 0.5


def test_published_contents_that_share_no_version_are_refused_by_name() -> None:
    wins = np.zeros((5, 40, 40))
    for content in range(5):
        own = slice(8 * content, 8 * content + 8)
        wins[content, own, own] = WINS[content]
    names = [f"content {content} version {version}" for content in range(5) for version in range(8)]
    scenes = [f"content {content}" for content in range(5)]
    with pytest.raises(NothingToScore, match=r"5 sets .* no condition \(content 0 / content 1 / content 2 / …\)") as no:
        aligned_scores(wins, scenes, names, prior=0.1)
    assert not no.value.alignable
    shared = wins[:2, :16, :16].copy()
    shared[1, 7, 8:12] = shared[1, 8:12, 7] = 3  # one version of the first content was shown beside the second
    assert aligned_scores(shared, scenes[:2], names[:16], prior=0.1).left_out == ()


def test_without_a_prior_a_set_takes_part_only_where_its_strengths_are_finite() -> None:
    wins = np.concatenate([_chain(), _chain()[:1]])
    wins[2, 1, 0] = 0
    found = _aligned(wins, prior=0)
    assert found.scenes == ("s0", "s1")
    assert [one.scene for one in found.left_out] == ["s2"]
    wins[0, 1, 0] = 0
    with pytest.raises(NothingToScore, match="no scene gives a a finite strength"):
        _aligned(wins, prior=0)


def test_ties_are_answers_of_their_own_where_a_prior_keeps_strengths_finite() -> None:
    tied = np.zeros((2, 3, 3))
    tied[0, 0, 1] = tied[0, 1, 0] = 2
    wins = _chain() + 0.5 * tied
    found = _aligned(wins, tied=tied)
    assert found.ties is not None
    assert found.ties.nu > 0
    for scene, members in enumerate(([0, 1], [1, 2])):
        own = found.by_scene[scene, members]
        assert own[0] > own[1]
        assert found.fits.covariance[scene][np.ix_(members, members)].sum() == pytest.approx(0, abs=1e-9)
    without = _aligned(wins, prior=0, tied=tied)
    assert without.ties is None
    assert "without a prior" in without.ties_note


def test_an_anchor_shifts_the_common_scale() -> None:
    plain, shifted = _aligned(_world(2)), _aligned(_world(2), anchor="c")
    np.testing.assert_allclose(shifted.by_scene_shown, plain.by_scene_shown - plain.mean[2])
    np.testing.assert_array_equal(shifted.stderr_by_scene, plain.stderr_by_scene)
    assert shifted.placed(shifted.mean)[2] == 0


def test_standard_errors_of_davidsons_model_are_those_of_the_sets_by_themselves() -> None:
    """With hardly a tie the model is Bradley and Terry's, whose sets are fitted one by one."""
    tied = np.zeros((2, 3, 3))
    tied[0, 0, 1] = tied[0, 1, 0] = 1e-6
    found = _aligned(_chain() + 0.5 * tied, tied=tied)
    assert found.ties is not None
    np.testing.assert_allclose(found.stderr_by_scene, _aligned(_chain()).stderr_by_scene, rtol=1e-3)
    np.testing.assert_allclose(found.mean, _aligned(_chain()).mean, rtol=1e-3)
