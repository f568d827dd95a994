"""Davidson's model of ties against closed forms, a general minimizer, and answers that leave its parameter open."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import logsumexp

from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import fit
from app.analysis.davidson import NoTieParameter, fit_davidson

studies = st.tuples(st.integers(1, 3), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(
        *(
            st.lists(st.integers(0, most), min_size=shape[0] * shape[1] ** 2, max_size=shape[0] * shape[1] ** 2).map(
                lambda cells: (
                    np.array(cells, dtype=float).reshape(shape[0], shape[1], shape[1]) * (1 - np.eye(shape[1]))
                )
            )
            for most in (9, 4)
        )
    )
)


def _symmetric(tied: FloatArray) -> FloatArray:
    return tied + tied.swapaxes(1, 2)


def test_one_pair_has_the_shares_of_its_answers() -> None:
    chosen, tied = np.array([[[0, 6], [2, 0]]], dtype=float), np.array([[[0, 4], [4, 0]]], dtype=float)
    found = fit_davidson(chosen, tied, prior=0)
    assert found.strength[0, 0] - found.strength[0, 1] == pytest.approx(np.log(3), abs=1e-9)
    assert found.nu == pytest.approx((1 / 3) / np.sqrt(1 / 2 * 1 / 6), abs=1e-9)
    assert found.ties_of_equals == pytest.approx(found.nu / (2 + found.nu))


@given(studies, st.sampled_from([0.1, 1.0]))
@settings(max_examples=30)
def test_a_general_minimizer_finds_the_same(study: tuple[FloatArray, FloatArray], prior: float) -> None:
    chosen, tied = study[0], _symmetric(study[1])
    assume(chosen.any() and tied.any())
    scenes, n = chosen.shape[:2]
    i, j = np.triu_indices(n, 1)

    def loss(x: FloatArray) -> float:
        s = x[1:].reshape(scenes, n)
        gap = s[:, i] - s[:, j]
        weights = np.stack([gap / 2, -gap / 2, np.full_like(gap, x[0])])
        answers = np.stack([chosen[:, i, j], chosen[:, j, i], tied[:, i, j]])
        return float(prior / 2 * (s**2).sum() - (answers * (weights - logsumexp(weights, axis=0))).sum())

    expected = minimize(loss, np.zeros(1 + scenes * n), method="BFGS", options={"gtol": 1e-7})
    found = fit_davidson(chosen, tied, prior=prior)
    np.testing.assert_allclose(found.strength.ravel(), expected.x[1:], atol=2e-4)
    assert np.log(found.nu) == pytest.approx(expected.x[0], abs=2e-4)


@given(studies, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_names_and_their_order_do_not_matter(study: tuple[FloatArray, FloatArray], random: object) -> None:
    chosen, tied = study[0], _symmetric(study[1])
    assume(chosen.any() and tied.any())
    order = np.random.default_rng(random.randrange(2**32)).permutation(chosen.shape[-1])  # type: ignore[attr-defined]
    plain = fit_davidson(chosen, tied, prior=0.1)
    mixed = fit_davidson(chosen[:, order][:, :, order], tied[:, order][:, :, order], prior=0.1)
    np.testing.assert_allclose(mixed.strength, plain.strength[:, order], atol=1e-8)
    assert mixed.nu == pytest.approx(plain.nu, rel=1e-8)
    np.testing.assert_allclose(plain.strength.sum(axis=1), 0, atol=1e-9)


def test_rare_ties_leave_the_strengths_of_bradley_and_terry() -> None:
    chosen = np.array([[[0, 30, 45], [20, 0, 33], [9, 21, 0]]], dtype=float)
    tied = np.array([[[0, 1e-9, 0], [1e-9, 0, 0], [0, 0, 0]]])
    found = fit_davidson(chosen, tied, prior=0)
    np.testing.assert_allclose(found.strength[0], fit(chosen[0], "abc", prior=0).strength, atol=1e-7)
    np.testing.assert_allclose(found.covariance[0], fit(chosen[0], "abc", prior=0).covariance, rtol=1e-6)


def test_planted_ties_are_found_again() -> None:
    rng = np.random.default_rng(6)
    liking, nu = rng.normal(0, 1, (20, 6)), 0.8
    i, j = np.triu_indices(6, 1)
    chosen, tied = np.zeros((20, 6, 6)), np.zeros((20, 6, 6))
    for scene in range(20):
        gap = liking[scene, i] - liking[scene, j]
        weights = np.stack([np.exp(gap / 2), np.exp(-gap / 2), np.full_like(gap, nu)], axis=1)
        answers = rng.multinomial(30, weights / weights.sum(axis=1, keepdims=True))
        chosen[scene, i, j], chosen[scene, j, i], tied[scene, i, j] = answers.T
    found = fit_davidson(chosen, _symmetric(tied), prior=0.1)
    assert found.stderr_log_nu is not None
    assert abs(np.log(found.nu / nu)) < 3 * found.stderr_log_nu < 0.2
    assert np.corrcoef(found.strength.ravel(), (liking - liking.mean(axis=1, keepdims=True)).ravel())[0, 1] > 0.98


@pytest.mark.parametrize(
    ("chosen", "tied", "prior", "message"),
    [
        ([[0, 3], [1, 0]], [[0, 0], [0, 0]], 0.1, "no answer is a tie"),
        ([[0, 0], [0, 0]], [[0, 2], [2, 0]], 0.1, "every answer is a tie"),
        ([[0, 3], [0, 0]], [[0, 2], [2, 0]], 0.0, "no choice contradicts another"),
        ([[0, 3, 2], [1, 0, 2], [0, 0, 0]], [[0, 2, 0], [2, 0, 0], [0, 0, 0]], 0.0, "parts that differ without bound"),
    ],
)
def test_answers_that_leave_the_parameter_open_are_refused(
    chosen: list[list[int]], tied: list[list[int]], prior: float, message: str
) -> None:
    with pytest.raises(NoTieParameter, match=message):
        fit_davidson(np.array([chosen], dtype=float), np.array([tied], dtype=float), prior=prior)


def test_a_circle_of_choices_bounds_what_ties_can_mean() -> None:
    chosen = np.array([[[0, 3, 0], [0, 0, 2], [2, 0, 0]]], dtype=float)
    tied = np.array([[[0, 1, 0], [1, 0, 0], [0, 0, 0]]], dtype=float)
    assert np.isfinite(fit_davidson(chosen, tied, prior=0).nu)
