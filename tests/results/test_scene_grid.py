"""Scores scene by scene, and a choice of scenes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.results.captions import caption
from app.results.options import ReportOptions
from app.results.report import NoSuchScene, report, report_on_file
from app.results.scene_grid import scene_grid
from app.results.tally import scenes_of, tally
from app.results.task_report import task_report
from app.results.vote_rows import vote_rows
from tests.results.conftest import BuiltStudy
from tests.results.counts import tally_of

Build = Callable[..., BuiltStudy]
ALL = ("beach", "harbour", "street")
FILE = "task,scene,condition_a,condition_b,winner\n" + "".join(
    f"denoise,{scene},x,y,{winner}\n" for scene, winners in (("beach", "aab"), ("street", "bbb")) for winner in winners
)


def _judged(build: Build) -> BuiltStudy:
    """``mae`` wins at the beach and in the harbour, ``gmsd`` in the street."""
    study = build(conditions=("gmsd", "mae"))
    for label in "123":
        session = study.session(label)
        for scene in ALL:
            study.vote(session, scene, *(("gmsd", "mae") if scene == "street" else ("mae", "gmsd")))
    return study


def test_the_grid_has_the_scenes_that_take_part_and_says_who_is_ahead() -> None:
    wins = np.stack([[[0, 1, 4], [3, 0, 5], [0, 1, 0.0]], [[0, 4, 4], [0, 0, 4], [0, 0, 0]], np.zeros((3, 3))])
    grid = scene_grid(task_report(tally_of(wins, ALL, ("a", "b", "c")), ReportOptions()))
    assert [(line.scene, line.best) for line in grid.lines] == [("beach", ("b",)), ("harbour", ("a",))]
    assert all(tuple(row.condition for row in line.rows) == grid.conditions for line in grid.lines)
    assert grid.left_out == (("street", "it has no votes"),)
    assert grid.sentence.startswith("a scores highest in 1 of 2 scenes; the scores of a differ most between scenes")


def test_a_study_names_its_scenes(build: Build) -> None:
    study = build()
    assert scenes_of(study.database, study.id) == ALL


@pytest.mark.one_database
def test_only_chosen_scenes_take_part(build: Build) -> None:
    study = _judged(build)
    (task,) = report(study.database, study.id, ReportOptions(scenes=("beach", "harbour"))).tasks
    assert (task.scenes, task.scenes_left_out, task.votes, task.subjects) == (2, 0, 6, 3)
    assert {row.scene for row in task.scene_rows} == {"beach", "harbour"}
    assert task.rows[0].condition == "mae"
    assert "Only the scenes beach and harbour take part, by choice; 1 scene does not." in task.notes
    assert "in 2 scenes (only beach and harbour, by choice)." in caption(task)
    (street,) = report(study.database, study.id, ReportOptions(scenes=("street",))).tasks
    assert street.rows[0].condition == "gmsd"


@pytest.mark.one_database
def test_a_choice_of_all_scenes_is_none(build: Build) -> None:
    study = _judged(build)
    whole, chosen = (tally(study.database, study.id, scenes=scenes)[0] for scenes in ((), ALL))
    assert np.array_equal(whole.wins, chosen.wins)
    assert (whole.offered, whole.scenes) == (chosen.offered, chosen.scenes) == (ALL, ALL)


@pytest.mark.one_database
def test_votes_in_other_scenes_weigh_nothing(build: Build, tmp_path: Path) -> None:
    study = _judged(build)
    rows = list(vote_rows(study.database, study.id, ReportOptions(scenes=("street",))))
    assert {(row[1], row[7], row[9]) for row in rows} == {
        ("beach", 0, "scene"), ("harbour", 0, "scene"), ("street", 1, ""),
    }  # fmt: skip


@pytest.mark.one_database
def test_a_scene_that_is_not_there_is_named(build: Build) -> None:
    study = _judged(build)
    with pytest.raises(NoSuchScene, match=r"There is no scene moon.*choose among beach, harbour, street"):
        report(study.database, study.id, ReportOptions(scenes=("beach", "moon")))


@pytest.mark.one_database
def test_a_task_without_any_chosen_scene_says_so(build: Build) -> None:
    study = build(tasks=("deblur", "denoise"), conditions=("gmsd", "mae"))
    found = report(study.database, study.id, ReportOptions(scenes=("beach",)))
    assert [task.sentence for task in found.tasks] == ["No votes yet.", "No votes yet."]


def test_scenes_of_a_file_are_chosen_too(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(FILE)
    assert report_on_file(path, ReportOptions(scenes=("street",))).tasks[0].rows[0].condition == "y"
    assert report_on_file(path, ReportOptions(scenes=("beach",))).tasks[0].rows[0].condition == "x"
    path.write_text(FILE + "deblur,moon,x,y,a\n")
    deblur, _ = report_on_file(path, ReportOptions(scenes=("street",))).tasks
    assert deblur.sentence == "None of the chosen scenes is one of this task."
    with pytest.raises(NoSuchScene, match=r"There is no scene sun.*choose among beach, moon, street"):
        report_on_file(path, ReportOptions(scenes=("sun",)))
