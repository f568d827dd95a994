"""How certain a ranking is: ranks, chances and intervals together, the omnibus test, and whether the model holds."""

import csv
import json
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from app.analysis.intervals import Interval
from app.results.certainty import Certainty, certainty
from app.results.export import table_csv
from app.results.figures import figure_sheet
from app.results.judgements import TaskTally
from app.results.options import ReportOptions
from app.results.report import StudyReport, replicated
from app.results.task_report import task_report
from tests.analysis.test_clustered import study
from tests.results.counts import tally_of


def _tally(scenes: int = 6, subjects: int = 8, conditions: int = 4) -> TaskTally:
    columns = study(scenes=scenes, subjects=subjects, conditions=conditions)
    assert columns.subject is not None
    judged = np.zeros((subjects, scenes), dtype=bool)
    judged[columns.subject, columns.scene] = True
    tally = tally_of(columns.wins(), columns.scenes, columns.conditions, judged=judged)
    return replace(tally, columns=columns)


def judged_report(**options: object) -> StudyReport:
    """The report on one task that eight subjects judged in six scenes."""
    return _report(_tally(), **options)


def _report(tally: TaskTally, **options: object) -> StudyReport:
    chosen = ReportOptions(**options)  # type: ignore[arg-type]
    return StudyReport((task_report(tally, chosen),), chosen, (tally,))


def _known(tally: TaskTally, **options: object) -> Certainty:
    (found,) = _report(tally, **options).certainty.values()
    return found


