"""Who only sees how far a study is reads no word that somebody wrote about a subject, and no name of the staff."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import Role, Session
from app.media import Media
from app.sessions import alarms, checks, invitations
from app.settings import Settings
from app.studies import members
from app.web import login, tokens
from app.web.sign_in import COOKIE
from app.web.tokens import Scope
from tests.actors import somebody
from tests.web import small_study
from tests.web.test_monitor import sit

pytestmark = pytest.mark.one_database
LABEL, REASON, STAFF = "Grace of room 4", "colour blind, told Maria", "maria@lab.example"


@pytest.fixture
def study(database: Database, media: Media, settings: Settings, pictures: Path) -> int:
    """A study in which a subject with a label answered too fast and was excluded."""
    made = small_study.create(database, media, pictures)
    (grace,) = invitations.invite(database, settings.secret(), made, [LABEL])
    sit(database, settings, made, link=grace.token)
    with database.read() as db:
        number = db.scalars(select(Session.id)).one()
    checks.exclude(database, number, REASON, somebody(STAFF))
    return made


@contextmanager
def taking_part(web: FastAPI, settings: Settings, database: Database, study: int, role: Role) -> Iterator[TestClient]:
    """Somebody of that role, with a cookie for the desk and a token for the API."""
    login.create_account(database, "ada", None)  # the first one operates
    login.create_account(database, "kim", None)
    members.give(database, study, "kim", role)
    cookie = login.sign_in_once(database, login.one_time_link(database, "kim"), hours=1)
    token = tokens.make(database, "kim", "a script", list(Scope), days=1)
    with TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"}) as client:
        client.cookies.set(COOKIE, login.seal(settings.secret(), cookie))
        yield client


@pytest.mark.parametrize(("role", "told"), [(Role.VIEWER, False), (Role.ANALYST, True)])
def test_labels_reasons_and_staff_are_for_analysts_and_those_above(
    web: FastAPI, settings: Settings, database: Database, study: int, role: Role, told: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(alarms, "FAST_ANSWERS", 1)
    monkeypatch.setattr(alarms, "FAST_MS", 10**9)
    with taking_part(web, settings, database, study, role) as kim:
        monitor, api = f"/admin/studies/{study}/monitor", f"/api/v1/studies/{study}"
        said = [kim.get(path) for path in (monitor, f"/admin/studies/{study}/sessions/1", f"{api}/sessions")]
        said.append(kim.get(f"{api}/sessions/1"))
        assert {reply.status_code for reply in said} == {200}
        for reply in said:
            assert [word in reply.text for word in (LABEL, REASON, STAFF)] == [told] * 3
        warned = kim.get(f"{api}/monitor")
        assert [one["sessions"] for one in warned.json()["alarms"] if one["kind"] == "fast answers"] == [[1]]
        assert (LABEL in warned.text) is told
        if not told:
            one = said[-1].json()
            assert (one["label"], one["decisions"][0]["by"], one["decisions"][0]["reason"]) == (
                "session 1", "account", "",
            )  # fmt: skip
