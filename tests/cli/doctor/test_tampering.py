"""``beholder doctor`` finds what somebody with the database's password may have done to results."""

import sqlite3

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.cli._doctor import Health, contents, triggers
from app.clock import now
from app.db import Database
from app.db.models import Check, Study
from app.db.triggers import lost
from app.jobs.contract import digest_of
from app.sessions import events, questionnaire, screening, vouching
from app.studies import eras
from app.studies.fields import Asked
from tests.sessions.planted import SMALL, join, play, session_id, study

HOLLOW = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
DISARMED = {  # on SQLite, on PostgreSQL, and the triggers that are found wanting there
    "gone": (
        "DROP TRIGGER events_no_delete",
        "DROP TRIGGER events_append_only ON events",
        ("events_no_delete", "events_append_only"),
    ),
    "gone, the other": (
        "DROP TRIGGER votes_no_update",
        "DROP TRIGGER votes_no_truncate ON votes",
        ("votes_no_update", "votes_no_truncate"),
    ),
    "changed": (
        "DROP TRIGGER votes_no_update; CREATE TRIGGER votes_no_update BEFORE UPDATE ON votes WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'votes are append-only'); END",
        "CREATE OR REPLACE TRIGGER votes_append_only BEFORE DELETE OR UPDATE ON votes FOR EACH ROW WHEN (false) "
        "EXECUTE FUNCTION votes_append_only()",
        ("votes_no_update", "votes_append_only"),
    ),
    "put on another table": (
        "DROP TRIGGER votes_no_update; CREATE TRIGGER votes_no_update BEFORE UPDATE ON workers "
        "BEGIN SELECT RAISE(ABORT, 'votes are append-only'); END",
        "ALTER TABLE votes DISABLE TRIGGER votes_append_only",
        ("votes_no_update", "votes_append_only"),
    ),
    "made harmless": (
        "DROP TRIGGER votes_no_delete; CREATE TRIGGER votes_no_delete BEFORE DELETE ON votes BEGIN SELECT 1; END",
        f"DROP TRIGGER votes_no_truncate ON votes; CREATE OR REPLACE FUNCTION votes_append_only() {HOLLOW}",
        ("votes_no_delete", "votes_append_only votes_no_truncate"),
    ),
}


def run_script(database: Database, script: str) -> None:
    """Runs statements of SQL as they are, outside the program."""
    with database.engine.begin() as connection:
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.executescript(script)
        else:
            connection.exec_driver_sql(script)


@pytest.mark.parametrize("how", DISARMED)
def test_a_trigger_that_no_longer_guards_is_named_with_what_brings_it_back(database: Database, how: str) -> None:
    on_sqlite, on_postgres, names = DISARMED[how]
    run_script(database, on_sqlite if database.is_sqlite else on_postgres)
    found = list(triggers.guards(database))
    assert {finding.state for finding in found} == {Health.ILL}
    assert " ".join(finding.finding.split()[0] for finding in found) == names[not database.is_sqlite]
    assert all("beholder doctor --verify" in finding.fix for finding in found)
    for guard in lost(database):
        run_script(database, guard.remedy)
    (well,) = triggers.guards(database)
    assert well.state is Health.WELL


def test_what_brings_all_triggers_back_makes_them_work(database: Database) -> None:
    play(database, join(database, study(database)), most=2)
    tables = ("votes", "events")
    for table in tables:
        if database.is_sqlite:
            run_script(database, f"DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete")
        else:
            run_script(database, f"DROP FUNCTION {table}_append_only() CASCADE")
    assert len(lost(database)) == 4
    for guard in lost(database):
        run_script(database, guard.remedy)
    for table in tables:
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 100"):
            with pytest.raises(IntegrityError, match="append-only"), database.write() as db:
                db.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trials SET a_on_left = NOT a_on_left",
        "UPDATE trials SET pair_id = (SELECT min(id) FROM pairs)",
        "UPDATE trials SET kind = 'practice' WHERE kind = 'test'",
        "UPDATE stimuli SET picture_digest = (SELECT min(digest) FROM pictures)",
    ],
)
def test_results_turned_round_are_found_by_verify(database: Database, statement: str) -> None:
    play(database, join(database, study(database)), most=3)
    (sound,) = contents.logs(database)
    assert sound.state is Health.WELL
    with database.write() as db:
        db.execute(text(statement))
    (found,) = contents.logs(database)
    assert (found.state, "or what they show, were changed" in found.finding) == (Health.ILL, True)
    assert "backup" in found.fix


def test_trials_issued_before_they_were_sealed_are_noted_and_not_ill(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        events, "issued",
        lambda connection, session, block, trials, at: events.append(
            connection, session, events.ISSUED, {"block": block, "trials": trials}, at
        ),
    )  # fmt: skip
    play(database, join(database, study(database)), most=3)
    assert [finding.state for finding in contents.logs(database)] == [Health.WELL, Health.NOTE]


ASKED = SMALL.model_copy(update={"questionnaire": (Asked.model_validate("age | Age? | number 16-120"),)})


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE consents SET text = 'Anything goes.'", "the text that its subject agreed to was edited"),
        ("UPDATE consents SET text_hash = 'x'", "the agreement of its subject is another"),
        ("DELETE FROM consents", "the agreement of its subject is another"),
        ("UPDATE questionnaires SET answers = '{\"age\": 21}'", "said about themselves was changed"),
        ("DELETE FROM questionnaires", "said about themselves was changed"),
        ("UPDATE screenings SET passed = true", "its viewing conditions was changed"),
        ("UPDATE screenings SET result = '{\"logmar\": 0}'", "its viewing conditions was changed"),
        ("UPDATE studies SET protocol = '{\"blank_ms\": 1}'", "its protocol is not the one that it opened with"),
    ],
)
def test_what_is_known_of_subjects_and_protocols_is_vouched_for(database: Database, statement: str, told: str) -> None:
    token = join(database, study(database, ASKED))
    questionnaire.answer(database, token, {"age": "20"})
    with database.write() as db:
        screening.record(db, session_id(database, token), Check.ACUITY, False, {"logmar": 0.1}, now())
    (sound,) = contents.logs(database)
    assert sound.state is Health.WELL
    with database.write() as db:
        db.execute(text(statement))
    assert told in "; ".join(finding.finding for finding in contents.logs(database) if finding.state is Health.ILL)


def test_the_protocol_of_a_study_that_opened_before_a_migration_is_vouched_for(database: Database) -> None:
    number = study(database)
    with database.read() as db:
        said = db.scalars(select(Study.protocol)).one()
    later = {name: value for name, value in said.items() if name.startswith("plan")} | {
        "plan": "none", "plan_interval": "scenes", "plan_interim": False, "sampling": "balanced", "adaptive_floor": 1
    }  # fmt: skip
    added = later | {"dummy_trials": 0, "questionnaire": [], "display_gate": "off", "record_looks": False}
    before = {name: said[name] for name in eras.FIRST}
    edited = before | {"allow_tie": True}
    for protocol, holds in (
        (before | added, True), (before | added | {"record_looks": True}, False), (edited | added, False),
        (before, True), (edited, False),
    ):  # fmt: skip
        with database.write() as db:
            db.execute(update(Study).values(protocol=protocol, protocol_hash=digest_of(before)))
        assert vouching.protocol_holds(database, number) is holds
