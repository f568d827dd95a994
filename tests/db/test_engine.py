"""Two ways into the database, and what they promise."""

import threading

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, note
from app.db.models import Account, AuditEntry, Event, Session, Study, StudyState, Subject


def _account(name: str) -> Account:
    return Account(name=name, password_hash=None, created_at=now())


def test_a_write_that_raises_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as db:
        db.add(_account("ada"))
        db.flush()
        raise RuntimeError
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 0


def test_many_writers_at_once_lose_no_row(database: Database) -> None:
    def work(worker: int) -> None:
        for number in range(20):
            with database.write() as db:
                before = db.scalar(select(func.count()).select_from(Account))  # a read that upgrades to a write
                db.add(_account(f"{worker}-{number}-{before}"))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 160


def test_moments_come_back_in_utc(database: Database) -> None:
    moment = now()
    with database.write() as db:
        db.add(Account(name="ada", password_hash=None, created_at=moment))
    with database.read() as db:
        assert db.scalar(select(Account.created_at)) == moment


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as db:
        db.add(Subject(study_id=99, label="1", simulated=False, created_at=now()))


def test_the_log_of_changes_refuses_to_be_rewritten_also_by_an_entry_under_an_old_number(database: Database) -> None:
    for deed in ("study opened", "study closed"):
        with database.write() as db:
            note(db, AT_THE_MACHINE, deed)
    columns = "id, at, account_id, account, through, deed, study_id, job_id, details"
    forged = f"INTO audit_entries ({columns}) SELECT {columns.replace('deed', repr('forged'))} FROM audit_entries"
    statements = ["UPDATE audit_entries SET deed = 'forged'", "DELETE FROM audit_entries"]
    statements += [f"REPLACE {forged}", f"INSERT OR REPLACE {forged}"] if database.is_sqlite else [f"INSERT {forged}"]
    for statement in statements:
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(text(statement))
    with database.write() as db:
        note(db, AT_THE_MACHINE, "study archived")
    with database.read() as db:
        told = list(db.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)))
    assert told == ["study opened", "study closed", "study archived"]


def test_the_event_log_refuses_to_be_rewritten(database: Database) -> None:
    with database.write() as db:
        study = Study(title="t", state=StudyState.DRAFT, is_demo=False, protocol={}, seed=1, created_at=now())
        db.add(study)
        db.flush()
        subject = Subject(study_id=study.id, label="1", simulated=False, created_at=now())
        db.add(subject)
        db.flush()
        session = Session(
            token="t", study_id=study.id, subject_id=subject.id, simulated=False, pilot=False, seed=1, planned=1,
            comparisons=1, sitting_began_at=now(), outcome=None,
            locale="en", started_at=now(), last_seen_at=now(), event_count=0, event_head="",
        )  # fmt: skip
        db.add(session)
        db.flush()
        db.add(Event(session_id=session.id, number=1, kind="k", at=now(), payload={}, salt="", digest="", link=""))
    statements = ["UPDATE events SET kind = 'other'", "DELETE FROM events"]
    for statement in statements if database.is_sqlite else [*statements, "TRUNCATE events", "TRUNCATE votes"]:
        with pytest.raises(IntegrityError, match="append-only"), database.write() as db:
            db.execute(text(statement))


def test_a_statement_that_fails_is_told_without_its_parameters(database: Database) -> None:
    with pytest.raises(IntegrityError) as failure, database.write() as db:
        db.execute(insert(Subject).values(study_id=99, label="hush-hush", simulated=False, created_at=now()))
    assert "INSERT INTO subjects" in str(failure.value)
    assert "hush-hush" not in str(failure.value)
