"""An adaptive study from its votes to its results, in the database and by its file."""

import csv
from pathlib import Path
from random import Random

import pytest

from app.db import Database
from app.db.models import Side, TrialKind
from app.results.bibliography import cited
from app.results.export import table_csv, votes_csv
from app.results.report import report, report_on_file
from app.results.vote_rows import vote_rows
from app.studies.protocol import Protocol
from tests.results.test_methods import sheet
from tests.sessions.planted import PLAIN, Truth, join, play, study, trials_of

pytestmark = pytest.mark.one_database


@pytest.fixture
def sat(database: Database) -> tuple[int, list[str]]:
    """An adaptive study of 24 pairs, and the tokens of five sessions."""
    rules = Protocol(**PLAIN, sampling="adaptive", trials_per_session=8, block_size=8, catch_trials=2)
    number, rng = study(database, rules, tasks=("denoise",), conditions="abcd", scenes=4), Random(3)
    tokens = [join(database, number) for _ in range(5)]

    def choose(known: Truth) -> Side:
        if known.kind is TrialKind.TEST and rng.random() < 0.3:
            return Side.RIGHT if known.reference_side is Side.LEFT else Side.LEFT
        return known.reference_side

    for token in tokens:
        play(database, token, choose)
    return number, tokens


def test_it_is_ranked_without_letters_tests_and_intervals(database: Database, sat: tuple[int, list[str]]) -> None:
    found = report(database, sat[0])
    (task,) = found.tasks
    assert task.adaptive
    assert len(task.rows) == 4
    assert {(row.letters, row.low, row.high) for row in task.rows} == {("", None, None)}
    assert len(list(table_csv("significance", found))) == 1  # the names of the columns
    assert any("Adaptive sampling" in note for note in task.notes)


def test_its_file_carries_every_probability_and_is_known_for_adaptive(
    database: Database, sat: tuple[int, list[str]], tmp_path: Path
) -> None:
    number, tokens = sat
    path = tmp_path / "votes.csv"
    path.write_text("".join(votes_csv(vote_rows(database, number))), encoding="utf-8")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told = [float(row["probability"]) for row in rows if row["kind"] == "test"]
    kept = [trial.probability for token in tokens for trial, *_ in trials_of(database, token)]
    assert told == pytest.approx([chance for chance in kept if chance is not None])
    assert {row["probability"] for row in rows if row["kind"] != "test"} == {""}
    assert {row["sampling"] for row in rows} == {"adaptive"}
    (here,), (there,) = report(database, number).tasks, report_on_file(path).tasks
    assert there.adaptive
    assert [(row.condition, row.score) for row in there.rows] == [(row.condition, row.score) for row in here.rows]
    assert there.pair_rows == ()


def test_the_methods_sheet_says_how_pairs_were_chosen_and_what_is_left_out(
    database: Database, sat: tuple[int, list[str]]
) -> None:
    text = sheet(database, sat[0])
    assert "Pairs are chosen adaptively: each at least 1 time" in text
    assert "sampling probability of every trial is stored" in text
    assert {"lindley1956", "li2018", "madow1949"} <= {work.key for work in cited([text])}

    assert "only the ranking is reported" in text
