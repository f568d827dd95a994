"""A withdrawal does what the consent text promises, and the log still proves the rest."""

import pytest
from sqlalchemy import func, select

from app.clock import now
from app.db import Database
from app.db.base import Base
from app.db.models import (
    AuditEntry,
    Check,
    Event,
    Exclusion,
    ExternalId,
    Outcome,
    Questionnaire,
    Screening,
    Session,
    Showing,
    Side,
    StudyState,
    Subject,
    Vote,
)
from app.results.counting import Selection
from app.results.options import ReportOptions
from app.results.vote_rows import vote_rows
from app.sessions import checks, events, viewing, withdrawal
from app.sessions.ending import ending
from app.sessions.enrol import begin, personal_link_of
from app.sessions.external import read
from app.sessions.invitations import invite
from app.sessions.links import public_token
from app.sessions.outcomes import Withdrawn, screen_out
from app.sessions.pictures import shown_in
from app.sessions.progress import consent, open_trials, start_block, view
from app.sessions.sitting import SessionNotFound, Stage
from app.sessions.votes import Answer, Screen, record_vote
from app.studies.fields import ViewingModule, ViewingRule
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions.planted import (
    PLAIN,
    SECRET,
    SMALL,
    careless,
    honest,
    join,
    play,
    session_id,
    set_state,
    study,
    trials_of,
)

COLOUR = ViewingModule.COLOUR
SCREEN = Screen(2.0, 600, 600, True, "p3", "standard")


def sat(database: Database, number: int) -> str:
    """The token of a session about which everything personal is known, with a block of trials under way."""
    sender = read({"PROLIFIC_PID": "5f1e", "STUDY_ID": "s", "SESSION_ID": "v"})
    token = begin(database, SECRET, public_token(database, SECRET, number), sender=sender)
    consent(database, token, view(database, token).consent_hash)
    play(database, token, most=4)
    trial = open_trials(database, token)[0]
    record_vote(database, token, trial.token, Answer(Side.LEFT, 900, SCREEN))
    of = session_id(database, token)
    with database.write() as db:
        db.add(Questionnaire(session_id=of, answers={"age": 33}, answered_at=now()))
        db.add(Screening(session_id=of, kind=Check.ACUITY, passed=True, result={"decimal": 1.2}, at=now()))
        db.flush()
        for kind in sorted(events.PERSONAL):
            events.append(db.connection(), of, kind, {"said": "something personal"}, now())
    return token


def rows(database: Database, table: type) -> int:
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(table)).one()


def test_a_withdrawal_erases_what_is_personal_and_leaves_a_log_that_proves_itself(database: Database) -> None:
    number = study(database)
    token = sat(database, number)
    withdrawal.withdraw(database, token)
    assert [rows(database, table) for table in (Questionnaire, Screening, Showing, ExternalId)] == [0, 0, 0, 0]
    of = session_id(database, token)
    with database.read() as db:
        session = db.get_one(Session, of)
        assert session.outcome is Outcome.WITHDRAWN
        assert db.get_one(Subject, session.subject_id).label == "withdrawn 1"
        personal = db.scalars(select(Event).where(Event.kind.in_(events.PERSONAL))).all()
        assert {(event.payload, event.salt) for event in personal} == {(None, "")}
        (decision,) = db.scalars(select(Exclusion)).all()
        assert (decision.rule, decision.decided_by) == ("withdrawn", "subject")
        (told,) = db.scalars(select(Event.payload).where(Event.kind == events.WITHDRAWN)).all()
    assert told is not None
    assert told["erased"] == {
        "questionnaires": 1, "screenings": 1, "showings": 1, "external_ids": 1, "payloads": len(events.PERSONAL)
    }  # fmt: skip
    assert events.verify(database, of)
    assert view(database, token).stage is Stage.WITHDRAWN


