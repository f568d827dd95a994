"""Measures against subjects: the table, its gaps, and intervals over scenes and subjects."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import kendalltau, pearsonr, spearmanr

from app.analysis.agreement import Compared, agreement
from app.analysis.bradley_terry import fit
from app.analysis.correlations import Coefficient, correlations
from app.analysis.measure_values import MeasureValues
from app.analysis.two_way import two_way
from app.analysis.vote_columns import UNKNOWN, VoteColumns

_NAMES = ("a", "b", "c", "d", "e")


def _values(
    value: np.ndarray, *, higher: bool = True, known: np.ndarray | None = None, own: list[str] | None = None
) -> MeasureValues:
    scenes, names = value.shape[0], _NAMES[: value.shape[1]]
    return MeasureValues(
        ("m",), tuple(f"s{n}" for n in range(scenes)), names, value[None],
        np.ones((1, *value.shape), bool) if known is None else known[None], np.array([higher]),
        np.array([[name in (own or []) for name in names]]),
    )  # fmt: skip


def _votes(
    rng: np.random.Generator, liking: np.ndarray, *, subjects: int, subject_spread: float = 0.0,
    scene_spread: float = 0.0, known: bool = True,
) -> VoteColumns:  # fmt: skip
    """Every subject judges every pair of every scene; ``liking`` is ``(scenes, conditions)``."""
    scenes, n = liking.shape
    i, j = np.triu_indices(n, 1)
    scene, pair, subject = (one.ravel() for one in np.indices((scenes, len(i), subjects)))
    a, b = i[pair], j[pair]
    taste = rng.normal(0, subject_spread, (subjects, n))
    there = liking + rng.normal(0, scene_spread, (scenes, n))
    gap = there[scene, a] - there[scene, b] + taste[subject, a] - taste[subject, b]
    return VoteColumns(
        tuple(f"s{n}" for n in range(scenes)), _NAMES[:n], tuple(f"p{n}" for n in range(subjects)) if known else None,
        scene, a, b, (rng.random(len(a)) < expit(gap)).astype(float), np.ones(len(a)), subject if known else None,
        np.full(len(a), UNKNOWN),
    )  # fmt: skip


def _strengths(columns: VoteColumns) -> np.ndarray:
    return fit(columns.wins(), columns.conditions).strength


def test_the_table_compares_means_over_scenes_whichever_way_the_measure_is_better() -> None:
    rng = np.random.default_rng(1)
    by_scene, value = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    (found,) = agreement(by_scene, _values(value, higher=False), None)
    x, y = -value.mean(axis=0), by_scene.mean(axis=0)
    for kind, oracle in ((Coefficient.SRCC, spearmanr), (Coefficient.KRCC, kendalltau), (Coefficient.PLCC, pearsonr)):
        assert found.whole.coefficients[kind].value == pytest.approx(oracle(x, y)[0])
    assert found.scenes == 6
    assert found.without_own is None
    assert found.own == ()


def test_beside_it_stands_the_same_without_the_measures_own_network() -> None:
    by_scene = np.tile([5.0, 1, 2, 3, 4], (3, 1))
    value = np.tile([5.0, 4, 3, 2, 1], (3, 1))  # right about its own network alone
    (found,) = agreement(by_scene, _values(value, own=["a"]), None)
    assert found.own == ("a",)
    assert found.without_own is not None
    assert found.whole.coefficients[Coefficient.SRCC].value == pytest.approx(0.0)
    assert found.without_own.conditions == ("b", "c", "d", "e")
    assert found.without_own.coefficients[Coefficient.SRCC].value == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("value", "own", "reason"),
    [
        (np.ones((3, 5)), [], "not defined: all its means are equal"),
        (np.ones((3, 2)), [], "2 conditions left, and a correlation needs 3"),
        (np.arange(9.0).reshape(3, 3), ["a"], "2 conditions left, and a correlation needs 3"),
    ],
)
def test_what_is_not_defined_has_a_reason_instead_of_a_number(value: np.ndarray, own: list[str], reason: str) -> None:
    (found,) = agreement(np.arange(value.size, dtype=float).reshape(value.shape), _values(value, own=own), None)
    compared = found.without_own or found.whole
    assert compared.coefficients == {}
    assert compared.reason == reason


def test_equal_scores_are_no_ranking() -> None:
    (found,) = agreement(np.zeros((3, 3)), _values(np.arange(9.0).reshape(3, 3)), None)
    assert found.whole == Compared(("a", "b", "c"), {}, "not defined: all scores are equal")


def test_conditions_and_scenes_without_values_take_no_part_on_either_side() -> None:
    rng = np.random.default_rng(4)
    by_scene, value = rng.normal(size=(4, 5)), rng.normal(size=(4, 5))
    known = np.ones((4, 5), bool)
    known[:, 4] = False  # never measured
    known[2, 0] = False  # one gap
    (found,) = agreement(by_scene, _values(value, known=known), None)
    assert found.without_value == ("e",)
    assert found.scenes == 3
    kept = [0, 1, 3]
    expected = spearmanr(value[kept, :4].mean(axis=0), by_scene[kept, :4].mean(axis=0))[0]
    assert found.whole.coefficients[Coefficient.SRCC].value == pytest.approx(expected)
    (nothing,) = agreement(by_scene, _values(value, known=np.zeros((4, 5), bool)), None)
    assert nothing.whole.reason == "it has no value in this task"
    assert nothing.scenes == 0


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    rng = np.random.default_rng(8)
    columns = _votes(rng, np.tile([0.8, 0.4, 0.0, -0.4, -0.8], (6, 1)), subjects=5, scene_spread=0.5)
    values = _values(rng.normal(size=(6, 5)))

    def ends(seed: int) -> Compared:
        replicates = two_way(columns, prior=0.1, replicates=100, seed=seed)
        return agreement(_strengths(columns), values, replicates)[0].whole

    assert ends(1) == ends(1) != ends(2)
    found = ends(1).coefficients
    assert all(one.low is not None and one.high is not None and one.low <= one.high for one in found.values())


def test_scenes_and_subjects_are_resampled_and_conditions_are_not() -> None:
    rng, liking = np.random.default_rng(5), np.tile([1.0, 0.5, 0.0, -0.5, -1.0], (8, 1))
    columns = _votes(rng, liking, subjects=8)
    whole = two_way(columns, prior=0.1, replicates=200)
    assert whole.of_subjects
    assert whole.strength.shape == (200, 8, 5)
    assert (whole.times.sum(axis=1) == 8).all()
    assert np.allclose(whole.strength.sum(axis=-1), 0)
    assert not whole.strength[whole.times == 0].any()
    drawn = whole.strength[:, 0][whole.times[:, 0] > 0]
    assert drawn.std(axis=0).min() > 0.05  # subjects
    unknown = two_way(_votes(rng, liking, subjects=8, known=False), prior=0.1, replicates=200)
    assert not unknown.of_subjects
    assert np.ptp(unknown.strength, axis=0).max() == 0
    assert np.ptp(unknown.times) > 0


def test_a_replicate_is_the_fit_of_the_votes_it_drew() -> None:
    rng = np.random.default_rng(6)
    columns = _votes(rng, rng.normal(size=(3, 4)), subjects=4)
    found = two_way(columns, prior=0.1, replicates=5, seed=3)
    again = np.random.default_rng(3)
    again.multinomial(3, np.full(3, 1 / 3), 5)  # the scenes are drawn first
    drawn = again.multinomial(4, np.full(4, 1 / 4), 5)
    assert columns.subject is not None
    for replicate, times in enumerate(drawn):
        kept = columns.where(times[columns.subject] > 0)
        assert kept.subject is not None
        wins = VoteColumns(
            kept.scenes, kept.conditions, kept.subjects, kept.scene, kept.a, kept.b, kept.share,
            times[kept.subject].astype(float), kept.subject, kept.a_on_left,
        ).wins()  # fmt: skip
        strength = fit(wins, columns.conditions).strength
        seen = found.times[replicate] > 0
        assert found.strength[replicate][seen] == pytest.approx(strength[seen], abs=1e-7)


def test_intervals_need_three_scenes_and_maximum_likelihood_is_no_obstacle() -> None:
    rng = np.random.default_rng(7)
    columns = _votes(rng, np.array([[2.0, 0, -2]] * 2), subjects=3)
    (found,) = agreement(
        _strengths(columns), _values(rng.normal(size=(2, 3))), two_way(columns, prior=0, replicates=20)
    )
    assert found.whole.reason == "an interval needs 3 scenes"
    assert found.whole.coefficients[Coefficient.SRCC].low is None


def test_an_interval_is_left_out_where_most_replicates_have_no_ranking() -> None:
    columns = _votes(np.random.default_rng(9), np.array([[2.0, 0, -2]] * 5), subjects=3)
    value = np.ones((5, 3))
    value[0] = [3, 2, 1]  # the only scene that orders them: drawn in two thirds of the replicates
    (found,) = agreement(_strengths(columns), _values(value), two_way(columns, prior=0.1, replicates=200))
    assert found.whole.coefficients[Coefficient.SRCC].low is None
    assert "equal" in found.whole.reason


@pytest.mark.slow  # seed 2026: 4 × 150 studies of 10 scenes × 5 conditions × 10 subjects
@pytest.mark.parametrize(("subject_spread", "scene_spread"), [(0.0, 0.0), (0.5, 0.5), (1.0, 0.5), (0.0, 0.5)])
def test_intervals_hold_what_other_scenes_and_subjects_would_give(subject_spread: float, scene_spread: float) -> None:
    """Truth is the coefficient of the measure's expected means with the marginal scores, from a large simulation."""
    rng = np.random.default_rng(2026)
    liking, means = np.array([0.9, 0.3, 0.1, -0.5, -0.8]), np.array([0.6, 0.8, -0.2, 0.1, -0.7])
    large = _votes(
        rng, np.tile(liking, (300, 1)), subjects=60, subject_spread=subject_spread, scene_spread=scene_spread
    )
    truth = correlations(means, _strengths(large).mean(axis=0))
    held, studies = dict.fromkeys(Coefficient, 0), 150
    for study in range(studies):
        columns = _votes(
            rng, np.tile(liking, (10, 1)), subjects=10, subject_spread=subject_spread, scene_spread=scene_spread
        )
        value = means + rng.normal(0, 0.4, (10, 5))
        replicates = two_way(columns, prior=0.1, replicates=300, seed=study)
        (found,) = agreement(_strengths(columns), _values(value), replicates)
        for kind, one in found.whole.coefficients.items():
            assert one.low is not None
            assert one.high is not None
            held[kind] += one.low - 1e-9 <= truth.value[kind] <= one.high + 1e-9
    print({kind.value: count / studies for kind, count in held.items()})  # noqa: T201
    assert min(held.values()) >= 0.91 * studies  # 95 % less twice the simulation's own error
