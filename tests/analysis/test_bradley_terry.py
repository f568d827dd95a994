"""Strengths against published numbers, against a second solver, and under every change that must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import BadCounts, Strengths, fit, strengths
from app.analysis.connectivity import NotConnected
from app.analysis.newton import NotConverged
from tests.analysis import published
from tests.analysis import published_sharpening as sharpening
from tests.analysis.published import Published


def _relative(result: Strengths, reference: str) -> tuple[dict[str, float], dict[str, float]]:
    """Coefficients and standard errors as packages print them: relative to one condition."""
    at = result.conditions.index(reference)
    errors = np.sqrt(np.diag(result.covariance) + result.covariance[at, at] - 2 * result.covariance[at])
    names = [name for name in result.conditions if name != reference]
    where = [result.conditions.index(name) for name in names]
    return (
        {name: float(result.strength[i] - result.strength[at]) for name, i in zip(names, where, strict=True)},
        {name: float(errors[i]) for name, i in zip(names, where, strict=True)},
    )


def _worth(strength: FloatArray) -> FloatArray:
    odds = np.exp(strength)
    return odds / odds.sum()


def test_citations_between_journals_come_out_as_in_bradleyterry2() -> None:
    result = fit(published.CITATIONS.wins, published.CITATIONS.conditions, prior=0)
    coefficients, errors = _relative(result, "Biometrika")
    assert coefficients == pytest.approx(published.CITATIONS_COEFFICIENTS, abs=1e-9)
    assert errors == pytest.approx(published.CITATIONS_ERRORS, abs=1e-8)
    assert float(result.deviance) == pytest.approx(published.CITATIONS_DEVIANCE, abs=1e-8)
    np.testing.assert_allclose(result.strength, published.CITATIONS_CENTRED, atol=1e-9)
    np.testing.assert_allclose(result.stderr, published.CITATIONS_CENTRED_ERRORS, atol=1e-8)


def test_pork_flavours_come_out_as_in_eba() -> None:
    result = fit(published.PORK.wins, published.PORK.conditions, prior=0)
    np.testing.assert_allclose(_worth(result.strength), published.PORK_WORTH, atol=5e-7)
    np.testing.assert_allclose(result.strength, published.PORK_CENTRED, atol=1e-9)
    np.testing.assert_allclose(result.stderr, published.PORK_CENTRED_ERRORS, atol=1e-6)
    assert float(result.deviance) == pytest.approx(published.PORK_DEVIANCE, abs=5e-4)


def test_german_parties_come_out_as_in_psychotools() -> None:
    result = fit(published.PARTIES.wins, published.PARTIES.conditions, prior=0)
    coefficients, errors = _relative(result, "FDP")
    assert coefficients == pytest.approx(published.PARTIES_COEFFICIENTS, abs=5e-5)
    assert errors == pytest.approx(published.PARTIES_ERRORS, abs=5e-5)
    np.testing.assert_allclose(_worth(result.strength), published.PARTIES_WORTH, atol=5e-5)
    np.testing.assert_allclose(result.strength, published.PARTIES_CENTRED, atol=1e-9)
    np.testing.assert_allclose(result.stderr, published.PARTIES_CENTRED_ERRORS, atol=1e-6)
    saturated = sum(
        won * np.log(won / (won + lost)) + lost * np.log(lost / (won + lost))
        for _, _, won, lost in published.PARTIES.pairs
    )
    assert saturated - float(result.deviance) / 2 == pytest.approx(published.PARTIES_LOG_LIKELIHOOD, abs=1e-7)


def test_sharpened_pictures_come_out_as_in_r() -> None:
    result = fit(sharpening.WINS, [str(i) for i in range(8)], prior=0)
    np.testing.assert_allclose(result.strength, sharpening.STRENGTH, atol=1e-8)
    np.testing.assert_allclose(result.stderr, sharpening.ERRORS, atol=1e-6)
    np.testing.assert_allclose(result.deviance, sharpening.DEVIANCES, atol=1e-7)


def test_baseball_teams_come_out_as_in_agresti() -> None:
    result = fit(published.BASEBALL.wins, published.BASEBALL.conditions, prior=0)
    coefficients, errors = _relative(result, "Baltimore")
    assert coefficients == pytest.approx(published.BASEBALL_COEFFICIENTS, abs=5e-5)
    assert errors == pytest.approx(published.BASEBALL_ERRORS, abs=5e-5)


def test_draws_are_half_wins_as_in_bradleyterryscalable() -> None:
    wins, names = published.CHESS.wins, published.CHESS.conditions
    for component in (("Fin", "Gal", "Han"), ("Amy", "Ben", "Cyd", "Dan")):
        chosen = [names.index(name) for name in component]
        result = fit(wins[np.ix_(chosen, chosen)], component, prior=0)
        for name, strength, error in zip(component, result.strength, result.stderr, strict=True):
            expected = published.CHESS_BY_COMPONENT[name]
            assert (strength, error) == pytest.approx(expected, abs=3e-3)


def _by_minimization(wins: FloatArray, prior: float) -> FloatArray:
    """The same strengths from the penalized likelihood itself, by a general-purpose minimizer."""

    def loss(s: FloatArray) -> float:
        return float((wins * np.logaddexp(0, s[None, :] - s[:, None])).sum() + prior * (s @ s) / 2)

    found = minimize(loss, np.zeros(len(wins)), method="BFGS", options={"gtol": 1e-7})
    return np.asarray(found.x - found.x.mean())


def _by_reweighting(wins: FloatArray, prior: float) -> FloatArray:
    """The same strengths as a logistic regression on pairs, by reweighted least squares and a pseudo-inverse."""
    n = len(wins)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    design = np.zeros((len(pairs), n))
    for row, (i, j) in enumerate(pairs):
        design[row, i], design[row, j] = 1, -1
    won = np.array([wins[i, j] for i, j in pairs])
    trials = won + np.array([wins[j, i] for i, j in pairs])
    s = np.zeros(n)
    for _ in range(200):
        chance = 1 / (1 + np.exp(-design @ s))
        weight = trials * chance * (1 - chance)
        information = design.T @ (weight[:, None] * design) + prior * np.eye(n)
        s = s + np.linalg.pinv(information) @ (design.T @ (won - trials * chance) - prior * s)
    return s - s.mean()


@pytest.mark.parametrize("example", [published.CITATIONS, published.PORK, published.PARTIES, published.BASEBALL])
@pytest.mark.parametrize("prior", [0.0, 0.1, 1.0])
def test_a_second_solver_agrees_to_eight_digits(example: Published, prior: float) -> None:
    ours = fit(example.wins, example.conditions, prior=prior).strength
    np.testing.assert_allclose(ours, _by_reweighting(example.wins, prior), atol=1e-8)
    np.testing.assert_allclose(ours, _by_minimization(example.wins, prior), atol=1e-4)


counts = st.integers(2, 7).flatmap(
    lambda n: st.lists(st.integers(0, 9), min_size=n * n, max_size=n * n).map(
        lambda cells: np.array(cells, dtype=float).reshape(n, n) * (1 - np.eye(n))
    )
)


def _names(wins: FloatArray) -> list[str]:
    return [f"condition {i}" for i in range(len(wins))]


@given(counts)
def test_strengths_solve_the_equation_and_sum_to_zero(wins: FloatArray) -> None:
    result = fit(wins, _names(wins))
    chance = 1 / (1 + np.exp(result.strength[None, :] - result.strength[:, None]))
    expected = ((wins + wins.T) * chance).sum(axis=1) - np.diag((wins + wins.T) * chance)
    np.testing.assert_allclose(expected + 0.1 * result.strength, wins.sum(axis=1), atol=1e-8)
    assert abs(result.strength.sum()) < 1e-9
    assert np.isfinite(result.stderr).all()


@given(counts, st.randoms(use_true_random=False))
def test_names_and_their_order_do_not_matter(wins: FloatArray, random: object) -> None:
    order = np.random.default_rng(random.randrange(2**32)).permutation(len(wins))  # type: ignore[attr-defined]
    plain, shuffled = fit(wins, _names(wins)), fit(wins[np.ix_(order, order)], _names(wins))
    np.testing.assert_allclose(shuffled.strength, plain.strength[order], atol=1e-9)
    np.testing.assert_allclose(shuffled.stderr, plain.stderr[order], atol=1e-9)


@given(counts)
def test_swapping_winner_and_loser_everywhere_turns_the_scale_round(wins: FloatArray) -> None:
    np.testing.assert_allclose(fit(wins.T, _names(wins)).strength, -fit(wins, _names(wins)).strength, atol=1e-9)


@given(counts)
def test_fits_in_a_batch_are_the_fits_alone(wins: FloatArray) -> None:
    others = np.stack([wins, wins.T, wins * 3, np.zeros_like(wins)])
    together = fit(others.reshape(2, 2, *wins.shape), _names(wins))
    assert together.strength.shape == (2, 2, len(wins))
    for place, matrix in enumerate(others):
        alone = fit(matrix, _names(wins))
        assert (together.strength.reshape(4, -1)[place] == alone.strength).all()
        assert (together.covariance.reshape(4, len(wins), -1)[place] == alone.covariance).all()


def test_the_strengths_alone_are_those_of_the_fit() -> None:
    wins = np.random.default_rng(1).integers(1, 6, (3, 4, 4)) * (1.0 - np.eye(4))
    for prior in (0.0, 0.1):
        assert (strengths(wins, prior=prior) == fit(wins, "abcd", prior=prior).strength).all()
    with pytest.raises(NotConnected):
        strengths(np.triu(wins), prior=0)
    with pytest.raises(BadCounts):
        strengths(-wins)


def test_more_fits_than_one_pass_takes_are_all_done() -> None:
    rng = np.random.default_rng(1)
    wins = rng.integers(0, 6, (1200, 4, 4)) * (1.0 - np.eye(4))
    together = fit(wins, "abcd")
    for place in (0, 511, 512, 1199):
        np.testing.assert_allclose(together.strength[place], fit(wins[place], "abcd").strength, atol=1e-11)


@given(counts.filter(lambda wins: bool((wins + np.eye(len(wins)) > 0).all())))
@settings(max_examples=50)
def test_twice_the_votes_shrink_errors_by_the_root_of_two(wins: FloatArray) -> None:
    once, twice = fit(wins, _names(wins), prior=0), fit(2 * wins, _names(wins), prior=0)
    np.testing.assert_allclose(twice.strength, once.strength, atol=1e-8)
    np.testing.assert_allclose(once.stderr / twice.stderr, np.sqrt(2), rtol=1e-7)


def test_newtons_method_is_held_where_full_steps_would_cycle_for_ever() -> None:
    wins = np.array([[0, 0, 0, 0], [179_727, 0, 1, 0], [0, 5, 0, 0], [271_496, 0, 47_252, 0]], dtype=float)
    result = fit(wins, "abcd", prior=0.01)
    chance = 1 / (1 + np.exp(result.strength[None, :] - result.strength[:, None]))
    surplus = ((wins + wins.T) * chance).sum(axis=1) - wins.sum(axis=1)
    np.testing.assert_allclose(surplus, -0.01 * result.strength, atol=1e-8)


def test_counts_a_billion_to_one_have_their_logarithm_as_strength() -> None:
    wins = np.zeros((3, 3))
    wins[0, 1], wins[1, 0], wins[1, 2], wins[2, 1] = 1e9, 1, 1, 1e12
    strength = fit(wins, "abc", prior=0).strength
    np.testing.assert_allclose([strength[0] - strength[1], strength[2] - strength[1]], np.log([1e9, 1e12]), rtol=1e-9)


SEPARATED = np.array([[0, 5, 5], [0, 0, 5], [0, 0, 0]], dtype=float)
WINLESS = np.array([[0, 3, 5], [2, 0, 5], [0, 0, 0]], dtype=float)
UNDEFEATED = WINLESS.T
ISLANDS = np.array([[0, 3, 0, 0], [2, 0, 0, 0], [0, 0, 0, 4], [0, 0, 1, 0]], dtype=float)
ONE_VOTE = np.array([[0, 1, 0], [0, 0, 0], [0, 0, 0]], dtype=float)
EMPTY = np.zeros((3, 3))


@pytest.mark.parametrize("wins", [SEPARATED, WINLESS, UNDEFEATED, ISLANDS, ONE_VOTE, EMPTY])
def test_a_prior_keeps_strengths_finite_and_their_absence_is_never_hidden(wins: FloatArray) -> None:
    result = fit(wins, _names(wins))
    assert np.isfinite(result.strength).all()
    assert np.isfinite(result.stderr).all()
    with pytest.raises(NotConnected):
        fit(wins, _names(wins), prior=0)


def test_a_winless_condition_comes_last_instead_of_level() -> None:
    strength = fit(WINLESS, "abc").strength
    assert strength[2] < strength[1] < strength[0]


def test_maximum_likelihood_names_the_components_and_their_direction() -> None:
    with pytest.raises(NotConnected, match="a and b never lost to c") as caught:
        fit(np.stack([UNDEFEATED + WINLESS, WINLESS]), "abc", prior=0)
    ((place, found),) = caught.value.found
    assert (place, found.members, found.beats) == (1, (("a", "b"), ("c",)), ((0, 1),))


def test_a_prior_too_weak_to_matter_raises_instead_of_stopping_early() -> None:
    with pytest.raises(NotConverged, match="matrix 0"):
        fit(SEPARATED, "abc", prior=1e-60)


@pytest.mark.parametrize(
    ("wins", "conditions", "prior", "message"),
    [
        (np.zeros((1, 1)), "a", 0.1, "at least two conditions"),
        (np.zeros((2, 2)), "aa", 0.1, "different names"),
        (np.zeros((2, 3)), "ab", 0.1, "shape"),
        (np.array([[0, -1], [0, 0]]), "ab", 0.1, "not negative"),
        (np.array([[0, np.nan], [0, 0]]), "ab", 0.1, "finite"),
        (np.eye(2), "ab", 0.1, "against itself"),
        (np.zeros((2, 2)), "ab", -1, "prior"),
        (np.zeros((2, 2)), "ab", np.nan, "prior"),
        (np.zeros((2, 2)), "ab", np.inf, "prior"),
    ],
)
def test_counts_that_cannot_come_from_votes_are_refused(
    wins: FloatArray, conditions: str, prior: float, message: str
) -> None:
    with pytest.raises(BadCounts, match=message):
        fit(wins, conditions, prior=prior)


def test_no_matrices_give_no_strengths() -> None:
    assert fit(np.zeros((0, 3, 3)), "abc").strength.shape == (0, 3)


@pytest.mark.parametrize("prior", [1e-18, 1e-24, 1e-100, 1e-300])
def test_a_prior_too_small_for_a_separated_matrix_is_a_sentence(prior: float) -> None:
    separated = np.array([[0, 3, 4], [2, 0, 3], [0, 0, 0]], dtype=float)
    assert np.isfinite(fit(separated, "abc", prior=1e-12).stderr).all()
    with pytest.raises(NotConverged, match=r"use a prior of 0\.001 or more"):
        fit(separated, "abc", prior=prior)
