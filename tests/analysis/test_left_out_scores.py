"""What everybody else's scores say about a subject's answers."""

import numpy as np
import pytest

from app.analysis.bradley_terry import fit
from app.analysis.left_out_scores import differences
from app.analysis.vote_columns import UNKNOWN, VoteColumns
from tests.analysis.panel import panel


def _panel(seed: int = 1) -> VoteColumns:
    return panel(np.random.default_rng(seed), 60, subjects=5, scenes=3, conditions=4).votes


def test_each_vote_is_held_against_a_fit_without_its_subject() -> None:
    votes = _panel()
    assert votes.subject is not None
    found = differences(votes)
    for who in range(5):
        others = fit(votes.where(votes.subject != who).wins(), votes.conditions).strength
        own = np.flatnonzero(votes.subject == who)
        scene, a, b = votes.scene[own], votes.a[own], votes.b[own]
        assert found[own] == pytest.approx(others[scene, a] - others[scene, b], abs=1e-9)


def test_votes_that_do_not_count_are_held_against_scores_that_they_do_not_make() -> None:
    votes = _panel()
    assert votes.subject is not None
    out = votes.subject == 2
    found = differences(votes, ~out)
    without = differences(votes.where(~out))
    assert found[~out] == pytest.approx(without, abs=1e-9)
    scores = fit(votes.where(~out).wins(), votes.conditions).strength
    held = scores[votes.scene[out], votes.a[out]] - scores[votes.scene[out], votes.b[out]]
    assert found[out] == pytest.approx(held, abs=1e-9)


def test_fits_in_several_passes_are_the_same_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = _panel()
    whole = differences(votes)
    monkeypatch.setattr("app.analysis.left_out_scores._CELLS", 40)
    assert differences(votes) == pytest.approx(whole, abs=1e-9)


def test_nobody_else_leaves_no_difference() -> None:
    votes = _panel()
    assert votes.subject is not None
    assert not differences(votes.where(votes.subject == 0)).any()


def test_the_order_of_rows_and_the_side_a_pair_is_named_from_change_nothing() -> None:
    votes = _panel()
    found = differences(votes)
    order = np.random.default_rng(3).permutation(len(votes))
    rows = np.zeros(len(votes), dtype=bool)
    rows[order] = True
    shuffled = VoteColumns(
        votes.scenes, votes.conditions, votes.subjects, votes.scene[order], votes.b[order], votes.a[order],
        1 - votes.share[order], votes.weight[order], None if votes.subject is None else votes.subject[order],
        np.full(len(votes), UNKNOWN),
    )  # fmt: skip
    assert differences(shuffled) == pytest.approx(-found[order], abs=1e-9)


def test_votes_without_subjects_or_no_votes_have_no_difference() -> None:
    votes = _panel()
    nobody = VoteColumns(
        votes.scenes, votes.conditions, None, votes.scene, votes.a, votes.b, votes.share, votes.weight, None,
        votes.a_on_left,
    )  # fmt: skip
    assert not differences(nobody).any()
    assert differences(votes.where(np.zeros(len(votes), dtype=bool))).shape == (0,)


def test_many_conditions_are_compared_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = _panel()
    few = differences(votes)
    monkeypatch.setattr("app.analysis.bradley_terry._SMALL", 3)
    assert differences(votes) == pytest.approx(few, abs=2e-9)
