"""The statistics of one task, ready for a page, a table or a figure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.analysis.groups import Groups, groups, ranking
from app.analysis.intervals import FEWEST_SCENES, Intervals, over_scenes
from app.analysis.scores import NothingToScore, TaskScores, task_scores
from app.analysis.significance import Correction, PairedTests, paired_tests
from app.catalog import TASKS
from app.results.judgements import TaskTally, WhyNot
from app.results.options import ReportOptions
from app.results.sentences import listed, ranking_in_words, untested_in_words

_ROUNDING = 9  # decimals, logits: scores closer than the fit's precision share a rank


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition's place in its task's ranking."""

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
    """What the paired test says about two conditions, the higher ranked first."""

    condition_a: str
    condition_b: str
    difference: float
    t: float
    df: int
    p: float
    p_holm: float
    p_bh: float
    distinguishable: bool


@dataclass(frozen=True, slots=True)
class TaskReport:
    """A task's ranking and what is behind it; where nothing can be ranked it has no rows, and ``sentence`` says why."""

    task: str
    title: str
    sentence: str
    notes: tuple[str, ...]
    rows: tuple[ConditionRow, ...]
    scene_rows: tuple[SceneRow, ...]
    pair_rows: tuple[PairRow, ...]
    boxes: tuple[tuple[str, ...], ...]
    scenes: int
    subjects: int | None
    votes: float
    generalises_to: str | None
    options: ReportOptions

    @property
    def tested(self) -> bool:
        """Whether there are enough scenes for tests and intervals over scenes."""
        return bool(self.pair_rows)


def task_report(tally: TaskTally, options: ReportOptions) -> TaskReport:
    """The report on one task's counts."""
    try:
        scores = task_scores(tally.wins, tally.scenes, tally.conditions, prior=options.prior)
    except NothingToScore as error:
        sentence = "No votes yet." if not tally.votes else f"Nothing can be ranked yet. {error.message}"
        return _report(tally, options, sentence=sentence, notes=tuple(_left_out_notes(tally)))
    tests = paired_tests(scores.by_scene) if len(scores.scenes) >= FEWEST_SCENES else None
    intervals = over_scenes(scores.by_scene, options.level) if tests else None
    if tests:
        apart = tests.distinguishable(options.alpha, options.correction)
        found = groups(np.round(scores.mean, _ROUNDING), apart)
        order, sentence = found.order, ranking_in_words(scores.conditions, found, apart)
    else:
        found, order = None, ranking(np.round(scores.mean, _ROUNDING))
        sentence = untested_in_words([scores.conditions[i] for i in order], len(scores.scenes))
    return _report(
        tally,
        options,
        sentence=sentence,
        notes=(*_score_notes(scores, found), *_left_out_notes(tally)),
        rows=tuple(_condition_rows(scores, order, found, intervals)),
        scene_rows=tuple(_scene_rows(tally, scores)),
        pair_rows=tuple(_pair_rows(scores, order, tests, options)) if tests else (),
        boxes=tuple(tuple(scores.conditions[i] for i in box) for box in found.boxes) if found else (),
        scenes=len(scores.scenes),
        generalises_to=intervals.generalises_to if intervals else None,
    )


def _report(
    tally: TaskTally,
    options: ReportOptions,
    *,
    sentence: str,
    notes: tuple[str, ...],
    rows: tuple[ConditionRow, ...] = (),
    scene_rows: tuple[SceneRow, ...] = (),
    pair_rows: tuple[PairRow, ...] = (),
    boxes: tuple[tuple[str, ...], ...] = (),
    scenes: int = 0,
    generalises_to: str | None = None,
) -> TaskReport:
    known = TASKS.get(tally.task)
    return TaskReport(
        tally.task, known.title if known else tally.task, sentence, notes, rows, scene_rows, pair_rows, boxes,
        scenes, tally.subjects, tally.votes, generalises_to, options,
    )  # fmt: skip


def _condition_rows(
    scores: TaskScores, order: tuple[int, ...], found: Groups | None, intervals: Intervals | None
) -> Iterator[ConditionRow]:
    rounded = np.round(scores.mean, _ROUNDING)
    wins = scores.wins.sum(axis=0)
    for i in order:
        yield ConditionRow(
            condition=scores.conditions[i],
            rank=1 + int((rounded > rounded[i]).sum()),
            score=float(scores.mean[i]),
            low=float(intervals.low[i]) if intervals else None,
            high=float(intervals.high[i]) if intervals else None,
            letters=found.letters[i] if found else "",
            wins=float(wins[i].sum()),
            votes=float(wins[i].sum() + wins[:, i].sum()),
        )


def _scene_rows(tally: TaskTally, scores: TaskScores) -> Iterator[SceneRow]:
    reasons = {one.scene: one.reason for one in scores.left_out}
    places = {scene: place for place, scene in enumerate(scores.scenes)}
    stderr = scores.fits.stderr
    columns = [(j, name, tally.conditions.index(name)) for j, name in enumerate(scores.conditions)]
    for scene, wins in zip(tally.scenes, tally.wins, strict=True):
        place = places.get(scene)
        for j, name, i in columns:
            yield SceneRow(
                scene=scene,
                condition=name,
                score=None if place is None else float(scores.by_scene[place, j]),
                stderr=None if place is None else float(stderr[place, j]),
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
            yield PairRow(
                condition_a=scores.conditions[i],
                condition_b=scores.conditions[j],
                difference=float(tests.difference[i, j]),
                t=float(tests.statistic[i, j]),
                df=tests.scenes - 1,
                p=float(tests.p[Correction.NONE][i, j]),
                p_holm=float(tests.p[Correction.HOLM][i, j]),
                p_bh=float(tests.p[Correction.BH][i, j]),
                distinguishable=bool(apart[i, j]),
            )


def _score_notes(scores: TaskScores, found: Groups | None) -> Iterator[str]:
    if scores.unseen:
        yield f"Without a score, for want of votes: {listed(scores.unseen)}."
    for reason in dict.fromkeys(one.reason for one in scores.left_out):
        named = [one.scene for one in scores.left_out if one.reason == reason]
        yield f"Left out: {'scene' if len(named) == 1 else 'scenes'} {listed(named)} ({reason})."
    if found is None:
        yield f"Intervals and tests over scenes need {FEWEST_SCENES} scenes and are left out."
    elif not found.agree:
        yield "The brackets join only neighbours in the ranking and say less than the letters, which are exact."


_REASONS = {
    WhyNot.PILOT: "of pilot sessions",
    WhyNot.EXCLUDED: "of excluded sessions",
    WhyNot.SIMULATED: "of simulated sessions",
    WhyNot.PERSON: "of people who tried the demonstration",
    WhyNot.REPEAT: "on a pair the subject had judged before",
    WhyNot.WEIGHT: "of weight 0",
}


def _left_out_notes(tally: TaskTally) -> Iterator[str]:
    parts = [f"{count} {_REASONS[WhyNot(reason)]}" for reason, count in tally.left_out.items()]
    if parts:
        yield f"Votes not counted: {listed(parts)}."
    if tally.ties:
        yield f"{tally.ties:g} answers were ties and count as half a win for both."
    if tally.late:
        yield f"{tally.late} votes arrived after the study was paused or closed; they count."
