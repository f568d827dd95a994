"""Measures beside the subjects of a study: the table of the paper, the rank matrix, preferences, and their tables."""

import csv
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from app.analysis.davidson import Ties
from app.clock import now
from app.db import Database
from app.db.models import Job, JobKind, JobState, Stimulus
from app.results.agreement import People
from app.results.agreement_words import agreement_cautions, agreement_in_words, diagonal_in_words
from app.results.export import table_csv, votes_csv
from app.results.figures import NoSuchFigure, figure_sheet
from app.results.measure_import import import_measures
from app.results.measure_tables import trained_under
from app.results.options import ReportOptions
from app.results.report import StudyReport, report, report_on_file
from app.results.summary import summary
from app.results.vote_rows import vote_rows
from app.studies import trained
from tests.results import measure_files
from tests.results.conftest import BuiltStudy
from tests.results.measure_files import HEADER, with_contents

Build = Callable[..., BuiltStudy]
_NAMES = ("degraded", "gmsd", "mae", "ms_ssim", "1-ms_ssim+mae")
_BEST_FIRST = ("ms_ssim", "gmsd", "1-ms_ssim+mae", "mae")
_SCENES = ("beach", "harbour", "street")
_Rows = list[dict[str, str]]


def _table(lines: object) -> _Rows:
    return list(csv.DictReader(lines))  # type: ignore[call-overload]


@pytest.fixture
def study(build: Build, database: Database) -> BuiltStudy:
    """Six subjects prefer ``_BEST_FIRST`` in that order, each with one slip of the hand."""
    made = build(conditions=_BEST_FIRST)
    with_contents(database, made.id)
    rng = np.random.default_rng(3)
    with made.together():
        for number in range(6):
            session, slip = made.session(f"subject {number}"), int(rng.integers(18))
            for place, (scene, (winner, loser)) in enumerate(product(_SCENES, combinations(_BEST_FIRST, 2))):
                first, second = (loser, winner) if place == slip else (winner, loser)
                made.vote(session, scene, first, second)
    return made


def _values(folder: Path, *, better: dict[str, float] | None = None) -> Path:
    """Under ms_ssim the subjects' order, under gmsd the opposite, under mae nothing but its own network."""
    value = {"ms_ssim": 0.95, "gmsd": 0.94, "1-ms_ssim+mae": 0.93, "mae": 0.92, "degraded": 0.5} | (better or {})
    lines = [
        f"denoise,{scene},{name},{measure},{text}"
        for scene, name in product(_SCENES, value)
        for measure, text in (
            ("ms_ssim", value[name]), ("gmsd", value[name] / 10), ("mae", 0.01 if name == "mae" else 0.02),
        )
    ]  # fmt: skip
    return measure_files.measures_csv(folder / "m.csv", lines)


@pytest.fixture
def found(study: BuiltStudy, tmp_path: Path) -> StudyReport:
    import_measures(study.database, study.id, _values(tmp_path))
    return report(study.database, study.id)


def test_the_table_has_each_measure_with_and_without_its_own_networks(found: StudyReport) -> None:
    rows = {row["measure"]: row for row in _table(table_csv("agreement", found))}
    assert list(rows) == ["ms_ssim", "mae", "gmsd"]
    best = rows["ms_ssim"]
    assert (best["srcc"], best["krcc"], best["conditions"], best["scenes"]) == ("1", "1", "4", "3")
    assert float(best["srcc_low"]) <= 1 == float(best["srcc_high"])
    assert (best["left_out"], best["without_own_conditions"]) == ("1-ms_ssim+mae; ms_ssim", "2")
    assert best["without_own_reason"] == "2 conditions left, and a correlation needs 3"
    assert best["without_own_srcc"] == ""
    assert (rows["gmsd"]["srcc"], rows["gmsd"]["better"], rows["gmsd"]["without_own_srcc"]) == ("-1", "lower", "-1")
    assert rows["gmsd"]["resampled"] == "scenes and subjects"
    assert rows["mae"]["without_own_reason"] == "2 conditions left, and a correlation needs 3"


