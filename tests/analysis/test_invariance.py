"""What must not matter: names, the order of rows, which condition is named first, and votes written as weights."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import fit
from app.analysis.scores import TaskScores, task_scores
from app.analysis.vote_columns import VoteColumns

seeds = st.integers(0, 2**32 - 1)


def _votes(seed: int) -> VoteColumns:
    """Three scenes, four conditions, every pair judged in every scene, some ties, weights that are no whole numbers."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(4, 1)
    scene, pair, _ = (np.ravel(one) for one in np.indices((3, 6, 3)))
    return VoteColumns(
        scenes=("s", "t", "u"), conditions=tuple("wxyz"), subjects=tuple("123"), scene=scene, a=first[pair],
        b=second[pair], share=rng.choice([0.0, 0.5, 1.0], len(scene)), weight=rng.choice([1.0, 0.25, 3.0], len(scene)),
        subject=np.arange(len(scene)) % 3, a_on_left=rng.integers(0, 2, len(scene)),
    )  # fmt: skip


def _rows(votes: VoteColumns, rows: np.ndarray) -> VoteColumns:
    return replace(
        votes, scene=votes.scene[rows], a=votes.a[rows], b=votes.b[rows], share=votes.share[rows],
        weight=votes.weight[rows], subject=None if votes.subject is None else votes.subject[rows],
        a_on_left=votes.a_on_left[rows],
    )  # fmt: skip


def _scored(votes: VoteColumns, davidson: bool) -> TaskScores:
    tied = votes.ties() if davidson else None
    return task_scores(votes.wins(), votes.scenes, votes.conditions, tied=tied)


def _same(one: TaskScores, other: TaskScores, order: FloatArray | None = None) -> None:
    places = np.arange(len(one.conditions)) if order is None else order
    for name in ("mean", "jod", "by_scene", "stderr_by_scene"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name)[..., places], atol=1e-8)


@pytest.mark.parametrize("davidson", [False, True])
@given(seed=seeds)
@settings(max_examples=25)
def test_scores_do_not_depend_on_how_votes_are_written(davidson: bool, seed: int) -> None:
    votes, rng = _votes(seed), np.random.default_rng(seed)
    plain = _scored(votes, davidson)
    assert abs(plain.mean.sum()) < 1e-9
    assert abs(plain.jod.sum()) < 1e-9
    _same(plain, _scored(_rows(votes, rng.permutation(len(votes))), davidson))
    turned = rng.random(len(votes)) < 0.5
    _same(plain, _scored(replace(
        votes, a=np.where(turned, votes.b, votes.a), b=np.where(turned, votes.a, votes.b),
        share=np.where(turned, 1 - votes.share, votes.share),
    ), davidson))  # fmt: skip
    split = _rows(votes, np.repeat(np.arange(len(votes)), 4))
    _same(plain, _scored(replace(split, weight=split.weight / 4), davidson))
    order = rng.permutation(4)
    places = np.argsort(order)
    renamed = replace(votes, conditions=tuple(votes.conditions[i] for i in order), a=places[votes.a], b=places[votes.b])
    _same(plain, _scored(renamed, davidson), order)


@given(seed=seeds)
@settings(max_examples=25)
def test_a_tie_is_half_a_win_for_both(seed: int) -> None:
    votes = _votes(seed)
    tied = votes.share == 0.5
    halves = _rows(votes, np.concatenate([np.arange(len(votes)), np.flatnonzero(tied)]))
    share = halves.share.copy()
    share[: len(votes)][tied], share[len(votes) :] = 1.0, 0.0
    weight = np.where(halves.share == 0.5, halves.weight / 2, halves.weight)
    _same(_scored(votes, False), _scored(replace(halves, share=share, weight=weight), False))


@given(seed=seeds, times=st.sampled_from([2, 4, 9]))
@settings(max_examples=25)
def test_fishers_errors_shrink_with_the_root_of_the_votes(seed: int, times: int) -> None:
    rng = np.random.default_rng(seed)
    wins = rng.integers(1, 9, (5, 5)) * (1.0 - np.eye(5))
    once, more = fit(wins, "abcde", prior=0), fit(times * wins, "abcde", prior=0)
    np.testing.assert_allclose(once.strength, more.strength, atol=1e-9)
    np.testing.assert_allclose(once.stderr / more.stderr, np.sqrt(times), rtol=1e-7)
