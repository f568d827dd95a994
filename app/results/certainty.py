"""How certain each task's ranking is: what takes longer than a page of rankings may wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from app.analysis.bootstrap import SubjectBootstrap, subject_bootstrap
from app.analysis.fit_quality import FitQuality, fit_quality
from app.analysis.intervals import FEWEST_SCENES, FEWEST_SUBJECTS, Interval, Intervals
from app.analysis.omnibus import Omnibus, omnibus
from app.analysis.scores import TaskScores
from app.analysis.simultaneous import simultaneous
from app.results.interval_rows import TaskIntervals, task_intervals
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


@dataclass(frozen=True, eq=False)
class Certainty:
    """What is known about a task's ranking besides the scores, each part worked out when somebody asks for it.

    Conditions stand in the order of the ranking. A part is None where the votes do not allow it, and ``notes`` say why.
    """

    tally: TaskTally
    report: TaskReport
    options: ReportOptions

    @property
    def task(self) -> str:
        """The task's name."""
        return self.report.task

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions in the order of the ranking."""
        return tuple(row.condition for row in self.report.rows)

    @cached_property
    def scores(self) -> TaskScores:
        """The scores behind the ranking."""
        return scored(self.tally, self.options)

    @cached_property
    def resampled(self) -> Resampled | None:
        """The replicates with other subjects."""
        columns = self.tally.columns.within(self.scores.scenes, self.scores.conditions)
        found = subject_bootstrap(columns, prior=self.options.prior)
        return _resampled(found, self._places, self.options.level) if found else None

    @cached_property
    def simultaneous(self) -> tuple[tuple[float, float] | None, ...]:
        """The ends for all conditions at once, of the kind of interval that is shown."""
        shown = self._around.shown
        return self.at_once(shown.kind) if shown else (None,) * len(self._places)

    def at_once(self, kind: Interval) -> tuple[tuple[float, float] | None, ...]:
        """The ends for all conditions at once, of one of the kinds that the votes allow."""
        spread = self._around.spreads.of(kind, self.scores.contrasts)
        shifted = self.scores.placed(self.scores.mean)
        return _ends(simultaneous(shifted, spread, self.options.level), self._places)

    @cached_property
    def _around(self) -> TaskIntervals:
        return task_intervals(self.tally, self.scores, self.options)

    @cached_property
    def omnibus(self) -> Omnibus | None:
        """Friedman's test."""
        enough = len(self.scores.scenes) >= FEWEST_SCENES
        return omnibus(self.scores.by_scene, self.options.alpha) if enough else None

    @property
    def mean_rank(self) -> tuple[float, ...]:
        """Of each condition over scenes; empty without Friedman's test."""
        return tuple(float(self.omnibus.mean_rank[i]) for i in self._places) if self.omnibus else ()

    @cached_property
    def fit(self) -> FitQuality | None:
        """Whether Bradley-Terry holds, scene by scene."""
        return fit_quality(self.scores.wins, prior=self.options.prior)

    @property
    def _places(self) -> list[int]:
        return [self.scores.conditions.index(name) for name in self.conditions]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left out, and why."""
        return tuple(_left_out(self))

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
        found = zip(self.scores.scenes, self.fit.p_holm, strict=True)
        return tuple(scene for scene, p in found if p < self.options.alpha)

    @property
    def omnibus_in_words(self) -> str:
        """What Friedman's test says; empty without it."""
        found = self.omnibus
        if found is None:
            return ""
        says = "differ" if found.p < self.options.alpha else "cannot be told apart by it"
        return (
            f"Friedman’s test over {found.scenes} scenes for these subjects: χ² = {found.statistic:.1f} on {found.df} "
            f"degrees of freedom, p {_p(found.p)}; the conditions {says}. By Nemenyi’s test two of them differ where "
            f"their mean ranks are more than {found.critical_difference:.2f} apart."
        )

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
        if not misfits and self.fit.total_p >= self.options.alpha:
            return f"The votes agree with Bradley–Terry. {drawn}"
        where = f" in {'scene' if len(misfits) == 1 else 'scenes'} {some(misfits)}" if misfits else ""
        over = " (corrected for looking at all scenes)" if misfits else " over all scenes together"
        return (
            f"Bradley–Terry does not hold{where}{over}: one number for each condition cannot explain who wins against "
            "whom, for instance because people look at different things in different pairs. The order of scores still "
            f"sums up who wins how often, but read the win matrix beside it. {drawn}"
        )


def certainty(tally: TaskTally, report: TaskReport, options: ReportOptions) -> Certainty | None:
    """The certainty of a task's ranking; None without one, and where it is a ranking alone."""
    alone = tally.adaptive or report.apart or report.aligned
    return Certainty(tally, report, options) if report.rows and not alone else None


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


def _left_out(found: Certainty) -> Iterator[str]:
    scores, again = found.scores, found.resampled
    if again is None:
        few = "no column tells who gave which answer" if found.report.subjects is None else "there are fewer"
        yield f"Rank intervals and chances need {FEWEST_SUBJECTS} subjects, and {few}: they are left out."
    elif again.replicates < again.asked:
        empty = counted(again.asked - again.replicates, "replicate")
        yield f"{empty} had no scene with votes on all conditions and are left out."
    if found.omnibus is None and len(scores.scenes) < FEWEST_SCENES:
        yield f"Friedman’s test needs {FEWEST_SCENES} scenes and is left out."
    elif found.omnibus is None and len(scores.conditions) > 2:
        yield "All conditions rank the same in all scenes: Friedman’s test is left out."
    if found.fit is None:
        played = scores.wins + scores.wins.swapaxes(1, 2)
        whole = np.allclose(played, np.rint(played))
        why = "strengths can follow any votes on so few pairs" if whole else "votes of broken weights cannot be drawn"
        yield f"Whether Bradley–Terry holds cannot be asked: {why}."
    elif found.fit.smallest_p_holm >= found.options.alpha:
        yield (
            f"{found.fit.replicates} sets of votes are too few for one of {len(scores.scenes)} scenes to stand out by "
            f"itself at α = {found.options.alpha:g}: whether Bradley–Terry holds is told of all scenes together."
        )


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= 0.001 else "< 0.001"
