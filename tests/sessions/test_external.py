"""Recruiting services: what their links say, and which session a participant goes on with."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.db import Database
from app.db.models import ExternalId, Outcome, Service, Session
from app.sessions.ending import ending, shown_code
from app.sessions.enrol import begin
from app.sessions.external import BadParticipant, OnlyAPreview, TakesPartAlready, read
from app.sessions.links import pilot_token, public_token
from app.sessions.progress import consent, view
from app.studies.protocol import Protocol
from tests.sessions.planted import SECRET, SMALL, careless, play, study

PROLIFIC = {"PROLIFIC_PID": "5f1e0c", "STUDY_ID": "60aa", "SESSION_ID": "61bb"}
MTURK = {
    "assignmentId": "3OLF68YTN", "hitId": "3QTFN", "workerId": "A2QX", "turkSubmitTo": "https://www.mturk.com/"
}  # fmt: skip


def test_each_service_is_understood() -> None:
    prolific, mturk, sona = read(PROLIFIC), read(MTURK), read({"survey_code": "713"})
    assert prolific
    assert mturk
    assert sona
    assert (prolific.service, prolific.participant) == (Service.PROLIFIC, "5f1e0c")
    assert prolific.fields == {"STUDY_ID": "60aa", "SESSION_ID": "61bb"}
    assert (mturk.participant, mturk.fields["turkSubmitTo"]) == ("A2QX", "https://www.mturk.com")
    assert (sona.service, sona.participant) == (Service.SONA, "713")
    assert read({"id": "713"}) == sona
    assert read({"language": "de"}) is None
    for sender in (prolific, mturk, sona):
        assert read(sender.hidden) == sender


@pytest.mark.parametrize("number", ["", " ", "{{%PROLIFIC_PID%}}", "a b", "<b>", "x" * 129, "ä", "1\n"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    for said in ({"PROLIFIC_PID": number}, {"survey_code": number}, {**MTURK, "workerId": number}):
        with pytest.raises(BadParticipant):
            read(said)


def test_a_form_is_sent_to_mturk_and_to_nobody_else() -> None:
    for place in ("https://evil.example", "http://www.mturk.com", "https://www.mturk.com.evil.example", ""):
        sender = read({**MTURK, "turkSubmitTo": place})
        assert sender
        assert "turkSubmitTo" not in sender.fields


def test_nothing_begins_in_a_preview(database: Database) -> None:
    sender = read({"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE", "hitId": "3QTFN"})
    assert sender
    with pytest.raises(OnlyAPreview):
        begin(database, SECRET, public_token(database, SECRET, study(database)), sender=sender)
    with database.read() as db:
        assert db.scalars(select(Session)).all() == []


def test_the_same_participant_goes_on_where_the_number_proves_them(database: Database) -> None:
    link = public_token(database, SECRET, study(database))
    first = begin(database, SECRET, link, sender=read(PROLIFIC))
    assert begin(database, SECRET, link, sender=read({**PROLIFIC, "SESSION_ID": "62cc"})) == first
    with database.read() as db:
        assert db.scalars(select(ExternalId)).one().fields["SESSION_ID"] == "62cc"
    assert begin(database, SECRET, link, sender=read({**PROLIFIC, "PROLIFIC_PID": "other"})) != first
    worker = begin(database, SECRET, link, sender=read(MTURK))
    assert begin(database, SECRET, link, sender=read(MTURK)) == worker
    with pytest.raises(TakesPartAlready):
        begin(database, SECRET, link, sender=read({**MTURK, "assignmentId": "another"}))
    assert begin(database, SECRET, link, sender=read({**MTURK, "assignmentId": "another"}), held=worker) == worker
    student = begin(database, SECRET, link, sender=read({"id": "713"}))
    with pytest.raises(TakesPartAlready):
        begin(database, SECRET, link, sender=read({"id": "713"}))
    assert begin(database, SECRET, link, sender=read({"id": "713"}), held=student) == student


def test_a_number_that_only_a_pilot_had_goes_over_to_the_subject_who_counts(database: Database) -> None:
    number = study(database)
    pilot, public = pilot_token(database, SECRET, number), public_token(database, SECRET, number)
    tried = begin(database, SECRET, pilot, sender=read(PROLIFIC))
    assert begin(database, SECRET, pilot, sender=read(PROLIFIC)) == tried
    real = begin(database, SECRET, public, sender=read(PROLIFIC))
    assert real != tried
    assert begin(database, SECRET, public, sender=read(PROLIFIC)) == real
    with pytest.raises(TakesPartAlready):
        begin(database, SECRET, pilot, sender=read(PROLIFIC))


def test_two_tabs_that_begin_at_once_make_one_subject(database: Database) -> None:
    link = public_token(database, SECRET, study(database))
    with ThreadPoolExecutor(4) as threads:
        begun = [threads.submit(begin, database, SECRET, link, sender=read(PROLIFIC)) for _ in range(4)]
    assert len({one.result() for one in begun}) == 1


@pytest.mark.parametrize(
    ("changes", "failed", "told", "address"),
    [
        ({}, False, "completed", None),
        ({"completed_url": "https://p.example/?cc={code}&who={participant}"}, False, "completed",
         "https://p.example/?cc=GOOD&who=5f1e0c"),
        ({"completed_url": "https://p.example/?cc=GOOD"}, True, "completed", "https://p.example/?cc=GOOD"),
        ({"completed_url": "https://p.example/?cc=GOOD", "failed_code": "BAD"}, True, "failed_checks", None),
        ({"completed_url": "https://p.example/?cc={code}", "failed_code": "BAD"}, True, "failed_checks",
         "https://p.example/?cc=BAD"),
        ({"failed_url": "https://p.example/{study}/{session}"}, True, "failed_checks", "https://p.example/60aa/61bb"),
    ],
)  # fmt: skip
def test_the_end_tells_only_what_the_protocol_tells(
    database: Database, changes: dict[str, str], failed: bool, told: str, address: str | None
) -> None:
    number = study(database, SMALL.model_copy(update={"completed_code": "GOOD", **changes}))
    token = begin(database, SECRET, public_token(database, SECRET, number), sender=read(PROLIFIC))
    consent(database, token, view(database, token).consent_hash)
    play(database, token, careless) if failed else play(database, token)
    found = ending(database, token)
    assert (found.outcome, found.back and found.back.address) == (told, address)
    if told == "failed_checks":
        assert found.code == changes.get("failed_code")


def test_an_address_that_lacks_what_it_needs_leads_nowhere(database: Database) -> None:
    number = study(database, SMALL.model_copy(update={"completed_url": "https://s.example/?c={participant}"}))
    token = begin(database, SECRET, public_token(database, SECRET, number))
    consent(database, token, view(database, token).consent_hash)
    play(database, token)
    assert ending(database, token).back is None


def test_mturk_gets_its_assignment_back_at_its_own_place(database: Database) -> None:
    token = begin(database, SECRET, public_token(database, SECRET, study(database)), sender=read(MTURK))
    consent(database, token, view(database, token).consent_hash)
    play(database, token)
    back = ending(database, token).back
    assert back is not None
    assert (back.address, back.origin) == ("https://www.mturk.com/mturk/externalSubmit", "https://www.mturk.com")
    assert back.fields == {"assignmentId": "3OLF68YTN", "code": view(database, token).completion_code}


def test_a_subject_who_is_told_apart_by_an_address_alone_has_no_code() -> None:
    protocol = Protocol(failed_url="https://p.example")
    assert [shown_code(protocol, outcome, "GOOD") for outcome in (None, *Outcome)][:3] == [
        "GOOD", "GOOD", None
    ]  # fmt: skip
