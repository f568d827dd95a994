"""The statistics of one task, ready for a page, a table or a figure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.arrays import ROUNDING
from app.analysis.groups import Groups, groups, ranking
from app.analysis.intervals import FEWEST_SCENES, Interval, Intervals
from app.analysis.scores import LeftOut, NothingToScore, TaskScores
from app.analysis.side_bias import SideBias
from app.analysis.significance import PairTest
from app.catalog import TASKS
from app.results.interval_rows import IntervalRow, TaskIntervals, interval_rows, task_intervals
from app.results.judgements import Counted, TaskTally
from app.results.model_notes import model_notes, side_of
from app.results.notes import (
    adaptive_note,
    aligned_note,
    apart_note,
    caution_notes,
    count_notes,
    interval_notes,
    score_notes,
    untested_note,
)
from app.results.options import ReportOptions
from app.results.scoring import scored, tested
from app.results.sentences import (
    adaptive_in_words,
    alignable_in_words,
    aligned_in_words,
    apart_in_words,
    controls_in_words,
    ranking_in_words,
    tests_in_words,
    untestable_in_words,
    untested_in_words,
)
from app.results.task_rows import ConditionRow, PairRow, SceneRow, condition_rows, pair_rows, scene_rows


@dataclass(frozen=True, slots=True)
class TaskReport:
    """A task's ranking and what is behind it; where nothing can be ranked it has no rows, and ``sentence`` says why.

    ``votes`` and ``subjects`` are those in the ``scenes`` that take part, so none where nothing is ranked.
    """

    task: str
    title: str
    sentence: str
    notes: tuple[str, ...]
    rows: tuple[ConditionRow, ...]
    scene_rows: tuple[SceneRow, ...]
    pair_rows: tuple[PairRow, ...]
    boxes: tuple[tuple[str, ...], ...]
    scenes: int
    scenes_left_out: int
    subjects: int | None
    votes: float
    counted: Counted | None
    excluded_counted: bool | None
    generalises_to: str | None
    options: ReportOptions
    off_plan: str = ""  # what differs from the plan that was frozen when the study opened, in a sentence
    interval: Interval | None = None
    interval_rows: tuple[IntervalRow, ...] = ()
    adaptive: bool = False  # the votes decided which pairs were asked: a ranking alone
    side_bias: SideBias | None = None  # None where votes do not tell their sides, or none has a finite size
    left_out: tuple[LeftOut, ...] = ()
    apart: bool = False  # no scene joins all conditions: only the prior places them side by side
    aligned: bool = False  # scenes hold different conditions and are put on one scale: a ranking alone
    nu: float | None = None  # Davidson's parameter of ties; None where they are half wins

    @property
    def position(self) -> str:
        """Where the scale of the scores stands."""
        return self.rows[0].position if self.rows else "sum zero"

    @property
    def tested(self) -> bool:
        """Whether there are enough scenes for tests and intervals over scenes, in a design that allows them."""
        return bool(self.pair_rows)

    @property
    def tests(self) -> str:
        """The test behind the sentence, in a clause; empty without one."""
        options = self.options
        return tests_in_words(self.scenes, options.alpha, options.correction, self.test) if self.tested else ""

    @property
    def test(self) -> PairTest:
        """The test that letters follow: the chosen one, or the t-test where the votes do not allow that."""
        clustered = any(row.p_two_way is not None for row in self.pair_rows)
        return PairTest.T if self.options.test is PairTest.TWO_WAY and not clustered else self.options.test

    @property
    def controls(self) -> str:
        """What the rule behind the letters controls, in a sentence; empty without a test."""
        return controls_in_words(self.options.alpha, self.options.correction, self.test) if self.tested else ""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the tests over scenes say, or that there are none."""

    sentence: str
    notes: tuple[str, ...]
    order: tuple[int, ...]
    groups: Groups | None = None
    pair_rows: tuple[PairRow, ...] = ()


def task_report(tally: TaskTally, options: ReportOptions) -> TaskReport:
    """The report on one task's counts."""
    try:
        scores = scored(tally, options)
    except NothingToScore as error:
        return _unranked(tally, options, error)
    if tally.adaptive:
        words = adaptive_in_words([scores.conditions[i] for i in _order(scores)])
        return _ranked_alone(tally, options, scores, words)
    if scores.apart is not None:
        return _ranked_alone(tally, options, scores, apart_in_words(scores.apart))
    if scores.held is not None:
        words = aligned_in_words([scores.conditions[i] for i in _order(scores)], len(scores.scenes))
        return _ranked_alone(tally, options, scores, words)
    around = task_intervals(tally, scores, options)
    side = side_of(tally, scores, options)
    verdict = _untested(scores) if len(scores.scenes) < FEWEST_SCENES else _tested(scores, around, options)
    boxes = verdict.groups.boxes if verdict.groups else ()
    found = _report(
        tally,
        options,
        sentence=verdict.sentence,
        notes=(
            *score_notes(scores), *interval_notes(scores, around, options), *verdict.notes,
            *model_notes(tally, scores, side, options), *count_notes(tally, half_wins=scores.ties is None),
        ),
        scores=scores,
        rows=tuple(condition_rows(scores, verdict.order, verdict.groups, around.shown)),
        scene_rows=tuple(scene_rows(tally, scores.conditions, scores.left_out, scores, options.prior)),
        pair_rows=verdict.pair_rows,
        boxes=tuple(tuple(scores.conditions[i] for i in box) for box in boxes),
        shown=around.shown,
        interval_rows=tuple(interval_rows(scores, around, verdict.order)),
    )  # fmt: skip
    return replace(found, side_bias=side if isinstance(side, SideBias) else None)