def test_nothing_tells_which_viewing_condition_was_not_passed_once_its_subject_has_withdrawn(
    database: Database,
) -> None:
    number = study(database, SMALL.model_copy(update={"viewing": (COLOUR,), "viewing_rule": ViewingRule.SCREEN_OUT}))
    token = begin(database, SECRET, public_token(database, SECRET, number))
    consent(database, token, view(database, token).consent_hash)
    for turn in (1, 2):
        plates = viewing.shown(database, token).pictures
        viewing.answer(database, token, COLOUR, turn, {"digits": ["none"] * plates})
    assert any("colour" in row for row in _everything(database))
    withdrawal.withdraw(database, token)
    assert not [row for row in _everything(database) if "colour" in row]
    assert events.verify(database, session_id(database, token))


def _everything(database: Database) -> list[str]:
    """Every row of every table but the studies', whose protocols say what everybody is asked."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "studies"]
    with database.read() as db:
        return [f"{table.name} {tuple(row)}" for table in tables for row in db.execute(select(table))]


def test_withdrawing_twice_withdraws_once(database: Database) -> None:
    token = sat(database, study(database))
    withdrawal.withdraw(database, token)
    withdrawal.withdraw(database, token)
    assert rows(database, Exclusion) == 1
    assert rows(database, Subject) == 1


def test_whoever_withdrew_is_never_readmitted_and_never_counted(database: Database) -> None:
    number = study(database)
    token = sat(database, number)
    of = session_id(database, token)
    withdrawal.withdraw(database, token)
    with pytest.raises(checks.WithdrawnForGood):
        checks.readmit(database, of, "They changed their mind.", somebody("ada"))
    (row,) = checks.session_summaries(database, number)
    assert (row.state, row.outcome, row.service) == ("withdrawn", Outcome.WITHDRAWN, None)
    weights = {cells[7] for cells in vote_rows(database, number, ReportOptions(include_excluded=True))}
    assert weights == {0}
    assert Selection(is_demo=False, include_excluded=True).include_excluded


def test_an_answer_that_arrives_after_a_withdrawal_is_not_stored(database: Database) -> None:
    token = sat(database, study(database))
    late, again = open_trials(database, token)[0], next(t for t, _, vote in trials_of(database, token) if vote)
    before = rows(database, Vote)
    withdrawal.withdraw(database, token)
    for trial in (late.token, again.token):
        with pytest.raises(Withdrawn) as refused:
            record_vote(database, token, trial, Answer(Side.LEFT, 900, SCREEN))
        assert refused.value.extras() == {"trial": trial}
    assert (rows(database, Vote), rows(database, Showing)) == (before, 0)
    start_block(database, token)
    assert open_trials(database, token) == []
    with pytest.raises(Withdrawn):
        shown_in(database, token, late.token, "left")


@pytest.mark.parametrize("closed", [False, True])
def test_whoever_withdrew_and_opens_their_link_again_leaves_no_trace_of_that(database: Database, closed: bool) -> None:
    number = study(database)
    token = sat(database, number)
    link = personal_link_of(database, SECRET, token)
    withdrawal.withdraw(database, token)
    if closed:
        set_state(database, number, StudyState.CLOSED)
    with database.read() as db:
        before = db.execute(select(Session.last_seen_at, Session.event_count, Session.event_head)).one()
    assert [begin(database, SECRET, link) for _ in range(3)] == [token] * 3
    with database.read() as db:
        assert db.execute(select(Session.last_seen_at, Session.event_count, Session.event_head)).one() == before


def test_a_finished_session_keeps_its_code_and_can_be_withdrawn_after_the_study_was_closed(database: Database) -> None:
    number = study(database)
    token = begin(database, SECRET, public_token(database, SECRET, number))
    consent(database, token, view(database, token).consent_hash)
    play(database, token)
    code = view(database, token).completion_code
    set_state(database, number, StudyState.CLOSED)
    link = personal_link_of(database, SECRET, token)
    assert withdrawal.session_of(database, SECRET, link) == token
    withdrawal.withdraw(database, token)
    assert (view(database, token).stage, view(database, token).completion_code) == (Stage.WITHDRAWN, code)
    assert begin(database, SECRET, link) == token


CODES = {"completed_code": "GOODCODE"}
TINY = {"trials_per_session": 2, "block_size": 2, "catch_trials": 1, "catch_failures_allowed": 0, "practice_trials": 0}


@pytest.mark.parametrize(
    ("said", "how", "code"),
    [
        ({}, "honest", "GOODCODE"),
        ({}, "careless", "GOODCODE"),
        ({"failed_code": "BADCODE"}, "careless", "BADCODE"),
        ({"failed_url": "https://p.example"}, "careless", None),
        ({"failed_url": "https://p.example", "failed_code": "BADCODE"}, "careless", "BADCODE"),
        ({"screened_out_code": "OUT"}, "screened out", "OUT"),
        ({}, "screened out", None),
        ({}, "under way", None),
    ],
)
def test_whoever_withdraws_keeps_the_code_that_they_were_shown_and_gets_no_other(
    database: Database, said: dict[str, str], how: str, code: str | None
) -> None:
    number = study(database, Protocol.model_validate({**TINY, **PLAIN, **CODES, **said}))
    token = join(database, number)
    if how == "screened out":
        with database.write() as db:
            session = db.scalars(select(Session).where(Session.token == token)).one()
            screen_out(db, session, "by a test", now())
    else:
        play(database, token, careless if how == "careless" else honest, most=1 if how == "under way" else None)
    assert (view(database, token).completion_code, ending(database, token).code) == (code, code)
    withdrawal.withdraw(database, token)
    assert (view(database, token).completion_code, ending(database, token).code) == (code, code)


def test_the_desk_carries_a_withdrawal_out_when_the_label_is_typed(database: Database) -> None:
    number = study(database)
    token = sat(database, number)
    of = session_id(database, token)
    with pytest.raises(withdrawal.NotConfirmed):
        withdrawal.carry_out(database, number, of, "2", "Asked for by mail.", somebody("ada"))
    with pytest.raises(checks.ReasonNeeded):
        withdrawal.carry_out(database, number, of, "1", " ", somebody("ada"))
    with pytest.raises(checks.NoSuchSession):
        withdrawal.carry_out(database, number, of + 1, "1", "Asked for by mail.", somebody("ada"))
    assert rows(database, ExternalId) == 1
    for _ in range(2):  # the second time, the reply was lost
        withdrawal.carry_out(database, number, of, "1", "Asked for by mail.", somebody("ada"))
    (row,) = checks.session_summaries(database, number)
    assert row.excluded is not None
    assert (row.label, row.excluded.reason, row.excluded.by) == ("withdrawn 1", "Asked for by mail.", "ada")
    with database.read() as db:
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.deed == "session withdrawn"))
    assert (entry.account, entry.study_id) == ("ada", number)
    assert entry.details == {"session": of}  # the reason stands with the decision


def test_labels_of_the_withdrawn_are_free_ones(database: Database) -> None:
    number = study(database)
    invite(database, SECRET, number, ["withdrawn 1"])
    tokens = [begin(database, SECRET, public_token(database, SECRET, number)) for _ in range(2)]
    for token in tokens:
        withdrawal.withdraw(database, token)
    assert [row.label for row in checks.session_summaries(database, number)] == ["withdrawn 3", "withdrawn 2"]


def test_nobody_withdraws_from_a_session_that_is_not_there(database: Database) -> None:
    number = study(database)
    with pytest.raises(SessionNotFound):
        withdrawal.withdraw(database, "nothing")
    (ada,) = invite(database, SECRET, number, ["ada"])
    with pytest.raises(SessionNotFound):
        withdrawal.session_of(database, SECRET, ada.token)
