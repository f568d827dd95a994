"""The preference for a side against published numbers, a second fit, and votes that cannot tell it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from app.analysis.side_bias import NoSideBias, side_bias
from app.analysis.vote_columns import UNKNOWN, VoteColumns
from tests.analysis import published


def _season() -> VoteColumns:
    """Games as votes: the home team stands on the left."""
    rows = [(home, away, 1.0, won) for home, away, won, _ in published.BASEBALL_BY_PLACE if won]
    rows += [(home, away, 0.0, lost) for home, away, _, lost in published.BASEBALL_BY_PLACE if lost]
    home, away, share, weight = (np.array(column) for column in zip(*rows, strict=True))
    return VoteColumns(
        scenes=("1987",), conditions=published.BASEBALL.conditions, subjects=None, scene=np.zeros(len(rows), dtype=int),
        a=home, b=away, share=share, weight=weight.astype(float), subject=None, a_on_left=np.ones(len(rows), dtype=int),
    )  # fmt: skip


def _study(bias: float, *, subjects: int = 12, spread: float = 0.0, seed: int = 5) -> VoteColumns:
    """Every subject judges each pair of five conditions in four scenes."""
    rng = np.random.default_rng(seed)
    subject, scene, pair = (np.ravel(one) for one in np.indices((subjects, 4, 10)))
    first, second = np.triu_indices(5, 1)
    a, b = first[pair], second[pair]
    liking = rng.normal(0, 1, (4, 5))
    on_left = rng.integers(0, 2, len(a))
    lean = bias + rng.normal(0, spread, subjects)
    chance = expit(liking[scene, a] - liking[scene, b] + np.where(on_left == 1, 1, -1) * lean[subject])
    return VoteColumns(
        scenes=tuple("abcd"), conditions=tuple("vwxyz"), subjects=tuple(map(str, range(subjects))), scene=scene, a=a,
        b=b, share=(rng.random(len(a)) < chance).astype(float), weight=np.ones(len(a)), subject=subject,
        a_on_left=on_left,
    )  # fmt: skip


def test_the_home_advantage_of_a_season_comes_out_as_in_bradleyterry2() -> None:
    found = side_bias(_season(), prior=0)
    assert found is not None
    assert found.estimate == pytest.approx(published.HOME_ADVANTAGE, abs=5e-5)
    assert found.stderr == pytest.approx(published.HOME_ADVANTAGE_ERROR, abs=5e-5)
    assert found.p == pytest.approx(published.HOME_ADVANTAGE_P, abs=5e-7)
    assert (found.stderr_by_subject, found.votes) == (None, 273)
    assert found.left_of_equals == pytest.approx(expit(0.3023), abs=1e-4)


def test_several_scenes_share_one_bias_as_a_general_minimizer_finds_it() -> None:
    votes = _study(0.4)
    side = np.where(votes.a_on_left == 1, 1, -1)

    def loss(x: np.ndarray) -> float:
        s = x[1:].reshape(4, 5)
        gap = s[votes.scene, votes.a] - s[votes.scene, votes.b] + side * x[0]
        return float(np.logaddexp(0, -gap)[votes.share == 1].sum() + np.logaddexp(0, gap)[votes.share == 0].sum()) + (
            0.05 * float((s**2).sum())
        )

    expected = minimize(loss, np.zeros(21), method="BFGS", options={"gtol": 1e-7})
    found = side_bias(votes, prior=0.1)
    assert found is not None
    assert found.estimate == pytest.approx(expected.x[0], abs=1e-5)
    design = np.zeros((len(votes), 21))
    rows = np.arange(len(votes))
    design[:, 0], design[rows, 1 + 5 * votes.scene + votes.a], design[rows, 1 + 5 * votes.scene + votes.b] = side, 1, -1
    chance = expit(design @ expected.x)
    information = design.T @ ((chance * (1 - chance))[:, None] * design) + np.diag([0.0] + [0.1] * 20)
    inverse = np.linalg.inv(information)
    assert found.stderr == pytest.approx(np.sqrt(inverse[0, 0]), rel=1e-5)
    by_subject = np.zeros((12, 21))
    np.add.at(by_subject, votes.subject, (votes.share - chance)[:, None] * design)
    sandwich = inverse @ (by_subject.T @ by_subject * 12 / 11) @ inverse
    assert found.stderr_by_subject == pytest.approx(np.sqrt(sandwich[0, 0]), rel=1e-4)


def test_naming_a_pair_the_other_way_round_and_splitting_rows_change_nothing() -> None:
    votes = _study(0.3)
    plain = side_bias(votes, prior=0.1)
    turned = replace(votes, a=votes.b, b=votes.a, share=1 - votes.share, a_on_left=1 - votes.a_on_left)
    twice = VoteColumns(
        votes.scenes, votes.conditions, votes.subjects,
        *(np.repeat(one, 2) for one in (votes.scene, votes.a, votes.b, votes.share, votes.weight / 2, votes.subject)),
        np.repeat(votes.a_on_left, 2),
    )  # fmt: skip
    for other in (side_bias(turned, prior=0.1), side_bias(twice, prior=0.1)):
        assert other is not None
        assert plain is not None
        for name in ("estimate", "stderr", "p", "stderr_by_subject", "p_by_subject", "shift", "votes"):
            assert getattr(other, name) == pytest.approx(getattr(plain, name), abs=1e-8)


def test_swapping_the_sides_turns_the_bias_round() -> None:
    votes = _study(0.3)
    plain, swapped = side_bias(votes, prior=0.1), side_bias(replace(votes, a_on_left=1 - votes.a_on_left), prior=0.1)
    assert plain is not None
    assert swapped is not None
    assert swapped.estimate == pytest.approx(-plain.estimate, abs=1e-9)
    assert swapped.shift == pytest.approx(plain.shift, abs=1e-9)


def test_subjects_who_lean_to_different_sides_widen_the_error() -> None:
    found = side_bias(_study(0.0, subjects=40, spread=1.5), prior=0.1)
    assert found is not None
    assert found.stderr_by_subject is not None
    assert found.stderr_by_subject > 1.5 * found.stderr
    alike = side_bias(_study(0.0, subjects=40), prior=0.1)
    assert alike is not None
    assert alike.stderr_by_subject == pytest.approx(alike.stderr, rel=0.35)


def test_votes_that_do_not_tell_their_sides_have_no_bias() -> None:
    votes = _season()
    assert side_bias(replace(votes, a_on_left=np.full(len(votes), UNKNOWN)), prior=0.1) is None


def test_a_bias_without_a_finite_size_is_an_error_with_the_reason() -> None:
    votes = _study(0.0)
    with pytest.raises(NoSideBias, match="every vote went to the left side"):
        side_bias(replace(votes, share=votes.a_on_left.astype(float)), prior=0.1)
    with pytest.raises(NoSideBias, match="every vote went to the right side"):
        side_bias(replace(votes, share=1.0 - votes.a_on_left), prior=0.1)
    # a beats b on the left, and b beats a there: a side explains both; c needs a strength besides
    explained = VoteColumns(
        scenes=("s",), conditions=("a", "b", "c"), subjects=None, scene=np.zeros(5, dtype=int),
        a=np.array([0, 1, 1, 2, 1]), b=np.array([1, 0, 2, 1, 2]), share=np.ones(5), weight=np.ones(5), subject=None,
        a_on_left=np.array([1, 1, 1, 1, 0]),
    )  # fmt: skip
    with pytest.raises(NoSideBias, match="together explain every vote"):
        side_bias(explained, prior=0)
    found = side_bias(explained, prior=0.1)
    assert found is not None
    assert found.estimate > 0
