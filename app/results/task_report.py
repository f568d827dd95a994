"""The statistics of one task, ready for a page, a table or a figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import ROUNDING
from app.analysis.groups import Groups, groups, ranking
from app.analysis.intervals import FEWEST_SCENES, Intervals, over_scenes
from app.analysis.scores import LeftOut, NothingToScore, TaskScores, task_scores
from app.analysis.significance import Correction, PairedTests, paired_tests
from app.catalog import TASKS
from app.results.judgements import Counted, TaskTally
from app.results.notes import caution_notes, count_notes, score_notes, untested_note
from app.results.options import ReportOptions
from app.results.sentences import ranking_in_words, tests_in_words, untested_in_words


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition's place in its task's ranking; no interval where the score is the same in all scenes."""

    condition: str
    rank: int
    score: float
    low: float | None
    high: float | None
    letters: str
    wins: float
    votes: float


@dataclass(frozen=True, slots=True)
class SceneRow:
    """One condition's strength in one scene; no score where the scene is left out."""

    scene: str
    condition: str
    score: float | None
    stderr: float | None
    wins: float
    votes: float
    left_out: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """What the paired test says about two conditions, the higher ranked first.

    No t and no p where the difference is the same in all scenes, which cannot be tested.
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

    @property
    def tested(self) -> bool:
        """Whether there are enough scenes for tests and intervals over scenes."""
        return bool(self.pair_rows)

    @property
    def tests(self) -> str:
        """The test behind the sentence, in a clause; empty without one."""
        return tests_in_words(self.scenes, self.options.alpha, self.options.correction) if self.tested else ""


def task_report(tally: TaskTally, options: ReportOptions) -> TaskReport:
    """The report on one task's counts."""
    try:
        scores = task_scores(tally.wins, tally.scenes, tally.conditions, prior=options.prior)
    except NothingToScore as error:
        return _unranked(tally, options, error)
    if len(scores.scenes) < FEWEST_SCENES:
        order = ranking(np.round(scores.mean, ROUNDING))
        return _report(
            tally,
            options,
            sentence=untested_in_words([scores.conditions[i] for i in order], len(scores.scenes)),
            notes=(*score_notes(scores), untested_note(), *count_notes(tally)),
            scores=scores,
            rows=tuple(_condition_rows(scores, order, None, None)),
            scene_rows=tuple(_scene_rows(tally, scores.conditions, scores.left_out, scores)),
        )
    tests, intervals = paired_tests(scores.by_scene), over_scenes(scores.by_scene, options.level)
    apart = tests.distinguishable(options.alpha, options.correction)
    found = groups(np.round(scores.mean, ROUNDING), apart)
    return _report(
        tally,
        options,
        sentence=ranking_in_words(scores.conditions, found, apart),
        notes=(*score_notes(scores), *caution_notes(scores, tests, intervals, found), *count_notes(tally)),
        scores=scores,
        rows=tuple(_condition_rows(scores, found.order, found, intervals)),
        scene_rows=tuple(_scene_rows(tally, scores.conditions, scores.left_out, scores)),
        pair_rows=tuple(_pair_rows(scores, found.order, tests, options)),
        boxes=tuple(tuple(scores.conditions[i] for i in box) for box in found.boxes),
        generalises_to=intervals.generalises_to if intervals.known.any() else None,
    )


def _unranked(tally: TaskTally, options: ReportOptions, error: NothingToScore) -> TaskReport:
    """The report on a task without a single scene that can take part."""
    if tally.votes:
        sentence = f"Nothing can be ranked yet. {error.detail}"
    else:
        sentence = "No vote counts." if tally.left_out else "No votes yet."
    return _report(
        tally,
        options,
        sentence=sentence,
        notes=tuple(count_notes(tally)),
        scores=None,
        scene_rows=tuple(_scene_rows(tally, error.conditions, error.left_out, None)),
    )


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
    generalises_to: str | None = None,
) -> TaskReport:
    known = TASKS.get(tally.task)
    scenes = scores.scenes if scores else ()
    return TaskReport(
        task=tally.task,
        title=known.title if known else tally.task,
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
        generalises_to=generalises_to,
        options=options,
    )


def _condition_rows(
    scores: TaskScores, order: tuple[int, ...], found: Groups | None, intervals: Intervals | None
) -> Iterator[ConditionRow]:
    rounded = np.round(scores.mean, ROUNDING)
    wins = scores.wins.sum(axis=0)
    for i in order:
        yield ConditionRow(
            condition=scores.conditions[i],
            rank=1 + int((rounded > rounded[i]).sum()),
            score=_shown(scores.mean[i]),
            low=_shown(intervals.low[i]) if intervals and intervals.known[i] else None,
            high=_shown(intervals.high[i]) if intervals and intervals.known[i] else None,
            letters=found.letters[i] if found else "",
            wins=float(wins[i].sum()),
            votes=float(wins[i].sum() + wins[:, i].sum()),
        )


def _scene_rows(
    tally: TaskTally, conditions: Sequence[str], left_out: Sequence[LeftOut], scores: TaskScores | None
) -> Iterator[SceneRow]:
    reasons = {one.scene: one.reason for one in left_out}
    places = {scene: place for place, scene in enumerate(scores.scenes)} if scores else {}
    strength, stderr = (scores.by_scene, scores.fits.stderr) if scores else (None, None)
    columns = [(j, name, tally.conditions.index(name)) for j, name in enumerate(conditions)]
    for scene, wins in zip(tally.scenes, tally.wins, strict=True):
        place = places.get(scene)
        for j, name, i in columns:
            yield SceneRow(
                scene=scene,
                condition=name,
                score=None if place is None or strength is None else _shown(strength[place, j]),
                stderr=None if place is None or stderr is None else _shown(stderr[place, j]),
                wins=float(wins[i].sum()),
                votes=float(wins[i].sum() + wins[:, i].sum()),
                left_out=reasons.get(scene, ""),
            )


def _pair_rows(
    scores: TaskScores, order: tuple[int, ...], tests: PairedTests, options: ReportOptions
) -> Iterator[PairRow]:
    apart = tests.distinguishable(options.alpha, options.correction)
    for place, i in enumerate(order):
        for j in order[place + 1 :]:
            testable = bool(tests.testable[i, j])
            yield PairRow(
                condition_a=scores.conditions[i],
                condition_b=scores.conditions[j],
                difference=_shown(tests.difference[i, j]),
                t=float(tests.statistic[i, j]) + 0.0 if testable else None,
                df=tests.scenes - 1,
                p=float(tests.p[Correction.NONE][i, j]) if testable else None,
                p_holm=float(tests.p[Correction.HOLM][i, j]) if testable else None,
                p_bh=float(tests.p[Correction.BH][i, j]) if testable else None,
                distinguishable=bool(apart[i, j]),
            )


def _shown(logits: float) -> float:
    """Without the fit's rounding, which would differ between machines; + 0.0 turns -0 into 0."""
    return round(float(logits), ROUNDING) + 0.0
