"""Planning: what more subjects and scenes bring, what a design is expected to bring, and the power of the tests."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit

from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import fit
from app.analysis.clustered import spreads
from app.analysis.design import BadWish, Parts, needed, parts_of
from app.analysis.expected_design import Guess, expected_parts, ladder, vote_covariance
from app.analysis.intervals import Interval, TooFewScenes, intervals
from app.analysis.power import Power, difference_error, power
from app.analysis.significance import Correction, paired_tests
from app.analysis.vote_columns import VoteColumns, from_wins

PARTS = Parts(subjects=25, scenes=20, of_subjects=0.004, of_scenes=0.008, of_votes=0.005)
PUBLISHED = ladder(11, 0.24 * np.sqrt(10))  # 0.24 logits apart, from 1.2 to -1.2


def study(
    rng: np.random.Generator, subjects: int, scenes: int, conditions: int = 6, guess: Guess = Guess()
) -> tuple[VoteColumns, FloatArray]:
    """Votes of subjects who each judge every pair of every scene, and their wins."""
    upper = np.triu_indices(conditions, 1)
    own = rng.normal(0, guess.subjects, (subjects, conditions))
    there = ladder(conditions, guess.conditions) + rng.normal(0, guess.scenes, (scenes, conditions))
    liking = own[:, None, :] + there[None]
    gaps = liking[:, :, upper[0]] - liking[:, :, upper[1]]
    won = rng.random(gaps.shape) < expit(gaps)
    subject, scene, pair = (axis.ravel() for axis in np.indices(gaps.shape))
    columns = VoteColumns(
        scenes=tuple(f"s{n}" for n in range(scenes)), conditions=tuple(f"c{n}" for n in range(conditions)),
        subjects=tuple(f"p{n}" for n in range(subjects)), scene=scene, a=upper[0][pair], b=upper[1][pair],
        share=won.ravel().astype(float), weight=np.ones(won.size), subject=subject,
        a_on_left=np.zeros(won.size, dtype=np.int64),
    )  # fmt: skip
    return columns, columns.wins()


def _scored(columns: VoteColumns, wins: FloatArray) -> tuple[Parts, FloatArray]:
    """The parts, and the half-widths of the printed two-way intervals."""
    fits = fit(wins, columns.conditions)
    found = spreads(fits, columns)
    parts = parts_of(found)
    assert parts is not None
    shown = intervals(fits.strength.mean(axis=0), found.of(Interval.TWO_WAY), 0.95)
    return parts, (shown.high - shown.low) / 2


def test_the_parts_add_up_to_the_intervals_that_are_printed() -> None:
    parts, half = _scored(*study(np.random.default_rng(1), 12, 8))
    assert parts.half_width(12, 8) == pytest.approx(np.sqrt((half**2).mean()), rel=1e-6)
    assert min(parts.of_subjects, parts.of_scenes, parts.of_votes) >= 0


@pytest.mark.parametrize("seed", range(6))
def test_the_parts_add_up_also_where_a_difference_of_estimates_falls_below_zero(seed: int) -> None:
    still = Guess(scenes=0, subjects=0)
    parts, half = _scored(*study(np.random.default_rng(seed), 5, 4, guess=still))
    assert parts.half_width(5, 4) == pytest.approx(np.sqrt((half**2).mean()), rel=1e-6)


def test_without_named_subjects_or_scenes_there_are_no_parts() -> None:
    columns, wins = study(np.random.default_rng(1), 6, 5)
    unnamed = from_wins(wins, columns.scenes, columns.conditions)
    assert parts_of(spreads(fit(wins, columns.conditions), unnamed)) is None
    few = columns.within(columns.scenes[:2], columns.conditions)
    assert parts_of(spreads(fit(wins[:2], columns.conditions), few)) is None


def test_more_subjects_never_widen_and_never_pass_the_limit_of_the_scenes() -> None:
    widths = [PARTS.half_width(subjects, 20) for subjects in (3, 5, 10, 20, 21, 50, 1000, 10**6)]
    assert all(wider > narrower for wider, narrower in pairwise(widths))
    assert widths[-1] == pytest.approx(PARTS.with_endless_subjects(), rel=1e-3)
    assert min(widths) >= PARTS.with_endless_subjects()


@pytest.mark.parametrize("wish", [0.5, 0.3, 0.25, 0.2, 0.19])
def test_what_is_needed_is_enough_and_one_less_is_not(wish: float) -> None:
    found = needed(PARTS, wish)
    assert (found.subjects is None) == (wish <= PARTS.with_endless_subjects())
    if found.subjects:
        assert PARTS.half_width(found.subjects, 20) <= wish
        assert found.subjects == 3 or PARTS.half_width(found.subjects - 1, 20) > wish
    assert found.scenes is not None
    assert PARTS.half_width(25, found.scenes) <= wish
    assert found.scenes == 3 or PARTS.half_width(25, found.scenes - 1) > wish
    assert found.both is not None
    assert PARTS.half_width(*found.both) <= wish


def test_where_scenes_limit_it_no_subjects_are_named_and_where_both_do_only_both_together() -> None:
    found = needed(PARTS, 0.1)
    assert (found.subjects, found.scenes) == (None, None)
    assert found.both is not None
    assert found.both[0] > 25
    assert found.both[1] > 20


@pytest.mark.parametrize("wish", [0.0, -1.0, float("inf"), float("nan")])
def test_a_wish_that_no_design_can_follow_is_refused(wish: float) -> None:
    with pytest.raises(BadWish, match="half-width"):
        needed(PARTS, wish)


def test_parts_that_were_measured_foretell_larger_studies() -> None:
    """60 studies of 10 subjects and 8 scenes against 60 of 30 subjects and 16 scenes, seed 3: mean variances."""
    rng = np.random.default_rng(3)
    small, large = ([_scored(*study(rng, *size))[0] for _ in range(60)] for size in ((10, 8), (30, 16)))
    foretold = np.mean([parts.variance(30, 16) for parts in small])
    assert foretold == pytest.approx(np.mean([parts.variance(30, 16) for parts in large]), rel=0.15)


@pytest.mark.parametrize(
    ("subjects", "scenes", "guess"),
    [(25, 20, Guess()), (12, 30, Guess(0.76, 0.2, 1.0)), (40, 8, Guess(1.2, 0.8, 0.3)), (20, 20, Guess(0.5, 0.0, 0.0))],
)
def test_what_is_expected_before_any_vote_comes_about(subjects: int, scenes: int, guess: Guess) -> None:
    """30 simulated studies each, seed 4; the prior and the guess of Gaussian slopes leave some per cent."""
    rng = np.random.default_rng(4)
    found = np.mean([_scored(*study(rng, subjects, scenes, 6, guess))[0].variance(subjects, scenes) for _ in range(30)])
    expected = expected_parts(6, scenes, subjects, subjects, guess).variance(subjects, scenes)
    assert np.sqrt(found) == pytest.approx(np.sqrt(expected), rel=0.12)


@pytest.mark.parametrize("design", [(1, 20, 25, 5), (11, 2, 25, 5), (11, 20, 2, 5), (11, 20, 25, 0)])
def test_a_design_without_an_interval_is_refused_with_what_it_takes(design: tuple[int, int, int, float]) -> None:
    with pytest.raises(BadWish, match="allow no interval"):
        expected_parts(*design)


def _published(votes: float, spread: float = 0.5) -> tuple[Power, float]:
    """The power of the design whose error rates are known: 20 scenes, half a logit between them."""
    parts = expected_parts(11, 20, 25, votes, Guess(float(PUBLISHED.std()), spread, 0.0))
    error = difference_error(parts.over_scenes(25), 11)
    return power(PUBLISHED, error, 20), error


def test_the_power_of_the_published_design_is_the_one_that_1500_simulated_studies_had() -> None:
    tests, error = _published(5)
    known = {
        Correction.NONE: (0.23, 0.69, 0.80), Correction.HOLM: (0.03, 0.22, 0.63), Correction.BH: (0.20, 0.65, 0.79)
    }  # fmt: skip
    for correction, (near, far, all_pairs) in known.items():
        assert tests.of(0.24, error, correction) == pytest.approx(near, abs=0.02)
        assert tests.of(0.48, error, correction) == pytest.approx(far, abs=0.03)
        assert tests.all_pairs[correction] == pytest.approx(all_pairs, abs=0.02)


def test_a_difference_that_is_detectable_is_found_eight_times_in_ten() -> None:
    tests, error = _published(5)
    for correction in Correction:
        assert tests.of(tests.detectable(error, correction), error, correction) == pytest.approx(0.8, abs=1e-6)


def test_more_votes_find_more_and_without_differences_tests_find_alpha() -> None:
    few, many = (_published(votes)[0].all_pairs for votes in (2, 20))
    assert all(few[correction] < many[correction] for correction in Correction)
    level = power(np.zeros(11), 0.2, 20, 0.05)
    assert level.all_pairs[Correction.NONE] == pytest.approx(0.05, abs=0.002)
    assert level.level[Correction.HOLM] == pytest.approx(0.05 / 55, rel=0.01)


def test_scores_without_any_error_are_told_apart_for_certain() -> None:
    tests = power(np.array([1.0, 0.0]), 0.0, 5)
    assert tests.of(1.0, 0.0, Correction.HOLM) == pytest.approx(1.0)


def test_power_needs_three_scenes() -> None:
    with pytest.raises(TooFewScenes):
        power(PUBLISHED, 0.1, 2)


def test_fishers_information_is_what_votes_of_equal_conditions_have() -> None:
    n, votes = 5, 8
    covariance = vote_covariance(np.zeros(n), votes)
    assert np.diagonal(covariance) == pytest.approx((n - 1) / (n**2 * votes / 4))


@pytest.mark.slow
@pytest.mark.parametrize(("spread", "votes", "seed"), [(0.5, 5, 1), (0.3, 10, 2), (0.8, 3, 3)])
def test_the_formula_for_power_is_what_simulated_studies_have(spread: float, votes: int, seed: int) -> None:
    """400 studies of 20 scenes and 11 conditions each; the tests of the product on the fits of the product."""
    rng = np.random.default_rng(seed)
    i, j = np.triu_indices(11, 1)
    strengths = PUBLISHED + rng.normal(0, spread, (400 * 20, 11))
    won = rng.binomial(votes, expit(strengths[:, i] - strengths[:, j])).astype(float)
    wins = np.zeros((400 * 20, 11, 11))
    wins[:, i, j], wins[:, j, i] = won, votes - won
    studies = fit(wins, [str(n) for n in range(11)]).strength.reshape(400, 20, 11)
    tests, error = _published(votes, spread)
    for correction in Correction:
        apart = np.mean([paired_tests(one).distinguishable(0.05, correction)[i, j] for one in studies], axis=0)
        assert apart.mean() == pytest.approx(tests.all_pairs[correction], abs=0.04)
        for steps in (1, 2):
            assert apart[j - i == steps].mean() == pytest.approx(tests.of(0.24 * steps, error, correction), abs=0.04)
