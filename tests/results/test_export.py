"""The tables: what is written is what was found, and votes.csv leads to the same ranking again."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import QueuePool, select

from app.analysis.significance import Correction
from app.db.models import ExclusionAction, Showing, Trial, TrialKind
from app.results.cells import as_read, as_written
from app.results.columns import TABLES
from app.results.export import table_csv, votes_csv
from app.results.options import ReportOptions
from app.results.report import report, report_on_file
from app.results.vote_rows import vote_rows
from tests.results.conftest import BuiltStudy

Build = Callable[..., BuiltStudy]


def _table(lines: Iterable[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lines))))


def _judged(build: Build, conditions: tuple[str, ...] = ("gmsd", "mae", "ms_ssim")) -> BuiltStudy:
    """A demonstration in which everything happens that a ranking must not count."""
    study = build(tasks=("denoise", "superres"), conditions=conditions, is_demo=True)
    with study.together():
        _judge(study, conditions)
    return study


def _judge(study: BuiltStudy, conditions: tuple[str, ...]) -> None:
    rng = np.random.default_rng(1)
    pairs = [key for key in study.pairs if key[0].value == "test"]
    for number in range(6):
        session = study.session(str(number), simulated=number != 5, pilot=number == 4)
        for _, task, scene, a, b in pairs:
            winner, loser = (a, b) if rng.random() < 0.6 else (b, a)
            study.vote(
                session, scene, winner, loser, task=task,
                tie=rng.random() < 0.1, winner_left=rng.random() < 0.5, late=rng.random() < 0.1,
            )  # fmt: skip
        study.vote(session, "beach", "reference", "degraded", kind=TrialKind.CATCH)
        study.vote(session, "beach", conditions[0], conditions[1], kind=TrialKind.PRACTICE)
        if number == 3:
            study.decide(session, ExclusionAction.EXCLUDE)
    again = study.session("0", simulated=True)
    study.vote(again, "beach", conditions[0], conditions[1])
    later = study.session("3", simulated=True)  # the subject whose first session was excluded
    study.vote(later, "beach", conditions[0], conditions[1])


OPTIONS = [
    ReportOptions(),
    ReportOptions(include_excluded=True),
    ReportOptions(people=True),
    ReportOptions(alpha=0.2, correction=Correction.HOLM, prior=0.5),
]


@pytest.mark.parametrize("options", OPTIONS)
def test_the_votes_of_a_study_give_the_same_tables_from_the_file(
    build: Build, tmp_path: Path, options: ReportOptions
) -> None:
    study = _judged(build)
    from_study = report(study.database, study.id, options)
    path = tmp_path / "votes.csv"
    path.write_text("".join(votes_csv(vote_rows(study.database, study.id, options))), encoding="utf-8")
    from_file = report_on_file(path, options)
    for table in ("rankings", "scores_by_scene", "significance"):
        assert list(table_csv(table, from_file)) == list(table_csv(table, from_study))
        assert len(list(table_csv(table, from_study))) > 3
    for one, other in zip(from_study.tasks, from_file.tasks, strict=True):
        assert one.rows == other.rows  # to the last bit


def test_names_that_a_spreadsheet_would_run_survive_the_way_through_the_file(build: Build, tmp_path: Path) -> None:
    names = ("=1+1", "@mae", "'=2", 'a, "b"\nc')
    study = _judged(build, names)
    path = tmp_path / "votes.csv"
    path.write_text("".join(votes_csv(vote_rows(study.database, study.id))), encoding="utf-8", newline="")
    assert {row.condition for task in report_on_file(path).tasks for row in task.rows} == set(names)
    for row in _table(path.read_text(encoding="utf-8").splitlines(keepends=True)):
        assert not row["condition_a"].startswith(("=", "@"))


def test_every_vote_is_in_the_file_with_the_reason_why_it_does_not_count(build: Build) -> None:
    study = _judged(build)
    rows = _table(votes_csv(vote_rows(study.database, study.id)))
    assert len(rows) == 6 * (18 + 2) + 2
    assert {row["left_out"] for row in rows} == {"", "kind", "pilot", "excluded", "person", "repeat"}
    assert all((row["weight"] == "1") is (row["left_out"] == "") for row in rows)
    assert all(row["left_out"] == "kind" for row in rows if row["kind"] != "test")
    catch = next(row for row in rows if row["kind"] == "catch")
    assert (catch["condition_a"], catch["condition_b"], catch["winner"]) == ("reference", "degraded", "a")
    assert rows[-1]["weight"] == "1"  # took the place of the excluded one
    assert rows[-2]["left_out"] == "repeat"


def test_the_side_and_the_winner_are_those_of_the_trial(build: Build) -> None:
    study = build()
    session = study.session("anna")
    study.vote(session, "beach", "mae", "gmsd", winner_left=True)
    study.vote(session, "harbour", "gmsd", "mae", winner_left=False, late=True)
    first, second = _table(votes_csv(vote_rows(study.database, study.id)))
    assert (first["condition_a"], first["winner"], first["left"], first["subject"]) == ("gmsd", "b", "b", "anna")
    assert (second["winner"], second["left"], second["late"]) == ("a", "b", "yes")
    assert first["received_at"] == "2026-03-02T14:00:04.000+00:00"
    assert first["elapsed_ms"] == "2310"


def test_each_answer_tells_its_screen_where_one_is_known(build: Build) -> None:
    study = build()
    session = study.session("anna")
    study.vote(session, "beach", "mae", "gmsd")
    study.vote(session, "harbour", "gmsd", "mae")
    with study.database.write() as db:
        second = db.scalars(select(Trial.id).order_by(Trial.position.desc())).first()
        db.add(Showing(trial_id=second, pixel_ratio=1.25, pane_width=624, pane_height=801, exact=True, gamut="p3"))
    columns = ("pixel_ratio", "pane_width", "pane_height", "exact", "gamut", "dynamic_range")
    told = [[row[name] for name in columns] for row in _table(votes_csv(vote_rows(study.database, study.id)))]
    assert told == [["", "", "", "", "", ""], ["1.25", "624", "801", "yes", "p3", ""]]


def test_a_file_from_before_answers_told_their_screen_is_read_as_ever(build: Build, tmp_path: Path) -> None:
    study = _judged(build)
    rows = list(csv.reader(io.StringIO("".join(votes_csv(vote_rows(study.database, study.id))))))
    path = tmp_path / "votes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(row[: rows[0].index("pixel_ratio")] for row in rows)
    old, new = report_on_file(path), report(study.database, study.id)
    assert list(table_csv("rankings", old)) == list(table_csv("rankings", new))


def test_the_tables_are_complete_and_say_how_they_were_made(build: Build) -> None:
    study = _judged(build)
    found = report(study.database, study.id, ReportOptions(correction=Correction.BH))
    ranking = _table(table_csv("rankings", found))
    assert [row["rank"] for row in ranking if row["task"] == "denoise"] == ["1", "2", "3"]
    assert ranking[0]["correction"] == "bh"
    assert ranking[0]["generalises_to"] == "any subjects, any scenes"
    assert {(row["counted"], row["excluded_counted"]) for row in ranking} == {("simulated", "no")}
    assert sum(float(row["score"]) for row in ranking) == pytest.approx(0, abs=1e-8)
    assert len(_table(table_csv("scores_by_scene", found))) == 2 * 3 * 3
    pairs = _table(table_csv("significance", found))
    assert len(pairs) == 2 * 3
    for row in pairs:
        assert row["distinguishable"] == ("yes" if float(row["p_bh"]) < 0.05 else "no")


@pytest.mark.parametrize(
    ("options", "counted", "excluded"),
    [
        (ReportOptions(), "simulated", "no"),
        (ReportOptions(include_excluded=True), "simulated", "yes"),
        (ReportOptions(people=True), "people", "no"),
    ],
)
def test_whose_votes_count_stands_in_every_row(
    build: Build, options: ReportOptions, counted: str, excluded: str
) -> None:
    study = _judged(build)
    rows = _table(table_csv("rankings", report(study.database, study.id, options)))
    assert {(row["counted"], row["excluded_counted"]) for row in rows} == {(counted, excluded)}
    votes = _table(votes_csv(vote_rows(study.database, study.id, options)))
    assert {row["simulated"] for row in votes if row["weight"] == "1"} == {"no" if counted == "people" else "yes"}
    assert {row["subject"] for row in votes if row["excluded"] == "yes"} == {"3"}
    assert {row["excluded"] for row in votes if row["subject"] == "3"} == {"yes", "no"}  # the second session counts


def test_what_cannot_be_tested_is_empty_in_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("task,scene,condition_a,condition_b,winner\n" + "".join(f"t,s{s},x,y,a\n" for s in range(3)))
    found = report_on_file(path)
    (pair,) = _table(table_csv("significance", found))
    assert [pair[name] for name in ("t", "p", "p_holm", "p_bh", "distinguishable")] == ["", "", "", "", "no"]
    for row in _table(table_csv("rankings", found)):
        assert [row[name] for name in ("low", "high", "level", "generalises_to", "counted")] == [""] * 5
        assert row["letters"] == "a"


def test_scenes_stand_in_their_table_with_reasons_where_none_can_take_part(build: Build) -> None:
    study = build()
    study.vote(study.session("1"), "beach", "mae", "gmsd")
    study.vote(study.session("2"), "harbour", "mae", "ms_ssim")
    rows = _table(table_csv("scores_by_scene", report(study.database, study.id)))
    assert {(row["scene"], row["left_out"]) for row in rows} == {
        ("beach", "it has no votes on ms_ssim"), ("harbour", "it has no votes on gmsd"), ("street", "it has no votes"),
    }  # fmt: skip
    scored = {(row["scene"], row["condition"]) for row in rows if row["score"]}
    assert scored == {("beach", "mae"), ("beach", "gmsd"), ("harbour", "mae"), ("harbour", "ms_ssim")}


def test_tables_of_a_study_without_votes_have_their_header_and_nothing_else(build: Build) -> None:
    study = build()
    found = report(study.database, study.id)
    for name, lines in (
        ("rankings", table_csv("rankings", found)),
        ("votes", votes_csv(vote_rows(study.database, study.id))),
    ):
        assert "".join(lines) == ",".join(column.name for column in TABLES[name]) + "\n"


@given(st.text())
def test_text_comes_back_as_it_was_and_never_as_a_formula(text: str) -> None:
    assert as_read(as_written(text)) == text
    assert not as_written(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_are_written_alike_everywhere() -> None:
    assert [as_written(value) for value in (-0.5, -0.0, 1 / 3, 1e-12, 600.0, 3, True, None, float("-inf"))] == [
        "-0.5", "0", "0.333333333", "1e-12", "600", "3", "yes", "", "-inf",
    ]  # fmt: skip


def test_pages_make_the_same_file_as_one_look(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    study = _judged(build)
    whole = list(vote_rows(study.database, study.id))
    monkeypatch.setattr("app.results.vote_rows._AT_ONCE", 7)
    assert list(vote_rows(study.database, study.id)) == whole


def test_a_download_that_stands_still_holds_no_connection(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    study = _judged(build)
    monkeypatch.setattr("app.results.vote_rows._AT_ONCE", 7)
    pool = study.database.engine.pool
    assert isinstance(pool, QueuePool)
    for row, _ in enumerate(vote_rows(study.database, study.id)):
        assert pool.checkedout() == 0, row
