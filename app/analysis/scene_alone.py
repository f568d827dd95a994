"""A scene by itself: what its votes say where it cannot take part in the task's scores.

A scene that lacks conditions still ranks those it has, and one that falls into components still ranks the members of
each. Strengths sum to zero within a component: between components there is no finite difference that fits best, or no
vote at all.
"""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.analysis.bradley_terry import fit
from app.analysis.connectivity import components


@dataclass(frozen=True, slots=True, eq=False)
class SceneAlone:
    """The strengths of one scene's conditions, each within its component.

    Attributes
    ----------
    strength, stderr
        Logits; 0 where they are not ``known``.
    known
        Which conditions were compared with another one of their component.
    component
        Its number, from 1, or 0 where the condition has no vote. With a prior components are sets without any vote
        between them; with ``prior=0``, none of them lost to a later one.
    """

    strength: FloatArray
    stderr: FloatArray
    known: BoolArray
    component: IntArray


def scene_alone(wins: FloatArray, prior: float) -> SceneAlone:
    """What one scene's ``wins`` ``(n, n)`` say of its conditions."""
    n = len(wins)
    strength, stderr = np.zeros(n), np.zeros(n)
    known, component = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.int64)
    seen = np.flatnonzero((wins + wins.T).sum(axis=1) > 0)
    names = [str(i) for i in seen.tolist()]
    found = components(wins[np.ix_(seen, seen)], names)
    for number, members in enumerate(found.islands if prior else found.members, start=1):
        places = np.array([int(name) for name in members], dtype=np.int64)
        component[places] = number
        if len(places) > 1:
            alone = fit(wins[np.ix_(places, places)], members, prior=prior)
            strength[places], stderr[places], known[places] = alone.strength, alone.stderr, True
    return SceneAlone(strength, stderr, known, component)
