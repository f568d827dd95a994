"""How certain each task's ranking is: what takes longer than a page of rankings may wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.analysis.bootstrap import SubjectBootstrap, subject_bootstrap
from app.analysis.fit_quality import FitQuality, fit_quality
from app.analysis.intervals import FEWEST_SCENES, FEWEST_SUBJECTS, Interval, Intervals
from app.analysis.omnibus import Omnibus, omnibus
from app.analysis.scores import TaskScores
from app.analysis.simultaneous import simultaneous
from app.results.interval_rows import task_intervals
from app.results.judgements import TaskTally
from app.results.options import ReportOptions
from app.results.scoring import scored
from app.results.sentences import counted, some
from app.results.task_report import TaskReport


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """The replicates of a task's ranking; conditions stand in its order, and the matrix has one row for each."""

    rank_low: tuple[int, ...]
    rank_high: tuple[int, ...]
    p_best: tuple[float, ...]
    p_beats: tuple[tuple[float, ...], ...]
    replicates: int
    asked: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Certainty:
    """What is known about a task's ranking besides the scores; a part is None where the votes do not allow it.

    ``simultaneous`` are the ends for all conditions at once, of the kind of interval that is shown. ``notes`` say what
    is left out and why.
    """

    task: str
    title: str
    conditions: tuple[str, ...]
    scenes: tuple[str, ...]
    resampled: Resampled | None
    simultaneous: tuple[tuple[float, float] | None, ...]
    omnibus: Omnibus | None
    mean_rank: tuple[float, ...]
    fit: FitQuality | None
    notes: tuple[str, ...]
    level: float

    def as_json(self) -> dict[str, Any]:
        """Everything here, for programs."""
        again, ranks, fit = self.resampled, self.omnibus, self.fit
        return {
            "conditions": list(self.conditions),
            "replicates": again and {
                "drawn": again.asked, "scored": again.replicates, "seed": again.seed,
                "generalises_to": Interval.SUBJECTS.generalises_to,
                "rank_low": list(again.rank_low), "rank_high": list(again.rank_high), "p_best": list(again.p_best),
                "p_beats": [list(row) for row in again.p_beats],
            },
            "simultaneous": [ends and list(ends) for ends in self.simultaneous],
            "friedman": ranks and {
                "statistic": ranks.statistic, "df": ranks.df, "p": ranks.p, "mean_rank": list(self.mean_rank),
                "critical_difference": ranks.critical_difference, "alpha": ranks.alpha,
            },
            "fit": fit and {
                "deviance": fit.total, "df": fit.total_df, "p": fit.total_p, "replicates": fit.replicates,
                "seed": fit.seed, "sentence": self.fit_in_words, "scenes_that_do_not_fit": list(self.misfits),
            },
            "notes": list(self.notes),
        }  # fmt: skip

    @property
    def misfits(self) -> tuple[str, ...]:
        """The scenes where Bradley-Terry does not hold, also after correction for looking at all of them."""
        if self.fit is None:
            return ()
        found = zip(self.scenes, self.fit.p_holm, strict=True)
        return tuple(scene for scene, p in found if p < 1 - self.level)

    @property
    def fit_in_words(self) -> str:
        """Whether Bradley-Terry holds, and what it means where it does not."""
        if self.fit is None:
            return ""
        drawn = (
            f"Deviance {self.fit.total:.4g} on {self.fit.total_df} degrees of freedom; p {_p(self.fit.total_p)} among "
            f"{self.fit.replicates} sets of votes drawn from the fitted model (seed {self.fit.seed})."
        )
        misfits = self.misfits
        if not misfits and self.fit.total_p >= 1 - self.level:
            return f"The votes agree with Bradley–Terry. {drawn}"
        where = f" in {'scene' if len(misfits) == 1 else 'scenes'} {some(misfits)}" if misfits else ""
        over = " (corrected for looking at all scenes)" if misfits else " over all scenes together"
        return (
            f"Bradley–Terry does not hold{where}{over}: one number for each condition cannot explain who wins against "
            "whom, for instance because people look at different things in different pairs. The order of scores still "
            f"sums up who wins how often, but read the win matrix beside it. {drawn}"
        )


def certainty(tally: TaskTally, report: TaskReport, options: ReportOptions) -> Certainty | None:
    """The certainty of a task's ranking; None where there is no ranking, or adaptive sampling leaves nothing to say."""
    if not report.rows or tally.adaptive:
        return None
    scores = scored(tally, options)
    places = [scores.conditions.index(row.condition) for row in report.rows]
    around = task_intervals(tally, scores, options)
    resampled = subject_bootstrap(tally.columns.within(scores.scenes, scores.conditions), prior=options.prior)
    together = simultaneous(scores.mean, around.spreads.of(around.shown.kind), options.level) if around.shown else None
    ranks = omnibus(scores.by_scene, options.alpha) if len(scores.scenes) >= FEWEST_SCENES else None
    fit = fit_quality(scores.wins, prior=options.prior)
    return Certainty(
        task=report.task,
        title=report.title,
        conditions=tuple(row.condition for row in report.rows),
        scenes=scores.scenes,
        resampled=_resampled(resampled, places, options.level) if resampled else None,
        simultaneous=_ends(together, places),
        omnibus=ranks,
        mean_rank=tuple(float(ranks.mean_rank[i]) for i in places) if ranks else (),
        fit=fit,
        notes=tuple(_left_out(scores, report, resampled, ranks, fit)),
        level=options.level,
    )


def _resampled(found: SubjectBootstrap, places: Sequence[int], level: float) -> Resampled:
    low, high = found.ranks(level)
    best, beats = found.p_best, found.p_beats
    return Resampled(
        rank_low=tuple(int(low[i]) for i in places),
        rank_high=tuple(int(high[i]) for i in places),
        p_best=tuple(float(best[i]) for i in places),
        p_beats=tuple(tuple(float(beats[i, j]) for j in places) for i in places),
        replicates=len(found.scores),
        asked=found.asked,
        seed=found.seed,
    )


def _ends(found: Intervals | None, places: Sequence[int]) -> tuple[tuple[float, float] | None, ...]:
    if found is None:
        return (None,) * len(places)
    return tuple((float(found.low[i]), float(found.high[i])) if found.known[i] else None for i in places)


def _left_out(
    scores: TaskScores,
    report: TaskReport,
    resampled: SubjectBootstrap | None,
    ranks: Omnibus | None,
    fit: FitQuality | None,
) -> list[str]:
    notes = []
    if resampled is None:
        few = "no column tells who gave which answer" if report.subjects is None else "there are fewer"
        notes.append(f"Rank intervals and chances need {FEWEST_SUBJECTS} subjects, and {few}: they are left out.")
    elif len(resampled.scores) < resampled.asked:
        empty = counted(resampled.asked - len(resampled.scores), "replicate")
        notes.append(f"{empty} had no scene with votes on all conditions and are left out.")
    if ranks is None and len(scores.scenes) < FEWEST_SCENES:
        notes.append(f"Friedman’s test needs {FEWEST_SCENES} scenes and is left out.")
    elif ranks is None and len(scores.conditions) > 2:
        notes.append("All conditions rank the same in all scenes: Friedman’s test is left out.")
    if fit is None:
        whole = np.allclose(scores.wins + scores.wins.swapaxes(1, 2), np.rint(scores.wins + scores.wins.swapaxes(1, 2)))
        why = (
            "strengths can follow any votes on so few pairs"
            if whole
            else "votes with fractional weights cannot be drawn"
        )
        notes.append(f"Whether Bradley–Terry holds cannot be asked: {why}.")
    return notes


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= 0.001 else "< 0.001"
