"""Scenes that lack conditions, put on one scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.alignment import NotAligned, align

SCENES = tuple(f"scene {i}" for i in range(6))


def _study(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strengths that are conditions plus scenes without error, with a third of the cells missing."""
    rng = np.random.default_rng(seed)
    truth, offset = rng.normal(0, 1, 5), rng.normal(0, 3, 6)
    votes = rng.integers(1, 20, (6, 5)) * (rng.random((6, 5)) < 0.7)
    votes[0] = 4  # one scene holds all, so that nothing is apart
    votes[votes.sum(axis=1) == 0, 0] = 1
    return truth - truth.mean(), truth + offset[:, None], votes.astype(float)


@given(st.integers(0, 2**32 - 1))
def test_conditions_and_scenes_that_add_up_are_found_exactly(seed: int) -> None:
    truth, strength, votes = _study(seed)
    found = align(np.where(votes > 0, strength, 1e6), votes, SCENES)
    np.testing.assert_allclose(found.scores, truth, atol=1e-9)
    np.testing.assert_allclose(strength - found.offsets[:, None], np.tile(truth, (6, 1)), atol=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_the_same_votes_everywhere_give_the_plain_mean(seed: int, votes: int) -> None:
    strength = np.random.default_rng(seed).normal(0, 1, (6, 4))
    strength -= strength.mean(axis=1, keepdims=True)
    found = align(strength, np.full((6, 4), float(votes)), SCENES)
    np.testing.assert_allclose(found.scores, strength.mean(axis=0), atol=1e-10)


@given(st.integers(0, 2**32 - 1))
def test_no_other_scale_lies_closer_to_the_strengths(seed: int) -> None:
    rng = np.random.default_rng(seed)
    _, strength, votes = _study(seed)
    strength = strength + rng.normal(0, 1, strength.shape)

    def misfit(scores: np.ndarray, offsets: np.ndarray) -> float:
        return float((votes * (strength - scores - offsets[:, None]) ** 2).sum())

    found = align(strength, votes, SCENES)
    best = misfit(found.scores, found.offsets)
    for _ in range(5):
        other = misfit(found.scores + rng.normal(0, 0.1, 5), found.offsets + rng.normal(0, 0.1, 6))
        assert best <= other + 1e-9


def test_scenes_that_share_nothing_are_refused_by_name() -> None:
    votes = np.zeros((4, 4))
    votes[:2, :2] = votes[2:, 2:] = 3
    with pytest.raises(NotAligned, match=r"2 sets .* \(scene 0, scene 1 / scene 2, scene 3\)"):
        align(np.zeros((4, 4)), votes, SCENES[:4])
