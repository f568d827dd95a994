"""Split-half agreement of the subjects."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from app.analysis.scores import task_scores
from app.analysis.split_half import split_half, stepped_up
from app.analysis.vote_columns import VoteColumns
from tests.analysis.panel import panel


def _votes(*planted: str, votes: int = 100, seed: int = 4) -> VoteColumns:
    return panel(np.random.default_rng(seed), votes, planted, subjects=12, scenes=6, conditions=6).votes


def test_honest_subjects_agree_and_random_ones_do_not() -> None:
    honest, random = split_half(_votes(), 1, splits=40), split_half(_votes(*["random"] * 12), 1, splits=40)
    assert honest is not None
    assert random is not None
    assert honest.spearman > 0.9
    assert random.spearman < 0.5
    assert random.pearson < honest.pearson
    assert honest.spearman_low <= honest.spearman <= honest.spearman_high


def test_the_same_seed_gives_the_same_splits_and_another_seed_others() -> None:
    votes = _votes("random", "inverted", votes=40)
    assert split_half(votes, 1, splits=10) == split_half(votes, 1, splits=10)
    assert split_half(votes, 1, splits=10) != split_half(votes, 2, splits=10)


def test_many_passes_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = _votes(votes=40)
    whole = split_half(votes, 3, splits=7)
    monkeypatch.setattr("app.analysis.split_half._CELLS", 2 * 6 * 36)
    assert whole is not None
    found = split_half(votes, 3, splits=7)
    assert found is not None
    assert astuple(found) == pytest.approx(astuple(whole), abs=1e-9)  # other fits share a pass: their last digits


def test_each_half_has_the_scores_that_its_own_votes_give(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = _votes(votes=40)
    assert votes.subject is not None
    found = split_half(votes, 8, splits=1)
    mine = np.random.default_rng(8).permutation(12) < 6
    one, other = (
        task_scores(votes.where(rows).wins(), votes.scenes, votes.conditions).mean
        for rows in (mine[votes.subject], ~mine[votes.subject])
    )
    assert found is not None
    assert found.pearson == pytest.approx(np.corrcoef(one, other)[0, 1], abs=1e-9)


def test_halves_of_half_the_votes_are_stepped_up_to_what_two_whole_studies_correlate() -> None:
    """Two panels of twelve correlate as one panel's halves of six do after Spearman and Brown's step."""
    rng = np.random.default_rng(12)
    stepped, between = [], []
    for _ in range(30):
        both = panel(rng, 60, subjects=24, scenes=4, conditions=6).votes
        assert both.subject is not None
        mine = rng.permutation(24) < 12
        halves = [both.where(rows) for rows in (mine[both.subject], ~mine[both.subject])]
        one, other = (task_scores(votes.wins(), votes.scenes, votes.conditions).mean for votes in halves)
        between.append(np.corrcoef(one, other)[0, 1])
        found = split_half(halves[0], 1, splits=20)
        assert found is not None
        stepped.append(found.pearson_corrected)
    assert np.mean(stepped) == pytest.approx(np.mean(between), abs=0.01)


@pytest.mark.parametrize(("plain", "corrected"), [(0.5, 2 / 3), (1.0, 1.0), (0.0, 0.0), (-0.4, -0.4)])
def test_spearman_and_brown_step_up_what_is_positive(plain: float, corrected: float) -> None:
    assert stepped_up(plain) == pytest.approx(corrected)


def test_three_subjects_have_no_halves() -> None:
    votes = _votes()
    assert votes.subject is not None
    assert split_half(votes.where(votes.subject < 3), 1) is None
    assert split_half(replace(votes, subject=None), 1) is None


def test_scores_that_do_not_vary_have_no_correlation() -> None:
    votes = _votes()
    assert split_half(replace(votes, share=np.full(len(votes), 0.5)), 1, splits=5) is None