def test_the_matrix_ranks_networks_alone_and_names_who_breaks_the_diagonal(found: StudyReport) -> None:
    rows = {(row["condition"], row["measure"]): row for row in _table(table_csv("rank_matrix", found))}
    assert len(rows) == 4 * 3
    assert {name for name, _ in rows} == {*_BEST_FIRST}  # degraded has values and no objective
    assert rows["ms_ssim", "ms_ssim"] | {"own": "alone", "holds": "yes", "rank": "1"} == rows["ms_ssim", "ms_ssim"]
    assert rows["gmsd", "gmsd"]["holds"] == "no"
    assert (rows["1-ms_ssim+mae", "mae"]["own"], rows["1-ms_ssim+mae", "mae"]["holds"]) == ("with others", "")
    assert float(rows["mae", "gmsd"]["mean"]) == pytest.approx(0.092)
    task = found.agreement.of("denoise")
    assert task.diagonal == ("2 of 3 networks come first under the measure they were trained under; not so gmsd.")
    assert any("gmsd ranks third under gmsd" in note for note in task.notes)
    assert any("leaves out what no objective trained: degraded" in note for note in task.notes)


def test_preferences_stand_beside_what_people_reach(found: StudyReport) -> None:
    rows = {(row["task"], row["measure"] or row["who"]): row for row in _table(table_csv("twoafc", found))}
    assert [key for key in rows if not key[0]] == [
        ("", "ms_ssim"), ("", "mae"), ("", "gmsd"), ("", "one person"), ("", "majority of the others"),
    ]  # fmt: skip
    votes, slips = 6 * 18, 6
    assert float(rows["denoise", "ms_ssim"]["score"]) == pytest.approx((votes - slips) / votes)
    assert float(rows["denoise", "gmsd"]["score"]) == pytest.approx(slips / votes)
    person, majority = (float(rows["", who.value]["score"]) for who in People)
    assert 0.8 < person < majority < 1
    assert (rows["", "one person"]["pairs"], rows["", "one person"]["scenes"]) == ("18", "3")


def test_the_values_of_a_study_give_the_same_tables_from_files(
    study: BuiltStudy, found: StudyReport, tmp_path: Path
) -> None:
    votes, values = tmp_path / "votes.csv", tmp_path / "measures.csv"
    votes.write_text("".join(votes_csv(vote_rows(study.database, study.id))), encoding="utf-8")
    values.write_text("".join(table_csv("measures", found)), encoding="utf-8")
    from_file = report_on_file(votes, measures=values)
    for table in ("agreement", "rank_matrix", "twoafc"):
        assert list(table_csv(table, from_file)) == list(table_csv(table, found))
        assert len(list(table_csv(table, found))) > 3
    assert str(import_measures(study.database, study.id, values)) == (
        "0 values of measures.csv are new, 45 were here already"
    )


def test_without_values_there_are_only_people_and_no_figures(study: BuiltStudy) -> None:
    bare = report(study.database, study.id)
    assert not bare.agreement.measured
    assert bare.agreement.of("denoise").sentence == "No measure has a value for these pictures yet."
    assert [row["who"] for row in _table(table_csv("twoafc", bare)) if not row["task"]] == [who.value for who in People]
    for table in ("agreement", "rank_matrix", "measures"):
        assert _table(table_csv(table, bare)) == []
    for name in ("agreement", "matrix"):
        with pytest.raises(NoSuchFigure):
            figure_sheet(bare, "denoise", name)


@pytest.mark.parametrize("name", ["agreement", "matrix"])
def test_both_figures_are_drawn_at_every_width(found: StudyReport, name: str) -> None:
    sheets = [figure_sheet(found, "denoise", name, width=width) for width in ("screen", "column", "page")]
    assert [round(sheet.width / 96, 1) for sheet in sheets] == [5.4, 3.3, 6.9]
    assert all(sheet.saved("svg").startswith(b"<?xml") for sheet in sheets)


def test_the_summary_tells_the_agreement_to_programs(found: StudyReport) -> None:
    (task,) = summary(found)["agreement"]["tasks"]
    assert task["measures"][0]["measure"] == "ms_ssim"
    assert task["measures"][0]["srcc"]["value"] == 1
    assert task["diagonal"].startswith("2 of 3 networks")


