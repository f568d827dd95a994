"""What more subjects would bring, in rows, in words and as a figure; and what joins the conditions."""

import csv
import re
from dataclasses import replace

import numpy as np
import pytest

from app.analysis.design import BadWish, needed
from app.analysis.significance import Correction
from app.analysis.vote_columns import VoteColumns
from app.results.columns import TABLES
from app.results.export import table_csv
from app.results.figures import FIGURES, figure_sheet
from app.results.islands import islands_in_words
from app.results.judgements import TaskTally
from app.results.options import ReportOptions
from app.results.planning import Wish, task_outlook
from app.results.planning_words import origin_in_words, outlook_in_words
from app.results.report import StudyReport
from app.results.task_report import task_report
from tests.analysis.test_design import PARTS, study
from tests.results.counts import tally_of


def _tally(subjects: int = 12, scenes: int = 8, seed: int = 5) -> TaskTally:
    columns, wins = study(np.random.default_rng(seed), subjects, scenes)
    return replace(tally_of(wins, columns.scenes, columns.conditions), columns=columns)


def _report(tally: TaskTally) -> StudyReport:
    return StudyReport((task_report(tally, ReportOptions()),), ReportOptions(), (tally,))


def _said(tally: TaskTally, half_width: float) -> str:
    return outlook_in_words(task_outlook(tally, ReportOptions(), Wish(half_width)))


def test_rows_begin_with_the_study_as_it_stands_and_go_on_to_what_is_wished_and_asked_for() -> None:
    outlook = task_outlook(_tally(), ReportOptions(), Wish(0.4), also=[17])
    (now,) = (row for row in outlook.rows if row.now)
    assert (now.subjects, now.scenes, now.votes) == (12, 8, 12 * 8 * 15)
    assert now.half_width == pytest.approx(outlook.half_width)
    assert {12, 17, 24, 48} <= {row.subjects for row in outlook.rows}
    widths = [row.half_width for row in outlook.rows]
    assert widths == sorted(widths, reverse=True)
    for row in outlook.rows:
        assert row.of_subjects + row.of_scenes + row.of_votes <= now.of_subjects + now.of_scenes + now.of_votes
        assert row.chance[Correction.HOLM] <= row.chance[Correction.BH] <= row.chance[Correction.NONE]
        assert row.detectable[Correction.HOLM] >= row.detectable[Correction.BH] >= row.detectable[Correction.NONE]


def test_a_width_that_is_there_one_that_subjects_bring_and_one_that_scenes_forbid_are_told_apart() -> None:
    outlook = task_outlook(_tally(), ReportOptions(), Wish())

    def said(half_width: float) -> str:
        return outlook_in_words(replace(outlook, parts=PARTS, needed=needed(PARTS, half_width)))

    assert "±0.4 is reached already" in said(0.4)
    between = said(0.25)
    assert "±0.25 takes 36 subjects with these scenes: 11 more, about" in between
    assert "votes more" in between
    never = said(0.16)
    assert "No number of subjects brings ±0.16: the scenes limit it. With 20 scenes half an interval stays" in never
    assert "scenes would do with these subjects" in never
    neither = said(0.05)
    assert "Nor do scenes alone: these subjects stay above ±0.13" in neither
    assert "together" in neither


def test_where_the_width_comes_from_adds_up_to_a_hundred() -> None:
    said = origin_in_words(task_outlook(_tally(), ReportOptions(), Wish()))
    shares = [int(share) for share in re.findall(r"(\d+) % (?:is|how|chance)", said)]
    assert len(shares) == 3
    assert sum(shares) == 100


def test_an_adaptive_task_and_one_without_subjects_have_no_interval_to_plan() -> None:
    adaptive = replace(_tally(), adaptive=True)
    assert task_outlook(adaptive, ReportOptions(), Wish()).rows == ()
    assert "an order and no interval" in _said(adaptive, 0.3)
    unnamed = tally_of(_tally().wins, _tally().scenes, _tally().conditions)
    assert "cannot be planned" in _said(unnamed, 0.3)
    assert origin_in_words(task_outlook(unnamed, ReportOptions(), Wish())) == ""


def test_a_task_without_votes_has_none_either() -> None:
    empty = tally_of(np.zeros((2, 3, 3)), ["x", "y"], "abc")
    assert "cannot be planned" in _said(empty, 0.3)
    assert task_outlook(empty, ReportOptions(), Wish()).connected == "There are no votes yet."


@pytest.mark.parametrize("wish", [{"half_width": 0.0}, {"difference": -1.0}, {"half_width": float("nan")}])
def test_a_wish_that_means_nothing_is_refused(wish: dict[str, float]) -> None:
    with pytest.raises(BadWish, match="between 0 and 100 logits"):
        Wish(**wish)


def test_the_table_has_a_row_for_each_number_of_subjects_and_none_for_an_adaptive_study() -> None:
    rows = list(csv.DictReader(table_csv("planning", _report(_tally()))))
    assert list(rows[0]) == [column.name for column in TABLES["planning"]]
    assert [row["now"] for row in rows].count("yes") == 1
    assert list(csv.DictReader(table_csv("planning", _report(replace(_tally(), adaptive=True))))) == []


def test_the_figure_is_drawn_where_there_is_an_interval_and_not_elsewhere() -> None:
    report = _report(_tally())
    for width in ("screen", "column", "page"):
        assert figure_sheet(report, report.tasks[0].task, "planning", "dark", width).saved("svg").startswith(b"<?xml")
    figure, adaptive = FIGURES["planning"], _report(replace(_tally(), adaptive=True))
    assert figure.shows(report, report.tasks[0])  # type: ignore[call-arg]
    assert not figure.shows(adaptive, adaptive.tasks[0])  # type: ignore[call-arg]


def _met(*scenes: str) -> np.ndarray:
    """Which of a, b, c and d meet in each scene, from words such as ``ab cd``."""
    met = np.zeros((len(scenes), 4, 4))
    for place, pairs in enumerate(scenes):
        for one, other in pairs.split():
            met[place, "abcd".index(one), "abcd".index(other)] = 1
    return met


@pytest.mark.parametrize(
    ("scenes", "said"),
    [
        (("ab bc cd", "ad db bc"), "Votes join all 4 conditions in each of 2 scenes."),
        (("ab bc cd", ""), "Votes join all 4 conditions in one scene. 1 scene has no votes."),
        (("", ""), "There are no votes yet."),
        (("ab cd", "ab bc cd"), "In 1 of 2 scenes votes do not join all conditions, not even through others (x: a and b"
         " / c and d)."),
        (("ab bc", "bc ca"), "In 2 of 2 scenes votes do not join all conditions, not even through others (x: d / a, b "
         "and c; y: d / a, b and c). Over all scenes together these never meet: d / a, b and c."),
    ],
)  # fmt: skip
def test_what_joins_the_conditions_is_said_scene_by_scene(scenes: tuple[str, ...], said: str) -> None:
    assert islands_in_words(_met(*scenes), "xy", "abcd", "votes") == said


def test_columns_of_the_study_are_those_of_its_wins() -> None:
    tally = _tally()
    assert isinstance(tally.columns, VoteColumns)
    assert (tally.columns.wins() == tally.wins).all()
