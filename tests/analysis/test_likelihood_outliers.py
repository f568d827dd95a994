"""Subjects whose answers everybody else's scores find unlikely."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import norm

from app.analysis.arrays import FloatArray
from app.analysis.left_out_scores import differences
from app.analysis.likelihood_outliers import likelihoods
from tests.analysis import sharpening
from tests.analysis.panel import panel

_JOD = 1.4826  # the standard deviation at which a difference of 1 is chosen in 75 % of answers


def _pwcmp_scale(wins: FloatArray, start: FloatArray) -> FloatArray:
    """Thurstone scores under the prior that pwcmp makes of the data, as the reference was computed."""
    played = wins + wins.T
    asked = played > 0
    one_way = asked & ~((wins > 0) & (wins.T > 0))
    near = np.where(one_way & (wins == 0), 1, np.where(one_way, wins - 1, wins))[asked]
    total, won, lost = played[asked], wins[asked], wins.T[asked]

    def loss(scores: FloatArray) -> float:
        chance = norm.cdf((scores[:, None] - scores[None, :]) / _JOD)[asked]
        said = won * np.log(np.maximum(chance, 1e-300)) + lost * np.log(np.maximum(1 - chance, 1e-300))
        each = chance[None, :] ** near[:, None] * (1 - chance[None, :]) ** (total - near)[:, None]
        prior = (each / each.sum(axis=1, keepdims=True)).sum(axis=0)
        return float(-said.sum() - np.log(prior + 0.1).sum() + 0.01 * scores.mean() ** 2)

    return np.asarray(minimize(loss, start, method="BFGS", options={"gtol": 1e-6}).x)


def test_likelihoods_and_distances_are_those_of_pwcmp() -> None:
    study = sharpening.load()
    votes = study.votes
    assert votes.subject is not None
    chance = np.empty(len(votes))
    near = [_pwcmp_scale(scene, np.zeros(8)) for scene in votes.wins()]
    for who in range(len(study.subjects)):
        others = votes.where(votes.subject != who).wins()
        for scene in np.unique(votes.scene[votes.subject == who]):
            rows = (votes.subject == who) & (votes.scene == scene)
            scores = _pwcmp_scale(others[scene], near[scene])
            chance[rows] = norm.cdf((scores[votes.a[rows]] - scores[votes.b[rows]]) / _JOD)
    found = likelihoods(chance, votes.share, votes.weight, votes.subject, counts=np.ones(31, dtype=bool))
    assert found.per_answer == pytest.approx(study.log10_likelihood, abs=1e-6)
    assert found.distance == pytest.approx(study.distance, abs=1e-5)  # 1e-6 divided by a quartile range of 0.1
    assert not found.flagged.any()


def test_under_bradley_terry_the_same_subjects_lie_lowest() -> None:
    study = sharpening.load()
    votes = study.votes
    assert votes.subject is not None
    chance = expit(differences(votes))
    found = likelihoods(chance, votes.share, votes.weight, votes.subject, counts=np.ones(31, dtype=bool))
    assert np.corrcoef(found.per_answer, study.log10_likelihood)[0, 1] > 0.99
    assert not found.flagged.any()


def test_an_answer_is_worth_its_logarithm_and_a_tie_half_of_each() -> None:
    chance, share = np.array([0.9, 0.2, 0.5, 0.3]), np.array([1.0, 0.0, 1.0, 0.5])
    found = likelihoods(chance, share, np.array([1.0, 1, 1, 2]), np.array([0, 0, 1, 2]), counts=np.ones(4, dtype=bool))
    wanted = [np.log10([0.9, 0.8]).mean(), np.log10(0.5), np.log10([0.3, 0.7]).mean()]
    assert found.per_answer[:3] == pytest.approx(wanted, abs=1e-12)
    assert found.known.tolist() == [True, True, True, False]


def test_an_impossible_answer_costs_much_and_not_infinity() -> None:
    found = likelihoods(np.array([0.0]), np.array([1.0]), np.ones(1), np.zeros(1, dtype=int), counts=np.ones(1, bool))
    assert found.per_answer == pytest.approx([-200])


@pytest.mark.parametrize("subjects", [3, 6])
def test_without_quartiles_nobody_is_judged(subjects: int) -> None:
    """Three subjects have none, and those of people who are all alike coincide."""
    found = likelihoods(
        np.full(subjects, 0.7),
        np.ones(subjects),
        np.ones(subjects),
        np.arange(subjects),
        counts=np.ones(subjects, bool),
    )
    assert not found.judged
    assert not found.distance.any()


def test_inverted_subjects_are_outliers() -> None:
    made = panel(np.random.default_rng(5), 880, ["inverted"])
    votes = made.votes
    assert votes.subject is not None
    found = likelihoods(
        expit(differences(votes)), votes.share, votes.weight, votes.subject, counts=np.ones(25, dtype=bool)
    )
    assert found.flagged[-1]
    assert found.distance[-1] == found.distance.max() > 1.5
