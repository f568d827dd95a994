"""Leave-one-out slopes: how closely a subject follows everybody else."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit

from app.analysis.arrays import FloatArray
from app.analysis.left_out_scores import differences
from app.analysis.subject_slopes import Slopes, slopes
from tests.analysis.panel import panel


def _answers(slope: float, answers: int, seed: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    difference = rng.normal(0, 1.5, answers)
    return difference, (rng.random(answers) < expit(slope * difference)).astype(float)


def _slopes(*people: tuple[FloatArray, FloatArray]) -> Slopes:
    subject = np.repeat(np.arange(len(people)), [len(one) for one, _ in people])
    difference, share = (np.concatenate(part) for part in zip(*people, strict=True))
    return slopes(difference, share, np.ones(len(share)), subject, counts=np.ones(len(people), dtype=bool))


def test_the_slope_maximizes_the_penalized_likelihood() -> None:
    people = [_answers(slope, 40, seed) for seed, slope in enumerate((1.0, 0.2, -0.7, 3.0))]
    found = _slopes(*people)
    for place, (difference, share) in enumerate(people):

        def loss(beta: float, d: FloatArray = difference, y: FloatArray = share) -> float:
            p = expit(beta * d)
            return -float((y * np.log(p) + (1 - y) * np.log1p(-p)).sum() + 0.5 * np.log((d**2 * p * (1 - p)).sum()))

        best = minimize_scalar(loss, bounds=(-8, 8), method="bounded", options={"xatol": 1e-9})
        assert found.slope[place] == pytest.approx(best.x, abs=1e-5)
        chance = expit(found.slope[place] * difference)
        information = (difference**2 * chance * (1 - chance)).sum()
        assert found.stderr[place] == pytest.approx(information**-0.5, rel=1e-9)
        assert found.high[place] - found.slope[place] == pytest.approx(1.959964 * found.stderr[place], rel=1e-6)


def test_with_many_answers_it_is_the_planted_slope_within_its_error() -> None:
    planted = np.array([0.4, 0.8, 1.0, 1.3])
    found = _slopes(*(_answers(slope, 20_000, seed) for seed, slope in enumerate(planted)))
    assert (np.abs(found.slope - planted) < 4 * found.stderr).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_somebody_who_always_or_never_agrees_has_a_finite_slope(sign: int) -> None:
    difference = np.array([0.5, -1.0, 2.0, -3.0, 40.0])
    always = (difference, (sign * difference > 0).astype(float))
    found = _slopes(always, always, always)
    assert np.isfinite(found.slope).all()
    assert (np.sign(found.slope) == sign).all()
    assert np.isfinite(found.stderr).all()
    assert (found.stderr > 0).all()


def test_a_tie_is_half_an_answer_each_way_and_weights_are_rows() -> None:
    one, two = np.array([1.0, 1.0, -0.5, 2.0]), np.array([1.0, -0.5, 2.0])
    split = slopes(
        np.tile(one, 3), np.tile([1.0, 0.0, 1.0, 1.0], 3), np.ones(12), np.repeat([0, 1, 2], 4), counts=np.ones(3, bool)
    )
    tied = slopes(
        np.tile(two, 3), np.tile([0.5, 1.0, 1.0], 3), np.tile([2.0, 1.0, 1.0], 3), np.repeat([0, 1, 2], 3),
        counts=np.ones(3, bool),
    )  # fmt: skip
    assert tied.slope == pytest.approx(split.slope, abs=1e-9)


def test_who_differs_from_nobody_measurable_has_no_slope() -> None:
    level = (np.zeros(10), np.ones(10))
    found = _slopes(level, *(_answers(1, 50, seed) for seed in range(3)))
    assert found.known.tolist() == [False, True, True, True]
    assert found.slope[0] == found.stderr[0] == 0
    assert not found.flagged[0]


def test_two_subjects_cannot_be_screened_by_each_other() -> None:
    found = _slopes(_answers(1, 100, 1), _answers(-1, 100, 2))
    assert not found.known.any()
    assert not found.flagged.any()


def test_random_and_inverted_subjects_are_flagged_and_excluded_ones_do_not_move_the_threshold() -> None:
    made = panel(np.random.default_rng(11), 880, ["random", "inverted"])
    votes = made.votes
    assert votes.subject is not None
    found = slopes(differences(votes), votes.share, votes.weight, votes.subject, counts=np.ones(25, dtype=bool))
    assert [made.kinds[place] for place in np.flatnonzero(found.flagged)] == ["random", "inverted"]
    assert found.threshold == found.median / 2
    counts = np.arange(25) < 23
    out = slopes(
        differences(votes, counts[votes.subject]), votes.share, votes.weight, votes.subject, counts=counts
    )  # fmt: skip
    assert out.flagged.tolist() == found.flagged.tolist()
    assert out.median == np.median(out.slope[counts])


def test_where_nobody_agrees_with_anybody_nobody_is_flagged() -> None:
    found = _slopes(*(_answers(-1, 200, seed) for seed in range(5)))
    assert found.median < 0
    assert not found.flagged.any()
