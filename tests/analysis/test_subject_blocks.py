"""Complete blocks: where one subject has judged every pair of a scene once."""

from itertools import combinations

import numpy as np

from app.analysis.subject_blocks import Blocks, complete_blocks
from app.analysis.vote_columns import UNKNOWN, VoteColumns

_Row = tuple[int, int, int, int, float]  # scene, a, b, subject, share of the win for a


def _votes(rows: list[_Row], conditions: int = 4, scenes: int = 2, subjects: int = 3) -> VoteColumns:
    scene, a, b, subject, share = (np.array(part) for part in zip(*rows, strict=True))
    return VoteColumns(
        tuple(f"s{k}" for k in range(scenes)), tuple("abcdefgh"[:conditions]), tuple("xyz"[:subjects]), scene, a, b,
        share.astype(float), np.ones(len(rows)), subject, np.full(len(rows), UNKNOWN),
    )  # fmt: skip


def _block(scene: int, subject: int, conditions: tuple[int, ...] = (0, 1, 2)) -> list[_Row]:
    """The lower number wins; every other pair is named the other way round."""
    pairs = combinations(conditions, 2)
    return [
        (scene, b, a, subject, 0.0) if k % 2 else (scene, a, b, subject, 1.0) for k, (a, b) in enumerate(pairs)
    ]  # fmt: skip


def _first(rows: list[_Row], **sizes: int) -> Blocks:
    return complete_blocks(_votes(rows, **sizes))[0]


def test_a_whole_block_is_found_with_its_wins_whichever_way_pairs_are_named() -> None:
    found = _first([*_block(0, 1), *_block(0, 2)])
    assert found.subject.tolist() == [1, 2]
    assert found.wins.tolist() == [np.triu(np.ones((3, 3), dtype=bool), 1).tolist()] * 2


def test_a_condition_that_only_others_saw_there_makes_a_block_incomplete() -> None:
    found = _first([*_block(0, 1), (0, 0, 3, 2, 1.0)])
    assert found.conditions == 4
    assert found.subject.size == 0


def test_a_condition_of_other_scenes_alone_does_not() -> None:
    one, other = complete_blocks(_votes([*_block(0, 1), *_block(1, 2, (1, 2, 3))]))
    assert (one.scene, one.conditions, one.subject.tolist()) == ("s0", 3, [1])
    assert (other.scene, other.conditions, other.subject.tolist()) == ("s1", 3, [2])


def test_a_missing_pair_a_tie_and_a_pair_twice_for_another_make_a_block_incomplete() -> None:
    whole = _block(0, 0)
    assert _first([*whole, *_block(0, 1)[:2]]).subject.tolist() == [0]
    assert _first([*whole, *_block(0, 1)[:2], (0, 1, 2, 1, 0.5)]).subject.tolist() == [0]
    assert _first([*whole, *_block(0, 1)[:2], _block(0, 1)[0]]).subject.tolist() == [0]


def test_two_conditions_have_no_triads_and_are_left_out() -> None:
    assert complete_blocks(_votes([(0, 0, 1, 0, 1.0)])) == ()


def test_without_subjects_there_are_no_blocks() -> None:
    votes = _votes(_block(0, 0))
    nobody = VoteColumns(
        votes.scenes, votes.conditions, None, votes.scene, votes.a, votes.b, votes.share, votes.weight, None,
        votes.a_on_left,
    )  # fmt: skip
    assert complete_blocks(nobody) == ()
