"""How far measures rank a task's conditions as subjects do: SRCC, KRCC and PLCC, with intervals.

A measure's ranking of the conditions is that of its means over scenes, turned so that higher is better; the subjects'
is that of the task scores, means over the same scenes of the Bradley-Terry strengths. This is the table of Ding, Ma,
Wang & Simoncelli (2021, *International Journal of Computer Vision* 129, 1258-1281).

The intervals resample scenes and subjects (``two_way``), and not conditions: which networks are compared is the design
of the study and not a sample, and a measure's own network is among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import ROUNDING, BoolArray, FloatArray
from app.analysis.correlations import Coefficient, correlations
from app.analysis.intervals import FEWEST_SCENES
from app.analysis.measure_values import MeasureValues, complete
from app.analysis.two_way import Replicates

FEWEST_CONDITIONS = 3  # two are in the same order or in the other: every coefficient is 1 or -1
_ENOUGH = 0.9  # of the replicates must have a coefficient, or an interval would speak about the others only


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient and the ends of its interval; what is missing is None, for the comparison's ``reason``."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure's ranking of some conditions against the subjects'.

    Attributes
    ----------
    coefficients
        Empty where they are not defined.
    reason
        Why there are no coefficients or no intervals; empty where there are both.
    """

    conditions: tuple[str, ...]
    coefficients: dict[Coefficient, Estimate]
    reason: str


@dataclass(frozen=True, slots=True)
class MeasureAgreement:
    """One measure against the subjects.

    Attributes
    ----------
    scenes
        How many scenes both rankings are means over: those with a value for every condition of ``whole``.
    without_own
        The same without the conditions trained under the measure; None where there are none.
    own
        These conditions.
    without_value
        Conditions that have a score but no value of the measure.
    """

    measure: str
    scenes: int
    whole: Compared
    without_own: Compared | None
    own: tuple[str, ...]
    without_value: tuple[str, ...]


def agreement(
    by_scene: FloatArray, values: MeasureValues, replicates: Replicates | None, *, level: float = 0.95
) -> tuple[MeasureAgreement, ...]:
    """Every measure against the strengths ``by_scene`` ``(scenes, conditions)``.

    ``values`` and ``replicates`` must be of the same scenes and conditions; without replicates there are no intervals.
    """
    return tuple(_measure(m, by_scene, values, replicates, level) for m in range(len(values.measures)))


def _measure(
    m: int, by_scene: FloatArray, values: MeasureValues, replicates: Replicates | None, level: float
) -> MeasureAgreement:
    part, own = complete(values.known[m]), values.own[m]
    sides = _Sides(by_scene[part.scenes], values.oriented[m][part.scenes], _kept(replicates, part.scenes), level)
    without = part.conditions & ~own
    return MeasureAgreement(
        measure=values.measures[m],
        scenes=int(part.scenes.sum()),
        whole=sides.compared(part.conditions, values.conditions),
        without_own=sides.compared(without, values.conditions) if (part.conditions & own).any() else None,
        own=_named(part.conditions & own, values.conditions),
        without_value=_named(~part.conditions, values.conditions),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Both sides of one measure's comparisons, in the scenes that it has values of."""

    by_scene: FloatArray
    oriented: FloatArray
    replicates: Replicates | None
    level: float

    def compared(self, conditions: BoolArray, names: Sequence[str]) -> Compared:
        """The comparison over these conditions."""
        chosen = _named(conditions, names)
        if not len(self.by_scene):
            reason = "it has no scene with a value for every condition" if chosen else "it has no value in this task"
            return Compared(chosen, {}, reason)
        if len(chosen) < FEWEST_CONDITIONS:
            few = "1 condition" if len(chosen) == 1 else f"{len(chosen)} conditions"
            return Compared(chosen, {}, f"{few} left, and a correlation needs {FEWEST_CONDITIONS}")
        subjective = np.round(self.by_scene[:, conditions].mean(axis=0), ROUNDING)
        found = correlations(self.oriented[:, conditions].mean(axis=0), subjective)
        if not found.defined:
            flat = "all scores are equal" if np.ptp(subjective) == 0 else "all its means are equal"
            return Compared(chosen, {}, f"not defined: {flat}")
        low, high, reason = self._ends(conditions)
        return Compared(
            chosen, {kind: Estimate(float(found.value[kind]), low.get(kind), high.get(kind)) for kind in Coefficient},
            reason,
        )  # fmt: skip

    def _ends(self, conditions: BoolArray) -> tuple[dict[Coefficient, float], dict[Coefficient, float], str]:
        """Percentiles of the replicates' coefficients, or why there are none."""
        scenes = len(self.by_scene)
        if scenes < FEWEST_SCENES:
            return {}, {}, f"an interval needs {FEWEST_SCENES} scenes"
        if self.replicates is None:
            return {}, {}, "no interval was asked for"
        times = self.replicates.times.astype(np.float64)
        drawn = times.sum(axis=1)
        weight = times[drawn > 0] / drawn[drawn > 0, None]
        subjective = np.einsum("rs,rsc->rc", weight, self.replicates.strength[drawn > 0][:, :, conditions])
        found = correlations(weight @ self.oriented[:, conditions], np.round(subjective, ROUNDING))
        if found.defined.sum() < _ENOUGH * len(times):
            return {}, {}, "in many replicates all means or all scores are equal"
        tails = [(1 - self.level) / 2, (1 + self.level) / 2]
        ends = {kind: np.quantile(found.value[kind][found.defined], tails) for kind in Coefficient}
        return (
            {kind: float(two[0]) for kind, two in ends.items()},
            {kind: float(two[1]) for kind, two in ends.items()},
            "",
        )


def _kept(replicates: Replicates | None, scenes: BoolArray) -> Replicates | None:
    if replicates is None:
        return None
    return Replicates(replicates.strength[:, scenes], replicates.times[:, scenes], replicates.of_subjects)


def _named(chosen: BoolArray, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name, one in zip(names, chosen, strict=True) if one)
