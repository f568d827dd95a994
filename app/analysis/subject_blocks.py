"""Where one subject has judged every pair of a scene once: the complete blocks that Kendall's coefficients ask for."""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, IntArray
from app.analysis.vote_columns import VoteColumns


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The complete blocks of one scene.

    Attributes
    ----------
    subject
        Whose each block is, as positions in the names of the votes.
    wins
        ``(blocks, n, n)``: whether the row was preferred to the column, over the ``n`` conditions of the scene.
    """

    scene: str
    conditions: int
    subject: IntArray
    wins: BoolArray


def complete_blocks(votes: VoteColumns) -> tuple[Blocks, ...]:
    """The complete blocks of every scene with three conditions or more; scenes without any have none, and are there.

    A block is complete where the subject has judged every pair of the scene's conditions once, without a tie. The
    scene's conditions are those that anybody has judged there.
    """
    if votes.subject is None:
        return ()
    n = len(votes.conditions)
    plain = votes.where((votes.weight == 1) & (votes.share != 0.5))
    found = []
    for code, scene in enumerate(votes.scenes):
        shown = np.zeros(n, dtype=np.bool_)
        here = votes.scene == code
        shown[votes.a[here]] = shown[votes.b[here]] = True
        if shown.sum() >= 3:
            found.append(_of_scene(plain.where(plain.scene == code), scene, shown))
    return tuple(found)


def _of_scene(votes: VoteColumns, scene: str, shown: BoolArray) -> Blocks:
    size, place = int(shown.sum()), np.cumsum(shown) - 1
    assert votes.subject is not None
    subjects, at, answers = np.unique(votes.subject, return_inverse=True, return_counts=True)
    whole = answers == size * (size - 1) // 2  # more are repeats of a pair, and then one says nothing of the others
    rows = np.flatnonzero(whole[at])
    block = (np.cumsum(whole) - 1)[at[rows]]
    first = votes.share[rows] == 1
    winner = place[np.where(first, votes.a[rows], votes.b[rows])]
    loser = place[np.where(first, votes.b[rows], votes.a[rows])]
    wins = np.zeros((int(whole.sum()), size, size), dtype=np.bool_)
    wins[block, winner, loser] = True
    once = (wins ^ wins.swapaxes(1, 2)).sum(axis=(1, 2)) == size * (size - 1)
    return Blocks(scene, size, subjects[whole][once], wins[once])
