"""Thurstone's Case V against pwcmp, against a general minimizer, and under changes that must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import norm

from app.analysis.arrays import FloatArray
from app.analysis.connectivity import NotConnected
from app.analysis.newton import NotConverged
from app.analysis.thurstone import LOGITS, fit_jod
from tests.analysis import published_sharpening as sharpening

counts = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.integers(0, 9), min_size=n * n, max_size=n * n).map(
        lambda cells: np.array(cells, dtype=float).reshape(n, n) * (1 - np.eye(n))
    )
)


def test_sharpened_pictures_come_out_as_in_pwcmp() -> None:
    ours = fit_jod(sharpening.WINS, prior=0) * norm.ppf(0.75) / sharpening.PWCMP_UNIT
    np.testing.assert_allclose(ours[:4], sharpening.JOD[:4], atol=1e-6)
    # pwcmp's minimizer stopped a little before the maximum of the fifth content
    np.testing.assert_allclose(ours[4], sharpening.JOD[4], atol=1e-5)
    assert _likelihood(sharpening.WINS[4], ours[4]) > _likelihood(sharpening.WINS[4], sharpening.JOD[4])


def _likelihood(wins: FloatArray, jod: FloatArray) -> float:
    return float((wins * norm.logcdf(sharpening.PWCMP_UNIT * (jod[:, None] - jod[None, :]))).sum())


def test_one_unit_apart_three_of_four_answers_name_the_better() -> None:
    better, worse = fit_jod(np.array([[[0, 300], [100, 0]]], dtype=float), prior=0)[0]
    assert better - worse == pytest.approx(1, abs=1e-9)


@given(counts, st.sampled_from([0.1, 1.0]))
@settings(max_examples=30)
def test_a_general_minimizer_finds_the_same(wins: FloatArray, prior: float) -> None:
    def loss(q: FloatArray) -> float:
        chance = norm.logcdf(norm.ppf(0.75) * (q[:, None] - q[None, :]))
        return float(prior * LOGITS**2 / 2 * (q @ q) - (wins * chance).sum())

    found = minimize(loss, np.zeros(len(wins)), method="BFGS", options={"gtol": 1e-7})
    np.testing.assert_allclose(fit_jod(wins[None], prior=prior)[0], found.x, atol=1e-4)


@given(counts, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_names_sides_and_neighbours_in_the_batch_do_not_matter(wins: FloatArray, random: object) -> None:
    order = np.random.default_rng(random.randrange(2**32)).permutation(len(wins))  # type: ignore[attr-defined]
    plain = fit_jod(wins[None], prior=0.1)[0]
    assert abs(plain.sum()) < 1e-9
    together = fit_jod(np.stack([wins * 7, wins[np.ix_(order, order)], wins.T]), prior=0.1)
    np.testing.assert_allclose(together[1], plain[order], atol=1e-9)
    np.testing.assert_allclose(together[2], -plain, atol=1e-9)


def test_a_winless_condition_stays_finite_with_a_prior_and_is_named_without() -> None:
    wins = np.array([[[0, 3, 5], [2, 0, 5], [0, 0, 0]]], dtype=float)
    best, middle, last = fit_jod(wins, prior=0.1)[0]
    assert last < middle < best
    with pytest.raises(NotConnected):
        fit_jod(wins, prior=0)
    with pytest.raises(NotConverged):
        fit_jod(wins, prior=1e-300)