def _rows(lines: Iterable[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(lines))


def test_ranks_and_chances_follow_the_order_of_the_ranking() -> None:
    found = _known(_tally())
    again = found.resampled
    assert again is not None
    for place, row in enumerate(found.report.rows):
        assert again.rank_low[place] <= row.rank <= again.rank_high[place]
    assert again.p_best[0] == max(again.p_best)
    assert again.p_beats[0][-1] > 0.5 > again.p_beats[-1][0]
    assert (again.replicates, again.asked, again.seed) == (1_000, 1_000, 0)


def test_the_tables_carry_them() -> None:
    report = _report(_tally())
    again = report.certainty["denoise"].resampled
    assert again is not None
    ranking = _rows(table_csv("rankings", report))
    assert [int(row["rank_low"]) for row in ranking] == list(again.rank_low)
    assert [float(row["p_best"]) for row in ranking] == pytest.approx(list(again.p_best))
    beats = {(row["condition_a"], row["condition_b"]): row for row in _rows(table_csv("significance", report))}
    names = [row.condition for row in report.tasks[0].rows]
    assert float(beats[names[0], names[2]]["p_beats"]) == pytest.approx(again.p_beats[0][2])
    assert all(row["p_wilcoxon"] and row["p_two_way"] for row in beats.values())


def test_every_kind_of_interval_stands_beside_the_others_with_what_it_generalises_to() -> None:
    report = _report(_tally(), interval=Interval.SUBJECTS)
    text = "".join(table_csv("intervals", report))
    for kind in Interval:
        assert f",{kind.value}," in text
        assert kind.generalises_to in text
    shown = {row.condition: (row.low, row.high) for row in report.tasks[0].rows}
    for row in report.tasks[0].interval_rows:
        if row.kind is Interval.SUBJECTS:
            assert shown[row.condition] == (row.low, row.high)
            assert row.df == 7


def test_intervals_that_hold_all_conditions_are_wider_than_those_for_one() -> None:
    found = _known(_tally())
    for row, ends in zip(found.report.rows, found.simultaneous, strict=True):
        assert ends is not None
        assert row.low is not None
        assert row.high is not None
        assert ends[0] < row.low < row.high < ends[1]


def test_the_table_of_intervals_has_those_that_hold_all_conditions_of_every_kind() -> None:
    report = _report(_tally(), interval=Interval.SUBJECTS)
    shown = dict(zip(report.certainty["denoise"].conditions, report.certainty["denoise"].simultaneous, strict=True))
    rows = _rows(table_csv("intervals", report))
    assert {row["kind"] for row in rows} == {kind.value for kind in Interval}
    for row in rows:
        assert float(row["all_low"]) < float(row["low"]) < float(row["high"]) < float(row["all_high"])
        if row["kind"] == "subjects":
            assert (float(row["all_low"]), float(row["all_high"])) == pytest.approx(shown[row["condition"]])


def test_where_no_scene_can_stand_out_by_itself_a_note_says_so() -> None:
    rough = _report(_tally(), alpha=0.001).certainty["denoise"]
    assert any("are too few for one of" in note for note in rough.notes)
    assert not any("are too few for one of" in note for note in _known(_tally()).notes)


def test_a_file_without_subjects_has_no_replicates_and_says_so() -> None:
    columns = study()
    tally = tally_of(columns.wins(), columns.scenes, columns.conditions)
    report = _report(tally)
    found = report.certainty["denoise"]
    assert found.resampled is None
    assert not replicated(report, report.tasks[0])
    assert any("no column tells who gave which answer" in note for note in found.notes)
    assert {row["p_best"] for row in _rows(table_csv("rankings", report))} == {""}
    assert {row["p_two_way"] for row in _rows(table_csv("significance", report))} == {""}
    task = report.tasks[0]
    assert task.interval is Interval.SCENES
    assert any("speak about these subjects, any scenes, not about any subjects, any scenes" in n for n in task.notes)


def test_two_scenes_leave_intervals_for_any_subjects_and_say_so() -> None:
    report = _report(_tally(scenes=2))
    task, found = report.tasks[0], report.certainty["denoise"]
    assert task.interval is Interval.SUBJECTS
    assert all(row.low is not None and row.stderr is not None for row in task.rows)
    assert any("intervals for any scenes need 3 scenes, and there are 2 scenes" in note for note in task.notes)
    assert found.omnibus is None
    assert any("Friedman’s test needs 3 scenes" in note for note in found.notes)
    assert found.resampled is not None


def test_where_the_votes_agree_with_the_model_it_is_said_and_where_they_do_not_the_scene_is_named() -> None:
    tally = _tally(scenes=5, conditions=5)
    assert _known(tally).fit_in_words.startswith("The votes agree with Bradley–Terry. Deviance ")
    wins = tally.wins.copy()
    for winner, loser in ((0, 1), (1, 2), (2, 0)):
        wins[3, winner, loser], wins[3, loser, winner] = 40, 1
    found = _known(tally_of(wins, tally.scenes, tally.conditions))
    assert found.misfits == ("s3",)
    assert "Bradley–Terry does not hold in scene s3 (corrected for looking at all scenes)" in found.fit_in_words


def test_the_table_of_fits_has_a_row_for_each_scene_and_one_for_the_task() -> None:
    report = _report(_tally())
    rows = _rows(table_csv("fit", report))
    assert [row["scene"] for row in rows] == [*(f"s{i}" for i in range(6)), ""]
    assert float(rows[-1]["deviance"]) == pytest.approx(sum(float(row["deviance"]) for row in rows[:-1]))


def test_everything_can_be_written_as_json() -> None:
    found = _known(_tally()).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["replicates"]["generalises_to"] == "any subjects, these scenes"


def test_adaptive_votes_and_tasks_without_a_ranking_have_none() -> None:
    tally = replace(_tally(), adaptive=True)
    assert certainty(tally, task_report(tally, ReportOptions()), ReportOptions()) is None
    assert _report(_tally_without_votes()).certainty == {}


def _tally_without_votes() -> TaskTally:
    return tally_of(np.zeros((3, 2, 2)), "xyz", "ab")


@pytest.mark.parametrize("name", ["ranks", "beats"])
@pytest.mark.parametrize("width", ["screen", "column", "page"])
def test_both_figures_say_what_they_show_and_how_it_was_made(name: str, width: str) -> None:
    report = _report(_tally(conditions=12))
    sheet = figure_sheet(report, "denoise", name, width=width)  # type: ignore[arg-type]
    texts = " ".join(text.get_text() for text in sheet.figure.axes[0].texts)
    assert "1000 replicates" in texts
    assert "seed 0" in texts
    assert "these scenes" in texts
    assert sheet.saved("svg").startswith(b"<?xml")
