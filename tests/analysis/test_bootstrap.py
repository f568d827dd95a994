"""Replicates with other subjects."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.bootstrap import SubjectBootstrap, subject_bootstrap
from app.analysis.bradley_terry import fit
from app.analysis.clustered import spreads
from app.analysis.intervals import Interval
from app.analysis.vote_columns import VoteColumns, from_wins
from tests.analysis.test_clustered import study


def _drawn(columns: VoteColumns, **more: int) -> SubjectBootstrap:
    found = subject_bootstrap(columns, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_replicate_is_the_fit_of_the_votes_of_the_drawn_subjects() -> None:
    columns = study(subjects=5)
    rng = np.random.default_rng(7)
    times = rng.multinomial(5, np.full(5, 0.2), 4)
    found = _drawn(columns, replicates=4, seed=7)
    for row, one in zip(times, found.scores, strict=True):
        weighted = replace(columns, weight=columns.weight * row[columns.subject])
        np.testing.assert_allclose(fit(weighted.wins(), columns.conditions).strength.mean(axis=0), one, atol=1e-7)


def test_replicates_spread_as_the_intervals_of_any_subjects_do() -> None:
    columns = study(subjects=20)
    errors = spreads(fit(columns.wins(), columns.conditions), columns).of(Interval.SUBJECTS).stderr
    np.testing.assert_allclose(_drawn(columns).scores.std(axis=0), errors, rtol=0.15)


def test_the_seed_decides_and_neither_the_order_of_votes_nor_that_of_subjects_does() -> None:
    columns = study()
    assert columns.subject is not None
    order = np.random.default_rng(5).permutation(len(columns))
    shuffled = replace(
        columns, scene=columns.scene[order], a=columns.b[order], b=columns.a[order], share=1 - columns.share[order],
        weight=columns.weight[order], subject=7 - columns.subject[order],
        subjects=tuple(reversed(columns.subjects or ())),
    )  # fmt: skip
    one, other = _drawn(columns, replicates=20), _drawn(shuffled, replicates=20)
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-7)
    assert not np.allclose(one.scores, _drawn(columns, replicates=20, seed=1).scores)


def test_ranks_and_chances_are_those_of_the_replicates() -> None:
    scores = np.array([[3.0, 2.0, 1.0]] * 90 + [[1.0, 2.0, 2.0]] * 10)
    found = SubjectBootstrap(scores, 100, 0)
    np.testing.assert_allclose(found.p_best, [0.9, 0.05, 0.05])
    np.testing.assert_allclose(found.p_beats, [[0.5, 0.9, 0.9], [0.1, 0.5, 0.95], [0.1, 0.05, 0.5]])
    low, high = found.ranks(0.95)
    assert (low.tolist(), high.tolist()) == ([1, 1, 1], [3, 2, 3])
    low, high = found.ranks(0.5)
    assert (low.tolist(), high.tolist()) == ([1, 2, 3], [1, 2, 3])


def test_chances_of_a_pair_add_up_to_one() -> None:
    found = _drawn(study(), replicates=50)
    np.testing.assert_allclose(found.p_beats + found.p_beats.T, 1)
    assert found.p_best.sum() == pytest.approx(1)


def test_a_scene_that_lacks_a_condition_takes_no_part_in_that_replicate() -> None:
    columns = study(scenes=2, subjects=3, conditions=3)
    # only the first subject judged condition 2 in scene 0: without them, scene 1 decides alone
    lacking = columns.where(
        (columns.scene != 0) | (columns.subject == 0) | ((columns.a != 2) & (columns.b != 2))
    )  # fmt: skip
    times = np.random.default_rng(3).multinomial(3, np.full(3, 1 / 3), 30)
    found = _drawn(lacking, replicates=30, seed=3)
    without = times[:, 0] == 0
    assert without.any()
    assert lacking.subject is not None
    for row, one in zip(times[without], found.scores[without], strict=True):
        weighted = replace(lacking, weight=lacking.weight * row[lacking.subject])
        np.testing.assert_allclose(fit(weighted.wins()[1], columns.conditions).strength, one, atol=1e-7)


def test_replicates_that_no_scene_can_score_are_counted() -> None:
    columns = study(scenes=1, subjects=3, conditions=3, votes=60)
    found = _drawn(columns.where((columns.subject == 0) | ((columns.a != 2) & (columns.b != 2))), replicates=60)
    assert 0 < len(found.scores) < found.asked == 60


def test_without_subjects_or_with_two_there_are_no_replicates() -> None:
    assert subject_bootstrap(from_wins(np.ones((3, 2, 2)) - np.eye(2), "xyz", "ab")) is None
    assert subject_bootstrap(study(subjects=2)) is None
