"""Counts by subject, and that a seed draws the same subjects wherever their numbers come from."""

from dataclasses import replace

import numpy as np

from app.analysis.split_half import split_half
from app.analysis.subject_counts import subject_counts, subject_places
from app.analysis.two_way import two_way
from app.analysis.vote_columns import VoteColumns
from tests.analysis.test_clustered import study


def _numbered_otherwise(columns: VoteColumns) -> VoteColumns:
    assert columns.subject is not None
    assert columns.subjects is not None
    names = tuple(reversed(columns.subjects))
    return replace(columns, subject=len(names) - 1 - columns.subject, subjects=names)


def test_the_rows_of_all_subjects_add_up_to_the_wins() -> None:
    columns = study()
    won, lost = (np.asarray(one.sum(axis=0)).ravel() for one in subject_counts(columns, *subject_places(columns)))
    n, wins = len(columns.conditions), columns.wins()
    first, second = np.triu_indices(n, 1)
    np.testing.assert_allclose(won, wins[:, first, second].ravel())
    np.testing.assert_allclose(lost, wins[:, second, first].ravel())


def test_a_database_and_a_file_that_number_subjects_otherwise_have_the_same_replicates_and_halves() -> None:
    columns = study()
    other = _numbered_otherwise(columns)
    one, again = two_way(columns, prior=0.1, replicates=5), two_way(other, prior=0.1, replicates=5)
    np.testing.assert_allclose(again.strength, one.strength, atol=1e-7)
    here, there = split_half(columns, 1, splits=5), split_half(other, 1, splits=5)
    assert here is not None
    assert there is not None
    np.testing.assert_allclose(there.pearson, here.pearson, atol=1e-7)


def test_where_nobody_says_who_answered_all_votes_are_one_subjects() -> None:
    subject, people = subject_places(replace(study(), subject=None, subjects=None))
    assert (people, set(subject.tolist())) == (1, {0})
