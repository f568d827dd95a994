"""The sets of conditions that the votes of one scene join: what can be compared there, if only through others.

A scene that holds votes on all conditions and joins them is one set; one that falls apart is several. Sets of different
scenes that share a condition can be put on one scale (``alignment``).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from app.analysis.arrays import FloatArray, IntArray
from app.analysis.connectivity import strongly_connected


@dataclass(frozen=True, slots=True, eq=False)
class JoinedSet:
    """Conditions, by their positions, whose strengths one scene compares."""

    scene: int
    members: IntArray


def joined_sets(wins: FloatArray, prior: float) -> tuple[JoinedSet, ...]:
    """The sets of all scenes ``(scenes, n, n)``; without a prior those alone whose strengths are finite."""
    found = []
    for scene, counts in enumerate(wins):
        label = connected_components(csr_array(counts), directed=False)[1]
        for one in np.unique(label):
            members = np.flatnonzero(label == one).astype(np.int64)
            if len(members) > 1 and (prior or strongly_connected(counts[np.ix_(members, members)])):
                found.append(JoinedSet(scene, members))
    return tuple(sorted(found, key=lambda one: (one.scene, int(one.members[0]))))


def join_all(found: tuple[JoinedSet, ...], n: int) -> bool:
    """Whether the sets, put together by what they share, compare all ``n`` conditions."""
    first = np.concatenate(
        [np.full(len(one.members), one.members[0]) for one in found] or [np.zeros(0, dtype=np.int64)]
    )
    other = np.concatenate([one.members for one in found] or [np.zeros(0, dtype=np.int64)])
    graph = csr_array((np.ones(len(first)), (first, other)), shape=(n, n))
    return int(connected_components(graph, directed=False)[0]) == 1
