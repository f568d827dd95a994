"""The values of measures for the pictures of one task: what every comparison of measures with subjects is given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, places


@dataclass(frozen=True, slots=True, eq=False)
class MeasureValues:
    """Values ``(measures, scenes, conditions)`` of each measure for each picture against its scene's reference.

    Attributes
    ----------
    value
        As the measure gives it; 0, and of no meaning, where it is not ``known``.
    higher_is_better
        Whether a higher value of the measure is a better one ``(measures,)``.
    own
        Whether the condition was trained under the measure ``(measures, conditions)``, alone or together with others.
    """

    measures: tuple[str, ...]
    scenes: tuple[str, ...]
    conditions: tuple[str, ...]
    value: FloatArray
    known: BoolArray
    higher_is_better: BoolArray
    own: BoolArray

    @property
    def oriented(self) -> FloatArray:
        """The values, turned round where lower is better: the higher, the better, whatever the measure."""
        turned: FloatArray = np.where(self.higher_is_better[:, None, None], self.value, -self.value)
        return turned

    def within(self, scenes: Sequence[str], conditions: Sequence[str]) -> "MeasureValues":
        """The values for these scenes and conditions, in this order; not known where there were none."""
        scene, condition = places(scenes, self.scenes), places(conditions, self.conditions)
        rows, columns = np.ix_(scene[scene >= 0], condition[condition >= 0])
        to_rows, to_columns = np.ix_(scene >= 0, condition >= 0)
        value = np.zeros((len(self.measures), len(scenes), len(conditions)))
        known, own = np.zeros(value.shape, dtype=np.bool_), np.zeros((len(value), len(conditions)), dtype=np.bool_)
        value[:, to_rows, to_columns] = self.value[:, rows, columns]
        known[:, to_rows, to_columns] = self.known[:, rows, columns]
        own[:, condition >= 0] = self.own[:, condition[condition >= 0]]
        return replace(self, scenes=tuple(scenes), conditions=tuple(conditions), value=value, known=known, own=own)


@dataclass(frozen=True, slots=True, eq=False)
class Complete:
    """The largest part of a measure's values without a gap: conditions that have any, in scenes that have them all."""

    scenes: BoolArray
    conditions: BoolArray


def complete(known: BoolArray) -> Complete:
    """Which scenes and conditions of ``known`` ``(scenes, conditions)`` take part in means over scenes.

    A mean over other scenes is no comparison: conditions without any value are left out first, then every scene that
    lacks a value of one of the rest.
    """
    conditions = np.asarray(known.any(axis=0))
    scenes = np.asarray(known[:, conditions].all(axis=1)) & bool(conditions.any())
    return Complete(scenes, conditions)
