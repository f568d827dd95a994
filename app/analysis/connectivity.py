"""Which conditions the votes can compare at all.

Draw an arrow from *i* to *j* wherever *i* was preferred to *j* at least once. Maximum-likelihood strengths exist if,
and only if, every condition can be reached from every other along the arrows (Ford 1957, *American Mathematical
Monthly* 64(8), 28-33). Otherwise the graph falls into components: one never lost to another, or two never met, and no
finite difference between them is more likely than a larger one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.errors import BadInput

_DENSE = 400  # conditions; beyond, arrows are followed one by one instead of all at once
_DESCRIBED = 1000  # matrices of a batch whose components an error tells


@dataclass(frozen=True, slots=True)
class Components:
    """The strongly connected components of one win-count matrix, none of which lost to a later one.

    ``beats`` holds the direct arrows between components as pairs of their positions. ``islands`` gathers the components
    into sets without any vote between them; one island means that everything was compared, at least through others.
    """

    members: tuple[tuple[str, ...], ...]
    beats: tuple[tuple[int, int], ...]
    islands: tuple[tuple[str, ...], ...]

    @property
    def connected(self) -> bool:
        """Whether finite maximum-likelihood strengths exist."""
        return len(self.members) == 1

    def in_words(self) -> str:
        """A sentence that names the components and the direction between them."""
        if self.connected:
            return "Every condition both won and lost, directly or through others."
        parts = [
            f"{_and(self.members[above])} never lost to {_and(self.members[below])}" for above, below in self.beats
        ]
        if len(self.islands) > 1:
            parts.append(
                f"{' / '.join(_and(island) for island in self.islands)} were never compared, even through others"
            )
        more = len(parts) - 4
        return "; ".join(parts[:4]) + (f"; and {more} more such splits" if more > 0 else "") + "."


class NotConnected(BadInput):
    """Some conditions never lost to, or never met, the rest, so that without a prior no finite strengths fit best.

    ``found`` holds the components of the first matrices concerned, with their numbers; ``matrices`` counts them all.
    """

    def __init__(self, found: Sequence[tuple[int, Components]], matrices: int) -> None:
        first, components = found[0]
        others = f" (and {matrices - 1} other matrices of the batch)" if matrices > 1 else ""
        super().__init__(
            f"Maximum likelihood has no finite strengths for matrix {first}{others}: {components.in_words()}",
            "collect more votes, leave these out, or use a prior above 0",
        )
        self.found, self.matrices = tuple(found), matrices


def reach(wins: FloatArray) -> BoolArray:
    """Whether *j* can be reached from *i* along arrows of wins, or is *i*, for each matrix ``(..., n, n)``."""
    n = wins.shape[-1]
    step: BoolArray = (wins > 0) | np.eye(n, dtype=np.bool_)
    for _ in range(max(n - 1, 1).bit_length()):  # each squaring doubles the length of the paths
        paths = step.astype(np.float32)
        step = np.greater(paths @ paths, 0)
    return step


def everything_reached(arrows: BoolArray) -> BoolArray:
    """Whether every condition reaches every other along the arrows ``(n, n, B)``, for each of B graphs.

    That is so where the first condition reaches all and all reach it.
    """
    there, back = _reached_from_first(arrows), _reached_from_first(arrows.swapaxes(0, 1))
    return np.asarray((there & back).all(axis=0))


def strongly_connected(wins: FloatArray) -> BoolArray:
    """Whether finite maximum-likelihood strengths exist, for each matrix ``(..., n, n)``."""
    leading, n = wins.shape[:-2], wins.shape[-1]
    batch = wins.reshape(prod(leading), n, n) > 0
    return everything_reached(np.moveaxis(batch, 0, -1)).reshape(leading)


def require_connected(
    wins: FloatArray, conditions: Sequence[str], numbers: Sequence[int] | IntArray | None = None
) -> None:
    """Nothing, where every matrix ``(B, n, n)`` has finite maximum-likelihood strengths.

    Raises
    ------
    NotConnected
        With the components of the matrices that have none, under their ``numbers`` (by default, their places).
    """
    split = np.flatnonzero(~strongly_connected(wins))
    if split.size:
        found = [
            (int(place if numbers is None else numbers[place]), components(wins[place], conditions))
            for place in split[:_DESCRIBED].tolist()
        ]
        raise NotConnected(found, split.size)


def require_connected_arrows(winners: IntArray, losers: IntArray, conditions: Sequence[str]) -> None:
    """The same for one list of arrows between many conditions; raises ``NotConnected``."""
    found = components_of_arrows(winners, losers, conditions)
    if not found.connected:
        raise NotConnected([(0, found)], 1)


def components(wins: FloatArray, conditions: Sequence[str]) -> Components:
    """The components of one matrix ``(n, n)``, strongest first."""
    if len(conditions) > _DENSE:
        winners, losers = np.nonzero(wins > 0)
        return components_of_arrows(winners, losers, conditions)
    reached = reach(wins)
    mutual = reached & reached.T
    # A component that beats another reaches more conditions than that one: sorting by that number is a topological
    # order.
    leaders = sorted(_firsts(mutual), key=lambda leader: -int(reached[leader].sum()))
    groups = [_where(mutual[leader]) for leader in leaders]
    beats = tuple(
        (above, below)
        for above, winners in enumerate(groups)
        for below, losers in enumerate(groups)
        if above != below and (wins[np.ix_(winners, losers)] > 0).any()
    )
    met = reach(wins + wins.T)
    return Components(
        members=tuple(tuple(conditions[i] for i in group) for group in groups),
        beats=beats,
        islands=tuple(tuple(conditions[i] for i in _where(met[first])) for first in _firsts(met)),
    )


def components_of_arrows(winners: IntArray, losers: IntArray, conditions: Sequence[str]) -> Components:
    """The components of a list of arrows, none of which lost to a later one; for any number of conditions."""
    n = len(conditions)
    graph = csr_array((np.ones(len(winners)), (winners, losers)), shape=(n, n))
    strong = _by_first_member(connected_components(graph, connection="strong")[1])
    weak = _by_first_member(connected_components(graph, directed=False)[1])
    crossing = strong[winners] != strong[losers]
    arrows = np.unique(np.stack([strong[winners[crossing]], strong[losers[crossing]]], axis=1), axis=0).tolist()
    place = {old: new for new, old in enumerate(_downwards(arrows, int(strong.max(initial=-1)) + 1))}
    return Components(
        members=_gathered(np.array([place[label] for label in strong.tolist()], dtype=np.int64), conditions),
        beats=tuple(sorted((place[above], place[below]) for above, below in arrows)),
        islands=_gathered(weak, conditions),
    )


def _by_first_member(label: NDArray[np.int32]) -> IntArray:
    """The same classes, numbered in the order of their first members."""
    _, first, code = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[code]


def _downwards(arrows: Sequence[Sequence[int]], nodes: int) -> list[int]:
    """The nodes of a graph without circles in an order that all arrows follow; of several, the first one first."""
    onwards: list[list[int]] = [[] for _ in range(nodes)]
    above = [0] * nodes
    for winner, loser in arrows:
        onwards[winner].append(loser)
        above[loser] += 1
    ready = [node for node in range(nodes) if not above[node]]
    order = []
    while ready:
        node = heappop(ready)
        order.append(node)
        for loser in onwards[node]:
            above[loser] -= 1
            if not above[loser]:
                heappush(ready, loser)
    return order


def _gathered(label: IntArray, conditions: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    members: list[list[str]] = [[] for _ in range(int(label.max(initial=-1)) + 1)]
    for name, one in zip(conditions, label.tolist(), strict=True):
        members[one].append(name)
    return tuple(map(tuple, members))


def _reached_from_first(arrows: BoolArray) -> BoolArray:
    """Which conditions the first one reaches, ``(n, B)``."""
    reached = np.zeros(arrows.shape[1:], dtype=np.bool_)
    reached[:1] = True
    while not reached.all():
        further: BoolArray = reached | (reached[:, None] & arrows).any(axis=0)
        if (further == reached).all():
            break
        reached = further
    return reached


def _firsts(mutual: BoolArray) -> list[int]:
    """The first member of each class of an equivalence."""
    return sorted({int(np.argmax(row)) for row in mutual})


def _where(row: BoolArray) -> list[int]:
    return [int(i) for i in np.flatnonzero(row)]


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
