"""Conditions that a test cannot tell apart, as letters and as boxes.

"Cannot be told apart" is not transitive: *a* may be indistinguishable from *b*, and *b* from *c*, while *a* and *c*
differ. Letters say this exactly: two conditions share a letter if, and only if, they cannot be told apart. Boxes are
the usual drawing beside a ranking and can only join neighbours; where both differ, ``Groups.agree`` is false and
whoever prints the boxes has to say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray

_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of conditions, by their positions in the arrays they were made from.

    Attributes
    ----------
    order
        The conditions from the highest score to the lowest.
    cliques
        All maximal sets in which no two conditions can be told apart, in the order of their best members.
    boxes
        All maximal runs of the ranking in which no two conditions can be told apart; they may overlap.
    letters
        One letter for each clique that a condition belongs to.
    """

    order: tuple[int, ...]
    cliques: tuple[tuple[int, ...], ...]
    boxes: tuple[tuple[int, ...], ...]
    letters: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether the boxes say the same as the letters."""
        return {frozenset(box) for box in self.boxes} == {frozenset(clique) for clique in self.cliques}


def ranking(scores: FloatArray) -> tuple[int, ...]:
    """Positions from the highest score to the lowest; equal scores keep their order."""
    return tuple(int(i) for i in np.argsort(-scores, kind="stable"))


def groups(scores: FloatArray, apart: BoolArray) -> Groups:
    """The groups of conditions with these scores, where ``apart[i, j]`` says whether a test tells *i* and *j* apart."""
    order = ranking(scores)
    place = {condition: position for position, condition in enumerate(order)}
    cliques = sorted(
        (tuple(sorted(clique, key=place.__getitem__)) for clique in _cliques(apart)),
        key=lambda clique: [place[condition] for condition in clique],
    )
    letters = [""] * len(order)
    for number, clique in enumerate(cliques):
        for condition in clique:
            letters[condition] += letter(number)
    return Groups(order, tuple(cliques), _boxes(order, apart), tuple(letters))


def letter(number: int) -> str:
    """The letter of the group of that number: a … z, A … Z, then with a dot for each round before (.a, .b, …)."""
    return "." * (number // len(_ALPHABET)) + _ALPHABET[number % len(_ALPHABET)]


def _cliques(apart: BoolArray) -> set[frozenset[int]]:
    """Insert and absorb: split every set that holds a distinguishable pair, drop what a larger set holds.

    Piepho 2004, *Journal of Computational and Graphical Statistics* 13, 456-466.
    """
    sets = {frozenset(range(len(apart)))}
    for i, j in zip(*np.nonzero(np.triu(apart, 1)), strict=True):
        pair = {int(i), int(j)}
        split = {part for part in sets if pair <= part}
        sets = (sets - split) | {part - {one} for part in split for one in pair}
        sets = {part for part in sets if not any(part < other for other in sets)}
    return sets


def _boxes(order: Sequence[int], apart: BoolArray) -> tuple[tuple[int, ...], ...]:
    boxes: list[tuple[int, ...]] = []
    reached = 0
    for start in range(len(order)):
        end = start + 1
        while end < len(order) and not apart[order[end], list(order[start:end])].any():
            end += 1
        if end > reached:  # otherwise the box before holds this one
            boxes.append(tuple(order[start:end]))
            reached = end
    return tuple(boxes)
