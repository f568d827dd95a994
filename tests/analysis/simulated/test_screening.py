"""Who is flagged by slope and by likelihood, in studies of the published size with planted subjects."""

from collections import Counter

import numpy as np
import pytest
from scipy.special import expit

from app.analysis.left_out_scores import differences
from app.analysis.likelihood_outliers import likelihoods
from app.analysis.subject_slopes import slopes
from tests.analysis.panel import panel

PLANTED = ("random", "random", "half", "half", "inverted")  # and 20 honest ones, whose slopes vary by 25 %


def _shares(votes_each: int, planted: tuple[str, ...], studies: int, seed: int) -> dict[str, tuple[float, float]]:
    """Of the subjects of each kind, the share that is flagged by slope and the share that is by likelihood."""
    rng = np.random.default_rng(seed)
    all_of, by_slope, by_likelihood = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(studies):
        made = panel(rng, votes_each, planted)
        votes, everybody = made.votes, np.ones(len(made.kinds), dtype=bool)
        assert votes.subject is not None
        told = differences(votes)
        slope = slopes(told, votes.share, votes.weight, votes.subject, counts=everybody)
        likelihood = likelihoods(expit(told), votes.share, votes.weight, votes.subject, counts=everybody)
        kinds = np.array(made.kinds)
        all_of.update(made.kinds)
        by_slope.update(kinds[slope.flagged].tolist())
        by_likelihood.update(kinds[likelihood.flagged].tolist())
    return {kind: (by_slope[kind] / n, by_likelihood[kind] / n) for kind, n in all_of.items()}


@pytest.mark.slow
def test_at_880_votes_random_and_inverted_subjects_are_flagged_and_honest_ones_are_not() -> None:
    found = _shares(880, PLANTED, studies=100, seed=20260)
    print("880 votes each, flagged by slope and by likelihood:", found)  # noqa: T201
    assert found["random"][0] >= 0.95
    assert found["inverted"][0] >= 0.95
    assert found["honest"][0] <= 0.01


@pytest.mark.slow
def test_at_880_votes_of_honest_subjects_alone_one_in_a_hundred_is_flagged_at_most() -> None:
    found = _shares(880, (), studies=60, seed=20261)
    print("880 votes each, none planted:", found)  # noqa: T201
    assert found["honest"][0] <= 0.01
    assert found["honest"][1] <= 0.03  # the quartile rule has a size of its own


@pytest.mark.slow
def test_at_176_votes_inverted_subjects_are_flagged_and_what_else_is_reached_is_told() -> None:
    found = _shares(176, PLANTED, studies=200, seed=20262)
    print("176 votes each, flagged by slope and by likelihood:", found)  # noqa: T201
    assert found["inverted"][0] >= 0.95
    assert found["random"][0] >= 0.5
    assert found["honest"][0] <= 0.01