def _ranked_alone(tally: TaskTally, options: ReportOptions, scores: TaskScores, sentence: str) -> TaskReport:
    """The report on votes from which a ranking follows, and none of what supposes a balanced and connected design."""
    found = _report(
        tally,
        options,
        sentence=sentence,
        notes=(
            *score_notes(scores), *_why_alone(tally, scores), *model_notes(tally, scores, None, options),
            *count_notes(tally, half_wins=scores.ties is None),
        ),
        scores=scores,
        rows=tuple(condition_rows(scores, _order(scores), None, None)),
        scene_rows=tuple(scene_rows(tally, scores.conditions, scores.left_out, scores, options.prior)),
    )  # fmt: skip
    return replace(found, apart=scores.apart is not None, aligned=scores.held is not None)


def _why_alone(tally: TaskTally, scores: TaskScores) -> Iterator[str]:
    if tally.adaptive:
        yield adaptive_note()
    if scores.apart is not None:
        yield apart_note(scores)
    if scores.held is not None:
        yield aligned_note()


def _order(scores: TaskScores) -> tuple[int, ...]:
    return ranking(np.round(scores.mean, ROUNDING))


def _untested(scores: TaskScores) -> _Verdict:
    order = _order(scores)
    sentence = untested_in_words([scores.conditions[i] for i in order], len(scores.scenes))
    return _Verdict(sentence, (untested_note(),), order)


def _tested(scores: TaskScores, around: TaskIntervals, options: ReportOptions) -> _Verdict:
    tests = tested(scores, around.spreads)
    apart = tests.distinguishable(options.alpha, options.correction, options.test)
    found = groups(np.round(scores.mean, ROUNDING), apart)
    if tests.testable.any() or not tests.difference.any():
        sentence = ranking_in_words(scores.conditions, found, apart)
    else:
        sentence = untestable_in_words([scores.conditions[i] for i in found.order], tests.scenes)
    return _Verdict(
        sentence=sentence,
        notes=tuple(caution_notes(scores, tests, found, options)),
        order=found.order,
        groups=found,
        pair_rows=tuple(pair_rows(scores, found.order, tests, options)),
    )


def _unranked(tally: TaskTally, options: ReportOptions, error: NothingToScore) -> TaskReport:
    """The report on a task without a single scene that can take part."""
    if tally.votes:
        sentence = f"Nothing can be ranked yet. {error.detail}{f' {alignable_in_words()}' if error.alignable else ''}"
    else:
        sentence = "No vote counts." if tally.left_out else "No votes yet."
        if options.scenes and not tally.scenes:
            sentence = "None of the chosen scenes is one of this task."
    found = _report(
        tally,
        options,
        sentence=sentence,
        notes=tuple(count_notes(tally)),
        scores=None,
        scene_rows=tuple(scene_rows(tally, error.conditions, error.left_out, None, options.prior)),
    )
    return replace(found, left_out=error.left_out)


def _report(
    tally: TaskTally,
    options: ReportOptions,
    *,
    sentence: str,
    notes: tuple[str, ...],
    scores: TaskScores | None,
    rows: tuple[ConditionRow, ...] = (),
    scene_rows: tuple[SceneRow, ...] = (),
    pair_rows: tuple[PairRow, ...] = (),
    boxes: tuple[tuple[str, ...], ...] = (),
    shown: Intervals | None = None,
    interval_rows: tuple[IntervalRow, ...] = (),
) -> TaskReport:
    scenes = scores.scenes if scores else ()
    interval = shown.kind if shown is not None and shown.known.any() else None
    return TaskReport(
        task=tally.task,
        title=TASKS[tally.task].title if tally.task in TASKS else tally.task,
        sentence=sentence,
        notes=notes,
        rows=rows,
        scene_rows=scene_rows,
        pair_rows=pair_rows,
        boxes=boxes,
        scenes=len(scenes),
        scenes_left_out=len(tally.scenes) - len(scenes),
        subjects=tally.subjects_in(scenes),
        votes=float(scores.wins.sum()) if scores else 0.0,
        counted=tally.counted,
        excluded_counted=tally.excluded_counted,
        generalises_to=interval.generalises_to if interval else None,
        options=options,
        interval=interval,
        interval_rows=interval_rows,
        adaptive=tally.adaptive,
        left_out=scores.left_out if scores else (),
        nu=scores.ties.nu if scores and scores.ties else None,
    )
