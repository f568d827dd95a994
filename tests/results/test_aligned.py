"""Results of scenes that lack conditions and are aligned, wherever they are shown."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from app.analysis.alignment import Incomplete
from app.analysis.davidson import Ties
from app.analysis.intervals import FEWEST_SCENES
from app.results.captions import caption
from app.results.export import table_csv
from app.results.figures import figure_sheet
from app.results.judgements import TaskTally
from app.results.methods import file_methods
from app.results.methods_forms import markdown
from app.results.options import ReportOptions
from app.results.plan import StudyPlan
from app.results.report import StudyReport, _report
from app.results.report_rows import REPORT_ROWS
from app.results.scene_grid import scene_grid
from app.results.summary import summary
from app.results.task_report import TaskReport, task_report
from app.results.wins import win_matrix
from tests.results.counts import tally_of
from tests.results.test_forest import counts
from tests.results.test_plan import OPENED, PLAN

ALIGN = ReportOptions(incomplete=Incomplete.ALIGN)


def incomplete(*, joined: bool = True) -> TaskTally:
    """Six scenes with two of three conditions each; not ``joined``, four conditions of which two always meet."""
    n = 3 if joined else 4
    pairs = [(0, 1), (1, 2), (0, 2)] if joined else [(0, 1), (2, 3), (0, 1)]
    wins = np.zeros((6, n, n))
    for scene in range(6):
        i, j = pairs[scene % 3]
        wins[scene, i, j], wins[scene, j, i] = 9 + scene % 2, 4
    return tally_of(wins, [f"s{scene}" for scene in range(6)], "abcd"[:n])


def _all(tally: TaskTally | None = None, options: ReportOptions = ALIGN) -> StudyReport:
    return _report((tally or incomplete(),), options)


def _table(found: StudyReport, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(table_csv(name, found)))))


def test_scenes_that_are_left_out_otherwise_give_a_ranking_alone() -> None:
    plain = task_report(incomplete(), ReportOptions())
    assert plain.rows == ()
    assert "--incomplete align" in plain.sentence
    found = task_report(incomplete(), ALIGN)
    assert [row.condition for row in found.rows] == ["a", "b", "c"]
    assert found.sentence == "a ranks first, before b and c; 6 aligned scenes give this order and no test."
    assert (found.aligned, found.tested, found.scenes, found.scenes_left_out) == (True, False, 6, 0)
    assert found.scenes >= FEWEST_SCENES
    assert found.pair_rows == found.interval_rows == found.boxes == ()
    assert {(row.low, row.letters) for row in found.rows} == {(None, "")}
    assert any("an offset of its own" in note and "left out" in note for note in found.notes)


def test_adaptive_votes_in_aligned_scenes_tell_both_reasons() -> None:
    found = task_report(replace(incomplete(), adaptive=True), ALIGN)
    assert any(note.startswith("Adaptive sampling") for note in found.notes)
    assert any("an offset of its own" in note for note in found.notes)


def test_strengths_by_scene_are_on_the_common_scale_and_empty_without_votes() -> None:
    found = task_report(incomplete(), ALIGN)
    empty = [(row.scene, row.condition) for row in found.scene_rows if row.score is None]
    assert empty == [("s0", "c"), ("s1", "a"), ("s2", "b"), ("s3", "c"), ("s4", "a"), ("s5", "b")]
    assert {row.left_out for row in found.scene_rows} == {""}
    rows = _table(_all(), "scores_by_scene")
    assert {row["score"] == "" for row in rows if row["votes"] == "0"} == {True}
    scores = {row.condition: row.score for row in found.rows}
    for row in found.scene_rows:
        if row.score is not None:
            assert row.score == pytest.approx(scores[row.condition], abs=0.4)
    grid = scene_grid(found)
    assert "scores highest in" in grid.sentence
    assert len(grid.lines) == 6


def test_sets_of_scenes_that_share_no_condition_are_refused_with_the_reason() -> None:
    found = task_report(incomplete(joined=False), ALIGN)
    assert found.rows == ()
    assert found.sentence == (
        "Nothing can be ranked yet. Scenes cannot be aligned: there are 2 sets of them that share no condition "
        "(s0, s2, s3 … / s1, s4)."
    )
    assert "align" not in task_report(incomplete(joined=False), ReportOptions()).sentence


def test_every_part_of_the_results_takes_aligned_scores() -> None:
    found = _all()
    assert all(_table(found, name) is not None for name in REPORT_ROWS)
    told = json.loads(json.dumps(summary(found)))
    assert told["options"]["incomplete"] == "align"
    assert told["tasks"][0]["aligned"] is True
    assert found.certainty == {}
    assert [one.parts for one in found.outlooks] == [None]
    assert "wins" in win_matrix(found, found.tasks[0]).sentence
    for figure in ("rankings", "scenes", "wins"):
        assert figure_sheet(found, "denoise", figure, "light", "screen").saved("svg")
    sheet = "\n".join(markdown(file_methods("votes.csv", "0" * 64, found)))
    assert "least-squares fit to all strengths" in sheet
    assert "Searle" in sheet
    assert "too few scenes" not in sheet
    assert "Scenes hold different conditions: the order alone" in caption(found.tasks[0])
    assert "mean over scenes" not in caption(found.tasks[0])


def test_an_anchor_and_ties_have_their_place() -> None:
    tally = incomplete()
    found = task_report(tally, replace(ALIGN, anchor="b", ties=Ties.DAVIDSON))
    scores = {row.condition: row.score for row in found.rows}
    assert scores["b"] == 0
    plain = {row.condition: row.score for row in task_report(tally, ALIGN).rows}
    assert scores["a"] == pytest.approx(plain["a"] - plain["b"])


def _same(found: TaskReport, plain: TaskReport) -> bool:
    return replace(found, options=plain.options) == plain


def test_where_every_scene_holds_everything_the_report_is_the_same() -> None:
    for tally in (counts(), counts(scenes=2), counts(subjects=None)):
        assert _same(task_report(tally, ALIGN), task_report(tally, ReportOptions()))
        found, plain = _all(tally), _all(tally, ReportOptions())
        for name in REPORT_ROWS:
            assert _table(found, name) == _table(plain, name)


def test_aligning_differs_from_every_plan() -> None:
    told = "scenes that lack conditions aligned instead of left out"
    assert PLAN.deviations(ALIGN) == (told,)
    assert StudyPlan(PLAN.said, OPENED, closed=True).in_words(ALIGN).endswith(f": {told}.")
