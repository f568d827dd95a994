"""Covariances clustered by subject and by scene, against what reweighting does and against hand calculation."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from app.analysis.bradley_terry import fit
from app.analysis.clustered import Spreads, spreads
from app.analysis.intervals import Interval, intervals
from app.analysis.vote_columns import VoteColumns, from_wins


def study(seed: int = 1, scenes: int = 6, subjects: int = 8, conditions: int = 4, votes: int = 30) -> VoteColumns:
    """Random votes; subjects and scenes have a taste of their own."""
    rng = np.random.default_rng(seed)
    size = scenes * subjects * votes
    scene, subject = np.divmod(np.arange(size) // votes, subjects)
    a = rng.integers(conditions, size=size)
    b = (a + rng.integers(1, conditions, size)) % conditions
    liking = np.linspace(0.6, -0.6, conditions) + rng.normal(0, 0.4, (scenes, 1, conditions))
    liking = liking + rng.normal(0, 0.5, (1, subjects, conditions))
    chance = expit(liking[scene, subject, a] - liking[scene, subject, b])
    return VoteColumns(
        scenes=tuple(f"s{i}" for i in range(scenes)), conditions=tuple(f"c{i}" for i in range(conditions)),
        subjects=tuple(f"o{i}" for i in range(subjects)), scene=scene, a=a, b=b,
        share=(rng.random(size) < chance).astype(float), weight=np.ones(size), subject=subject,
        a_on_left=np.full(size, -1),
    )  # fmt: skip


def _spreads(columns: VoteColumns, prior: float = 0.1) -> Spreads:
    return spreads(fit(columns.wins(), columns.conditions, prior=prior), columns)


@pytest.mark.parametrize("prior", [0.0, 0.1])
def test_the_subjects_part_is_what_leaving_each_subject_out_would_give(prior: float) -> None:
    columns = study(subjects=25, votes=60)
    subjects = len(columns.subjects or ())

    def score(kept: VoteColumns, prior: float) -> np.ndarray:
        return fit(kept.wins(), kept.conditions, prior=prior).strength.mean(axis=0)

    # the jackknife: each subject takes along a share of the prior
    without = np.array([
        score(columns.where(columns.subject != one), prior * (1 - 1 / subjects)) for one in range(subjects)
    ])  # fmt: skip
    gaps = without - without.mean(axis=0)
    jackknife = (subjects - 1) / subjects * gaps.T @ gaps
    np.testing.assert_allclose(
        _spreads(columns, prior).of(Interval.SUBJECTS).covariance, jackknife, rtol=0.12, atol=0.03 * jackknife.max()
    )


def test_the_parts_add_up_to_the_two_way_variance_and_it_is_never_below_either() -> None:
    found = _spreads(study())
    assert found.by_subject is not None
    assert found.by_scene is not None
    assert found.by_cell is not None
    raw = np.diagonal(found.by_subject + found.by_scene - found.by_cell)
    least = np.maximum(np.diagonal(found.by_subject), np.diagonal(found.by_scene))
    np.testing.assert_allclose(np.diagonal(found.of(Interval.TWO_WAY).covariance), np.maximum(raw, least))


@pytest.mark.parametrize("seed", range(20))
def test_the_two_way_covariance_is_one_also_where_the_sum_is_not(seed: int) -> None:
    columns = study(seed, scenes=3, subjects=3, votes=3)
    found = _spreads(columns)
    spread = found.of(Interval.TWO_WAY)
    assert np.linalg.eigvalsh(spread.covariance).min() > -1e-12
    contrasts = np.array([[1.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, -1.0]])
    errors = found.of(Interval.TWO_WAY, contrasts).stderr
    for kind in (Interval.SUBJECTS, Interval.SCENES):
        assert (spread.stderr >= found.of(kind).stderr - 1e-12).all()
        assert (errors >= found.of(kind, contrasts).stderr - 1e-12).all()


def test_each_subject_in_one_scene_leaves_the_spread_between_scenes() -> None:
    columns = study(scenes=6, subjects=6)
    alone = replace(columns, subject=columns.subject + 6 * columns.scene)
    found = _spreads(replace(alone, subjects=tuple(map(str, range(36)))))
    np.testing.assert_allclose(found.by_cell, found.by_subject)
    np.testing.assert_allclose(found.of(Interval.TWO_WAY).stderr, found.of(Interval.SCENES).stderr)


def test_degrees_of_freedom_are_those_of_the_fewer_clusters() -> None:
    assert _spreads(study(scenes=6, subjects=8)).of(Interval.TWO_WAY).df == 5
    found = _spreads(study(scenes=6, subjects=4))
    assert [found.of(kind).df for kind in Interval] == [3, 3, 5, None, None]


def test_the_vote_sandwich_is_fishers_where_the_model_holds_and_a_weight_repeats_its_vote() -> None:
    rng = np.random.default_rng(2)
    n, votes = 4, 4000
    liking = np.linspace(0.5, -0.5, n)
    won = rng.binomial(votes, expit(liking[:, None] - liking[None, :]), (5, n, n))
    wins = np.where(np.triu(np.ones((n, n)), 1), won, 0.0)
    wins += np.where(np.tril(np.ones((n, n)), -1), votes - won.swapaxes(1, 2), 0.0)
    found = _spreads(from_wins(wins, "vwxyz", "abcd"), prior=0)
    np.testing.assert_allclose(found.of(Interval.VOTES).stderr, found.of(Interval.FISHER).stderr, rtol=0.02)
    assert found.kinds == (Interval.SCENES, Interval.VOTES, Interval.FISHER)
    doubled = _spreads(from_wins(2 * wins, "vwxyz", "abcd"), prior=0)
    for kind in (Interval.VOTES, Interval.FISHER):
        np.testing.assert_allclose(doubled.of(kind).stderr * np.sqrt(2), found.of(kind).stderr)


def test_order_of_rows_and_names_of_subjects_change_nothing() -> None:
    columns = study()
    assert columns.subject is not None
    order = np.random.default_rng(5).permutation(len(columns))
    shuffled = replace(
        columns, scene=columns.scene[order], a=columns.b[order], b=columns.a[order], share=1 - columns.share[order],
        weight=columns.weight[order], subject=7 - columns.subject[order],
    )  # fmt: skip
    for kind in Interval:
        np.testing.assert_allclose(_spreads(shuffled).of(kind).covariance, _spreads(columns).of(kind).covariance)


@pytest.mark.parametrize(
    ("scenes", "subjects", "shown"),
    [(2, 3, Interval.SUBJECTS), (3, 2, Interval.SCENES), (2, 2, None), (3, 3, Interval.TWO_WAY)],
)
def test_two_way_gives_way_to_the_half_that_there_is(scenes: int, subjects: int, shown: Interval | None) -> None:
    found = _spreads(study(scenes=scenes, subjects=subjects))
    assert found.instead_of(Interval.TWO_WAY) is shown
    assert found.instead_of(Interval.FISHER) is Interval.FISHER
    assert found.instead_of(Interval.SCENES) is (Interval.SCENES if scenes == 3 else None)


def test_subjects_who_all_judge_alike_say_nothing_about_other_subjects() -> None:
    columns = study(subjects=1)
    assert columns.subject is not None
    thrice = [replace(columns, subject=columns.subject + one) for one in range(3)]
    names = ("scene", "a", "b", "share", "weight", "subject", "a_on_left")
    together = {name: np.concatenate([getattr(one, name) for one in thrice]) for name in names}
    found = _spreads(replace(columns, subjects=("x", "y", "z"), **together))
    for kind in (Interval.SUBJECTS, Interval.TWO_WAY):
        assert not intervals(np.zeros(4), found.of(kind)).known.any()
    assert intervals(np.zeros(4), found.of(Interval.SCENES)).known.all()
