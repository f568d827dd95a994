"""Two experimenters with the same draft before them: the second is told, loses nothing, and chooses."""

import html
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import Account, AuditEntry
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from app.web import login
from app.web.admin.protocol_form import settings_of
from app.web.sign_in import COOKIE

pytestmark = pytest.mark.one_database


@pytest.fixture
def grace(web: FastAPI, settings: Settings, database: Database, desk: TestClient) -> Iterator[TestClient]:
    login.create_account(database, "grace", None)
    token = login.sign_in_once(database, login.one_time_link(database, "grace"), hours=1)
    with TestClient(web, base_url="http://localhost") as client:
        client.cookies.set(COOKIE, login.seal(settings.secret(), token))
        yield client


def form(revision: int, **values: str) -> dict[str, str]:
    shown = [s for group in settings_of(Protocol().model_dump()).values() for s in group]
    fields = {s.name: s.value for s in shown if s.kind != "tick" or s.value == "yes"}
    return {"title": "Shared", "revision": str(revision), **fields, **values}


def test_the_second_to_save_is_told_keeps_what_they_typed_and_chooses(
    desk: TestClient, grace: TestClient, database: Database
) -> None:
    study = service.create(database, "Shared", Protocol())
    with database.write() as db:
        db.scalars(select(Account).where(Account.name == "grace")).one().operates = True
    address = f"/admin/studies/{study}/protocol"
    assert 'name="revision" value="0"' in desk.get(address).text
    first = grace.post(address, data=form(0, question="Which is nearer?", blank_ms="100"))
    assert first.url.path == address
    second = desk.post(address, data=form(0, question="Which is sharper?", catch_trials="9"))
    assert second.status_code == 409
    page = html.unescape(second.text)
    assert "grace: protocol changed (“Question”, “Blank (ms)”)" in page
    assert "As it was saved: Which is nearer?" in page
    assert 'value="Which is sharper?"' in page
    assert "You had not touched these, and they stand below as they were saved: Blank (ms)." in page
    assert 'name="revision" value="1"' in page
    assert service.get(database, study).protocol.question == "Which is nearer?"
    kept = form(1, question="Which is sharper?", catch_trials="9", blank_ms="100")
    desk.post(address, data={**kept, "keep-question": "theirs"})
    after = service.get(database, study).protocol
    assert (after.question, after.catch_trials, after.blank_ms) == ("Which is nearer?", 9, 100)
    grace.post(address, data=form(2, question="Which is sharper?", catch_trials="9", blank_ms="100"))
    assert service.get(database, study).protocol.question == "Which is sharper?"


def test_every_change_of_a_draft_raises_its_revision_and_is_in_the_log(desk: TestClient, database: Database) -> None:
    study = service.create(database, "Shared", Protocol())
    address = f"/admin/studies/{study}/protocol"
    desk.post(address, data=form(0))
    assert service.get(database, study).revision == 0  # nothing differed
    desk.post(address, data=form(0, title="Renamed", instructions="x" * 5000))
    assert service.get(database, study).revision == 2
    with database.read() as db:
        entries = list(db.scalars(select(AuditEntry).where(AuditEntry.study_id == study).order_by(AuditEntry.id)))
    assert [entry.deed for entry in entries][-2:] == ["study renamed", "protocol changed"]
    assert entries[-2].details["settings"] == {"title": ["Shared", "Renamed"]}
    assert entries[-1].account == "marlene"
    assert entries[-1].details["settings"]["instructions"][1].startswith("5,002 characters, sha256 ")


def test_a_study_is_downloaded_as_a_file(desk: TestClient, database: Database) -> None:
    study = service.create(database, "Shared", Protocol())
    reply = desk.get(f"/admin/studies/{study}/study.yaml")
    assert reply.headers["content-disposition"] == f'attachment; filename="study-{study}.yaml"'
    assert reply.text.startswith("# A study of Beholder.")


def test_a_downloaded_file_makes_the_study_again_and_a_wrong_one_makes_nothing(
    desk: TestClient, database: Database
) -> None:
    study = service.create(database, "Shared", Protocol(catch_trials=9))
    text = desk.get(f"/admin/studies/{study}/study.yaml").content
    assert 'action="/admin/studies/from-file"' in desk.get("/admin/studies/new").text
    page = desk.post("/admin/studies/from-file", files={"file": ("again.yaml", text)})
    assert page.url.path == f"/admin/studies/{study + 1}/stimuli"
    assert service.get(database, study + 1).protocol == Protocol(catch_trials=9)
    refused = desk.post("/admin/studies/from-file", files={"file": ("wrong.yaml", b"title: t\nprotcol: {}\n")})
    assert refused.status_code == 422
    assert "wrong.yaml, line 2: there is no key" in html.unescape(refused.text)
    assert len(service.listing(database)) == 2
