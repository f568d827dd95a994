"""The rows of a task's tables: its conditions, their strengths by scene, and the tests of their pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import ROUNDING
from app.analysis.groups import Groups
from app.analysis.intervals import Intervals
from app.analysis.scene_alone import SceneAlone, scene_alone
from app.analysis.scores import LeftOut, TaskScores
from app.analysis.significance import Corrected, Correction, PairedTests, PairTest
from app.results.judgements import TaskTally
from app.results.options import ReportOptions


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition's place in its task's ranking; no interval where what it samples does not vary."""

    condition: str
    rank: int
    score: float
    low: float | None
    high: float | None
    letters: str
    wins: float
    votes: float
    stderr: float | None = None
    jod: float | None = None  # on Thurstone's scale; where the score's stands
    position: str = "sum zero"  # where the scale stands


@dataclass(frozen=True, slots=True)
class SceneRow:
    """One condition's strength in one scene.

    Where scenes are aligned, it is on the scale of the scores. Where the scene takes no part in those, it is the
    strength among those compared with it there: within its ``component``, if the scene falls into several. No score
    where it was compared with none.
    """

    scene: str
    condition: str
    score: float | None
    stderr: float | None
    wins: float
    votes: float
    left_out: str
    component: int | None = None


@dataclass(frozen=True, slots=True)
class PairRow:
    """What the tests say about two conditions, the higher ranked first.

    No t and no p where the difference is the same in all scenes, which cannot be tested; nothing two-way where subjects
    are too few or not named. ``distinguishable`` follows the chosen test and correction.
    """

    condition_a: str
    condition_b: str
    difference: float
    t: float | None
    df: int
    p: float | None
    p_holm: float | None
    p_bh: float | None
    distinguishable: bool
    p_wilcoxon: float | None = None
    p_wilcoxon_holm: float | None = None
    p_wilcoxon_bh: float | None = None
    p_two_way: float | None = None
    p_two_way_holm: float | None = None
    p_two_way_bh: float | None = None


def condition_rows(
    scores: TaskScores, order: tuple[int, ...], found: Groups | None, intervals: Intervals | None
) -> Iterator[ConditionRow]:
    """The conditions in that order; without letters where there is no test, without ends where there is no interval."""
    rounded = np.round(scores.mean, ROUNDING)
    wins = scores.wins.sum(axis=0)
    mean, jod = scores.placed(scores.mean), scores.placed(scores.jod)
    for i in order:
        yield ConditionRow(
            condition=scores.conditions[i],
            rank=1 + int((rounded > rounded[i]).sum()),
            score=_shown(mean[i]),
            low=_shown(intervals.low[i]) if intervals and intervals.known[i] else None,
            high=_shown(intervals.high[i]) if intervals and intervals.known[i] else None,
            letters=found.letters[i] if found else "",
            wins=float(wins[i].sum()),
            votes=float(wins[i].sum() + wins[:, i].sum()),
            stderr=_shown(intervals.stderr[i]) if intervals and intervals.known[i] else None,
            jod=_shown(jod[i]),
            position=scores.position,
        )


def scene_rows(
    tally: TaskTally, conditions: Sequence[str], left_out: Sequence[LeftOut], scores: TaskScores | None, prior: float
) -> Iterator[SceneRow]:
    """Every scene's strengths of these conditions; those of a scene that is left out are the scene's own."""
    reasons = {one.scene: one.reason for one in left_out}
    taking_part = _taking_part(scores) if scores else {}
    columns = np.array([tally.conditions.index(name) for name in conditions], dtype=np.int64)
    for scene, of_all in zip(tally.scenes, tally.wins, strict=True):
        wins = of_all[np.ix_(columns, columns)]
        found = taking_part.get(scene) or scene_alone(wins, prior)
        several = found.component.max(initial=0) > 1
        for j, name in enumerate(conditions):
            yield SceneRow(
                scene=scene,
                condition=name,
                score=_shown(found.strength[j]) if found.known[j] else None,
                stderr=_shown(found.stderr[j]) if found.known[j] else None,
                wins=float(wins[j].sum()),
                votes=float(wins[j].sum() + wins[:, j].sum()),
                left_out=reasons.get(scene, ""),
                component=(int(found.component[j]) or None) if several else None,
            )


def _taking_part(scores: TaskScores) -> dict[str, SceneAlone]:
    strength, stderr = scores.by_scene_shown, scores.stderr_by_scene
    held = np.ones(strength.shape, dtype=np.bool_) if scores.held is None else scores.held
    one = np.ones(len(scores.conditions), dtype=np.int64)
    return {
        scene: SceneAlone(strength[place], stderr[place], held[place], one) for place, scene in enumerate(scores.scenes)
    }


def pair_rows(
    scores: TaskScores, order: tuple[int, ...], tests: PairedTests, options: ReportOptions
) -> Iterator[PairRow]:
    """Every pair of conditions once, the higher ranked first."""
    apart = tests.distinguishable(options.alpha, options.correction, options.test)
    for place, i in enumerate(order):
        for j in order[place + 1 :]:
            testable = bool(tests.testable[i, j])
            yield PairRow(
                condition_a=scores.conditions[i],
                condition_b=scores.conditions[j],
                difference=_shown(tests.difference[i, j]),
                t=float(tests.statistic[i, j]) + 0.0 if testable else None,
                df=tests.scenes - 1,
                p=_p(tests.p, Correction.NONE, i, j, testable),
                p_holm=_p(tests.p, Correction.HOLM, i, j, testable),
                p_bh=_p(tests.p, Correction.BH, i, j, testable),
                distinguishable=bool(apart[i, j]),
                **{name: _p(tests.others.get(test), correction, i, j, testable) for name, test, correction in _BESIDE},
            )


_BESIDE = [
    (f"p_{test.value}" + (f"_{correction.value}" if correction is not Correction.NONE else ""), test, correction)
    for test in (PairTest.WILCOXON, PairTest.TWO_WAY)
    for correction in Correction
]


def _p(found: Corrected | None, correction: Correction, i: int, j: int, testable: bool) -> float | None:
    return float(found[correction][i, j]) if found is not None and testable else None


def _shown(logits: float) -> float:
    """Without the fit's rounding, which would differ between machines; + 0.0 turns -0 into 0."""
    return round(float(logits), ROUNDING) + 0.0