def test_chosen_scenes_alone_take_part(study: BuiltStudy, tmp_path: Path) -> None:
    import_measures(study.database, study.id, _values(tmp_path))
    chosen = report(study.database, study.id, ReportOptions(scenes=("beach", "street")))
    task = chosen.agreement.of("denoise")
    assert {row.found.scenes for row in task.rows} == {2}
    assert task.rows[0].found.whole.reason == "an interval needs 3 scenes"
    assert task.matrix is not None
    assert task.matrix.scenes.tolist() == [2, 2, 2]
    assert not any("no vote is on" in note for note in task.notes)


def test_what_is_behind_the_intervals_is_said_where_it_differs_from_the_scores(found: StudyReport) -> None:
    task = found.agreement.of("denoise")
    assert list(agreement_cautions(task.tally, task.options)) == []
    tally = replace(task.tally, adaptive=True, ties=2.0)
    told = list(agreement_cautions(tally, ReportOptions(prior=0, ties=Ties.DAVIDSON)))
    assert [text.split(",")[0] for text in told] == [
        "Trials were chosen adaptively",
        "The intervals come from fits with a prior of 0.1: of votes that are drawn anew",
        "In the fits behind the intervals a tie is half a win for both.",
    ]


def test_values_that_no_vote_is_about_are_said_to_be(study: BuiltStudy, tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    votes.write_text("".join(votes_csv(vote_rows(study.database, study.id))), encoding="utf-8")
    lines = ["denoise,beech,mae,mae,0.1", "denoise,beach,mse,mae,0.1", "deblur,beach,mae,mae,0.1"]
    found = report_on_file(votes, measures=measure_files.measures_csv(tmp_path / "m.csv", lines, HEADER))
    assert found.agreement.notes == ("Values of deblur are not used: no votes are on it.",)
    assert any("values of beech and mse, which no vote is on" in note for note in found.agreement.of("denoise").notes)


def test_the_objective_of_a_training_tells_whose_own_network_a_condition_is(study: BuiltStudy) -> None:
    with study.database.write() as db:
        for number, spec in enumerate(({"recipe": {"objective": "1 - ms_ssim"}}, {"training": 1}), start=1):
            db.add(
                Job(
                    id=number, kind=JobKind.TRAIN if number == 1 else JobKind.RENDER, title="t", state=JobState.QUEUED,
                    spec=spec, spec_hash=f"{number:064}", attempt=0, idle_attempts=0, priority=0, stop_requested=False,
                    step=0, total_steps=1, created_at=now(),
                )
            )  # fmt: skip
        for one in db.scalars(select(Stimulus).where(Stimulus.condition == "gmsd")).all():
            one.origin = {"job": 2}
    assert trained.objectives(study.database, study.id) == {("denoise", "gmsd"): "1 - ms_ssim"}


@pytest.mark.parametrize(
    ("condition", "objective", "measures"),
    [
        ("mae", "", ("mae",)),
        ("charbonnier+0.05*lpips", "", ("charbonnier", "lpips")),
        ("1-ms_ssim", "", ("ms_ssim",)),
        ("ours", "1 - ms_ssim", ("ms_ssim",)),
        ("mae", "1 - ms_ssim", ("ms_ssim",)),
        ("jpeg-2", "", ()),
        ("mae-like", "", ()),
        ("mae gmsd", "", ()),
        ("mae*gmsd", "", ()),
        ("=mae", "", ()),
        ("", "", ()),
    ],
)
def test_a_name_is_an_objective_only_where_all_of_it_is(
    condition: str, objective: str, measures: tuple[str, ...]
) -> None:
    known = {"mae", "gmsd", "ms_ssim", "lpips", "charbonnier"}
    assert trained_under(condition, objective, known) == measures


def test_nothing_is_said_of_a_ranking_that_is_not_there(build: Build, database: Database, tmp_path: Path) -> None:
    study = build()
    with_contents(database, study.id)
    import_measures(database, study.id, measure_files.measures_csv(tmp_path / "m.csv", ["denoise,beach,mae,mae,0.1"]))
    task = report(database, study.id).agreement.of("denoise")
    assert task.sentence == "No votes yet."
    assert task.rows == ()
    assert task.matrix is not None
    assert agreement_in_words([], True, True).startswith("Nothing can be ranked yet")
    assert diagonal_in_words(task.matrix) == "The one network whose measure is here comes first under it."
