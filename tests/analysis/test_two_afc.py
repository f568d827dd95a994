"""The score of a measure on voted pairs, and how far people get: without bias, and without the plug-in's."""

from itertools import product
from math import comb

import numpy as np
import pytest

from app.analysis.measure_values import MeasureValues
from app.analysis.two_afc import mean_over_pairs, scores, voted_pairs
from app.analysis.vote_columns import UNKNOWN, VoteColumns


def _columns(
    scene: list[int], a: list[int], b: list[int], share: list[float], *,
    subject: list[int] | None = None, weight: list[float] | None = None,
) -> VoteColumns:  # fmt: skip
    rows = len(scene)
    return VoteColumns(
        scenes=tuple(f"s{n}" for n in range(max(scene) + 1)), conditions=("x", "y", "z"),
        subjects=None if subject is None else tuple(f"p{n}" for n in range(max(subject) + 1)),
        scene=np.array(scene), a=np.array(a), b=np.array(b), share=np.array(share, dtype=float),
        weight=np.ones(rows) if weight is None else np.array(weight, dtype=float),
        subject=None if subject is None else np.array(subject), a_on_left=np.full(rows, UNKNOWN),
    )  # fmt: skip


def _one_pair(answers: list[float], *, subjects: bool = True) -> VoteColumns:
    rows = len(answers)
    return _columns([0] * rows, [0] * rows, [1] * rows, answers, subject=list(range(rows)) if subjects else None)


def _values(values: list[list[float]], *, higher: bool = True) -> MeasureValues:
    array = np.array([values], dtype=float)
    return MeasureValues(
        ("m",), tuple(f"s{n}" for n in range(len(values))), ("x", "y", "z"), array, np.ones(array.shape, bool),
        np.array([higher]), np.zeros((1, 3), bool),
    )  # fmt: skip


def test_a_measure_scores_the_share_of_subjects_it_agrees_with_and_a_half_where_it_is_undecided() -> None:
    pairs = voted_pairs(_columns([0, 0, 0, 0, 0, 1], [0, 0, 1, 0, 2, 0], [1, 1, 0, 2, 0, 1], [1, 1, 0, 0, 0, 1]))
    assert list(zip(pairs.scene, pairs.a, pairs.b, pairs.votes, pairs.share, strict=True)) == [
        (0, 0, 1, 3, 1.0), (0, 0, 2, 2, 0.5), (1, 0, 1, 1, 1.0),
    ]  # fmt: skip
    found, known = scores(pairs, _values([[3, 1, 3], [1, 2, 3]]))
    assert found.tolist() == [[1.0, 0.5, 0.0]]
    assert known.all()
    assert scores(pairs, _values([[3, 1, 3], [1, 2, 3]], higher=False))[0].tolist() == [[0.0, 0.5, 1.0]]


def test_the_score_is_that_of_the_published_program() -> None:
    rng = np.random.default_rng(2)
    d0, d1 = rng.integers(0, 3, (2, 40)).astype(float)  # distances, ties among them
    judge = rng.integers(0, 6, 40) / 5  # the share that prefers the second
    rows = [(s, share) for s, p in enumerate(judge) for share in [1.0] * round(5 - 5 * p) + [0.0] * round(5 * p)]
    columns = _columns([s for s, _ in rows], [0] * len(rows), [1] * len(rows), [share for _, share in rows])
    published = (d0 < d1) * (1 - judge) + (d1 < d0) * judge + (d1 == d0) * 0.5
    values = _values([[one, two, 0.0] for one, two in zip(d0, d1, strict=True)], higher=False)
    assert scores(voted_pairs(columns), values)[0][0] == pytest.approx(published)


def _expected(p: float, votes: int) -> tuple[float, float, float, float]:
    """Exact expectations over all outcomes: one person, the others' majority, and the two plug-ins."""
    total = np.zeros(4)
    for wins in range(votes + 1):
        found = voted_pairs(_one_pair([1.0] * wins + [0.0] * (votes - wins)))
        share = wins / votes
        told = (found.one_person[0], found.majority[0], max(share, 1 - share), share**2 + (1 - share) ** 2)
        total += comb(votes, wins) * p**wins * (1 - p) ** (votes - wins) * np.array(told)
    return float(total[0]), float(total[1]), float(total[2]), float(total[3])


@pytest.mark.parametrize(("p", "votes"), list(product((0.5, 0.65, 0.9, 1.0), (2, 3, 5, 8))))
def test_one_person_is_estimated_without_bias_and_the_majority_never_above_its_ceiling(p: float, votes: int) -> None:
    one_person, majority, ceiling_plugged_in, person_plugged_in = _expected(p, votes)
    assert one_person == pytest.approx(p**2 + (1 - p) ** 2, abs=1e-12)
    others = votes - 1
    wins = np.arange(others + 1)
    chance = np.array([comb(others, int(k)) * p**k * (1 - p) ** (others - k) for k in wins])
    right = p * (chance[2 * wins > others].sum()) + (1 - p) * chance[2 * wins < others].sum()
    assert majority == pytest.approx(right + 0.5 * chance[2 * wins == others].sum(), abs=1e-12)
    assert majority <= max(p, 1 - p) + 1e-12 < ceiling_plugged_in + 2e-12
    assert person_plugged_in >= one_person - 1e-12


def test_the_plug_ins_have_the_bias_that_the_estimates_lack() -> None:
    one_person, majority, ceiling_plugged_in, person_plugged_in = _expected(0.5, 5)
    assert (one_person, majority) == (pytest.approx(0.5), pytest.approx(0.5))
    assert (ceiling_plugged_in, person_plugged_in) == (pytest.approx(0.6875), pytest.approx(0.6))


def test_a_simulated_study_in_which_nobody_prefers_anything_has_no_agreement_beyond_chance() -> None:
    rng, pairs, votes = np.random.default_rng(11), 4000, 5
    scene, subject = np.repeat(np.arange(pairs), votes), np.tile(np.arange(votes), pairs)
    share = rng.integers(0, 2, pairs * votes).astype(float)
    a, b = [0] * len(scene), [1] * len(scene)
    found = voted_pairs(_columns(scene.tolist(), a, b, share.tolist(), subject=subject.tolist()))
    assert found.one_person.mean() == pytest.approx(0.5, abs=0.01)
    assert found.majority.mean() == pytest.approx(0.5, abs=0.01)
    assert np.maximum(found.share, 1 - found.share).mean() == pytest.approx(0.6875, abs=0.01)


def test_votes_of_one_subject_are_never_compared_with_each_other() -> None:
    heavy = voted_pairs(_columns([0, 0], [0, 0], [1, 1], [1, 0], subject=[0, 1], weight=[4, 1]))
    assert heavy.several.all()
    assert heavy.one_person[0] == 0
    alone = voted_pairs(_columns([0], [0], [1], [1], subject=[0], weight=[5]))
    assert not alone.several[0]
    assert alone.one_person[0] == alone.majority[0] == 0
    counts = voted_pairs(_columns([0, 0], [0, 0], [1, 1], [1, 0], weight=[4, 1]))  # a file of counts: five people
    assert counts.one_person[0] == pytest.approx(12 / 20)


def test_counts_and_single_votes_of_unknown_subjects_are_the_same() -> None:
    single = voted_pairs(_one_pair([1, 1, 1, 0, 0.5], subjects=False))
    counts = voted_pairs(_columns([0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 0.5], weight=[3, 1, 1]))
    assert counts.one_person == pytest.approx(single.one_person)
    assert counts.majority == pytest.approx(single.majority)
    assert counts.votes.tolist() == single.votes.tolist() == [5]


def test_the_interval_takes_the_pairs_of_a_scene_as_one() -> None:
    by_scene = np.array([0.2, 0.6, 0.4, 0.9])
    found = mean_over_pairs(np.repeat(by_scene, 10), np.repeat(np.arange(4), 10), 0.95)
    assert found
    assert found.low is not None
    assert found.high is not None
    error = by_scene.std(ddof=1) / 2
    assert found.high == 1.0
    assert found.value - found.low == pytest.approx(3.182446 * error, rel=1e-6)
    assert (found.pairs, found.scenes) == (40, 4)


def test_intervals_need_three_scenes_and_some_spread() -> None:
    assert mean_over_pairs(np.array([]), [], 0.95) is None
    two = mean_over_pairs(np.array([0.0, 1.0]), ["s", "t"], 0.95)
    assert two
    assert two.low is None
    assert "3 scenes" in two.reason
    same = mean_over_pairs(np.full(6, 0.5), list("ssttuu"), 0.95)
    assert same
    assert same.low is None
    assert "same in all" in same.reason
