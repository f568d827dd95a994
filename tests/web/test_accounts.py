"""People of the desk: accounts and their rights, roles in studies, invitations by a link, and the log of all that."""

import csv
import io
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database, deeds
from app.db.audit import Actor
from app.db.models import Role, Through
from app.settings import Settings
from app.studies import members, service
from app.studies.protocol import Protocol
from app.web import account_invitations, accounts, login, tokens
from app.web.sign_in import COOKIE
from app.web.tokens import Scope

PASSWORD = "a few words in a row"


@pytest.fixture
def study(database: Database, desk: TestClient) -> int:
    return service.create(database, "Which loss?", Protocol(), by=Actor(1, "marlene", Through.DESK))


@pytest.fixture
def rosa(web: FastAPI, settings: Settings, database: Database, desk: TestClient) -> TestClient:
    """A second browser, of an account without any right."""
    login.create_account(database, "rosa", None, creates=False)
    client = TestClient(web, base_url="http://localhost", follow_redirects=False)
    made = login.sign_in_once(database, login.one_time_link(database, "rosa"), hours=1)
    client.cookies.set(COOKIE, login.seal(settings.secret(), made))
    return client


def link_in(page: str) -> str:
    found = re.search(r'value="http://localhost(/[^"]+)"', page)
    assert found
    return found[1]


def test_an_invitation_makes_one_account_in_a_study_and_looking_uses_nothing_up(
    desk: TestClient, anonymous: TestClient, database: Database, study: int
) -> None:
    made = desk.post(f"/admin/studies/{study}/people/invitations", data={"role": "analyst", "whom": "Kim"})
    link = link_in(made.text)
    assert made.status_code == 201
    for _ in range(2):
        page = anonymous.get(link)
        assert page.status_code == 200
        assert "analyst" in page.text
        assert "Which loss?" in page.text
    refused = anonymous.post(link, data={"name": "kim", "password": "short", "again": "short"})
    assert refused.status_code == 422
    taken = anonymous.post(link, data={"name": "marlene", "password": PASSWORD, "again": PASSWORD})
    assert taken.status_code == 409
    joined = anonymous.post(link, data={"name": "kim", "password": PASSWORD, "again": PASSWORD})
    assert joined.status_code == 303
    assert anonymous.get(f"/admin/studies/{study}/results").status_code == 200
    assert anonymous.get(f"/admin/studies/{study}/links").status_code == 403
    assert anonymous.get("/admin/accounts").status_code == 403
    assert anonymous.get(link).status_code == 410
    assert anonymous.post(link, data={"name": "two", "password": PASSWORD, "again": PASSWORD}).status_code == 410
    (kim,) = [one for one in accounts.people(database) if one.name == "kim"]
    assert (kim.operates, kim.creates, kim.launches) == (False, False, False)
    assert [one.name for one in accounts.people(database)] == ["kim", "marlene"]


def test_whoever_has_an_account_accepts_with_it_and_never_gets_less_than_before(
    rosa: TestClient, database: Database, study: int
) -> None:
    members.give(database, study, "rosa", Role.EXPERIMENTER)
    token = account_invitations.make(database, "Rosa", study_id=study, role=Role.VIEWER)
    assert "Accept as rosa" in rosa.get(f"/invitation/{token}").text
    assert rosa.post(f"/invitation/{token}/accept").headers["location"] == f"/admin/studies/{study}"
    assert ("rosa", Role.EXPERIMENTER) in [(one.name, one.role) for one in members.listing(database, study)]
    assert rosa.post(f"/invitation/{token}/accept").status_code == 410


def test_revoked_invitations_and_those_of_people_who_may_not_invite_any_longer_open_nothing(
    desk: TestClient, rosa: TestClient, anonymous: TestClient, database: Database, study: int
) -> None:
    members.give(database, study, "rosa", Role.OWNER)
    made = rosa.post(f"/admin/studies/{study}/people/invitations", data={"role": "owner", "whom": "a friend"})
    link = link_in(made.text)
    assert anonymous.get(link).status_code == 200
    members.give(database, study, "rosa", Role.VIEWER)
    assert anonymous.get(link).status_code == 410
    second = link_in(desk.post("/admin/accounts/invitations", data={"whom": "Kim", "rights": "creates"}).text)
    number = account_invitations.listing(database)[0].id
    assert rosa.post(f"/admin/accounts/invitations/{number}/revoke").status_code == 403
    desk.post(f"/admin/accounts/invitations/{number}/revoke")
    assert anonymous.get(second).status_code == 410
    assert desk.post(f"/admin/studies/{study}/people/invitations/{number}/revoke").status_code == 404


def test_what_an_operator_gave_away_opens_nothing_when_they_operate_no_longer(
    desk: TestClient, rosa: TestClient, anonymous: TestClient, database: Database, study: int
) -> None:
    own = service.create(database, "Rosa's own", Protocol(), by=Actor(2, "rosa", Through.DESK))
    for end in ({"path": "/admin/accounts/rights"}, {"path": "/admin/accounts/delete", "typed": "rosa"}):
        desk.post("/admin/accounts/rights", data={"name": "rosa", "rights": ["operates"]})
        kept = link_in(
            rosa.post(f"/admin/studies/{own}/people/invitations", data={"role": "owner", "whom": "Kim"}).text
        )
        given = [
            link_in(rosa.post("/admin/accounts/link", data={"name": "marlene"}).text),
            link_in(rosa.post("/admin/accounts/invitations", data={"whom": "a friend"}).text),
            link_in(rosa.post(f"/admin/studies/{study}/people/invitations", data={"role": "owner", "whom": "I"}).text),
        ]
        assert [anonymous.get(link).status_code for link in (kept, *given)] == [200] * 4
        path = end.pop("path")
        assert desk.post(path, data={"name": "rosa"} | end).status_code == 200
        assert [anonymous.get(link).status_code for link in given] == [410] * 3
        assert anonymous.get(kept).status_code == (200 if path.endswith("rights") else 410)
        members.give(database, own, "marlene", Role.OWNER)


@pytest.mark.one_database
def test_no_password_is_hashed_for_whoever_has_no_invitation(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_invitations, "hashed", lambda password: pytest.fail("it costs what a sign-in costs"))
    made = {"name": "kim", "password": PASSWORD, "again": PASSWORD}
    assert anonymous.post("/invitation/wrong", data=made).status_code == 410


@pytest.mark.one_database
def test_wrong_invitations_are_throttled_and_a_right_one_is_never_kept_out(
    anonymous: TestClient, database: Database
) -> None:
    token = account_invitations.make(database, "Kim")
    met = [anonymous.get("/invitation/wrong").status_code for _ in range(12)]
    assert (met[0], met[-1]) == (410, 429)
    assert anonymous.get(f"/invitation/{token}").status_code == 200


def test_the_last_owner_of_a_study_stays(desk: TestClient, rosa: TestClient, database: Database, study: int) -> None:
    where = f"/admin/studies/{study}/people"
    assert desk.post(f"{where}/remove", data={"name": "marlene"}).status_code == 409
    assert desk.post(where, data={"name": "marlene", "role": "viewer"}).status_code == 409
    assert desk.post(where, data={"name": "nobody", "role": "viewer"}).status_code == 404
    desk.post(where, data={"name": "rosa", "role": "owner"})
    desk.post(f"{where}/remove", data={"name": "marlene"})
    assert [(one.name, one.role) for one in members.listing(database, study)] == [("rosa", Role.OWNER)]
    assert rosa.get(f"/admin/studies/{study}/people").status_code == 200


def test_an_account_that_alone_owns_studies_is_deleted_when_they_are_handed_over(
    desk: TestClient, rosa: TestClient, database: Database
) -> None:
    study = service.create(database, "Rosa's own", Protocol(), by=Actor(2, "rosa", Through.DESK))
    token = tokens.make(database, "rosa", "a script", [Scope.STUDIES_READ], days=1)
    gone = {"name": "rosa", "typed": "rosa"}
    refused = desk.post("/admin/accounts/delete", data=gone)
    assert refused.status_code == 409
    assert "Rosa&#39;s own" in refused.text
    members.give(database, study, "marlene", Role.OWNER)
    assert desk.post("/admin/accounts/delete", data=gone | {"typed": "ros"}).status_code == 422
    assert desk.post("/admin/accounts/delete", data=gone).status_code == 200
    assert rosa.get("/admin").status_code == 303
    assert desk.get("/api/v1/studies", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    made = [entry for entry in deeds.deeds(database, 10, study_id=study) if entry.deed == "study created"]
    assert [entry.account for entry in made] == ["rosa"]


def test_rights_hold_from_the_next_request_on_for_pages_and_for_tokens(
    desk: TestClient, rosa: TestClient, database: Database
) -> None:
    script = {"Authorization": f"Bearer {tokens.make(database, 'rosa', 'a script', list(Scope), days=1)}"}
    new = {"title": "Which loss?"}
    assert rosa.get("/admin/studies/new").status_code == 403
    assert desk.post("/api/v1/studies", json=new, headers=script).status_code == 403
    desk.post("/admin/accounts/rights", data={"name": "rosa", "rights": ["creates"]})
    assert rosa.get("/admin/studies/new").status_code == 200
    assert desk.post("/api/v1/studies", json=new, headers=script).status_code == 201
    desk.post("/admin/accounts/rights", data={"name": "rosa"})
    assert rosa.get("/admin/studies/new").status_code == 403
    assert desk.post("/admin/accounts/rights", data={"name": "marlene"}).status_code == 409  # nobody else operates


def test_ended_logins_and_links_open_nothing(desk: TestClient, rosa: TestClient, anonymous: TestClient) -> None:
    link = link_in(desk.post("/admin/accounts/link", data={"name": "rosa"}).text)
    assert rosa.get("/admin/studies").status_code == 200
    desk.post("/admin/accounts/logins", data={"name": "rosa"})
    assert rosa.get("/admin/studies").status_code == 303
    assert anonymous.get(link).status_code == 410


def test_the_log_tells_who_did_what_by_page_and_by_table(
    desk: TestClient, rosa: TestClient, database: Database, study: int
) -> None:
    desk.post(f"/admin/studies/{study}/people", data={"name": "rosa", "role": "viewer"})
    page = desk.get("/admin/log").text
    assert "role given" in page
    assert "account created" in page
    assert "account created" not in desk.get(f"/admin/studies/{study}/log").text
    assert rosa.get(f"/admin/studies/{study}/log").status_code == 403
    assert rosa.get("/admin/log").status_code == 403
    lines = desk.get(f"/admin/studies/{study}/log.csv?deed=role+given").text
    (line,) = csv.DictReader(io.StringIO(lines))
    assert (line["account"], line["through"], line["study"]) == ("marlene", "desk", str(study))
    assert "viewer" in line["details"]


@pytest.mark.one_database
def test_the_log_is_read_page_by_page(desk: TestClient, database: Database) -> None:
    for number in range(130):
        service.create(database, f"Study {number}", Protocol())
    first = desk.get("/admin/log?deed=study+created").text
    older = re.search(r'href="(/admin/log\?[^"]*before=\d+)"', first)
    assert older
    second = desk.get(older[1].replace("&amp;", "&")).text
    assert (first.count(">study created <a"), second.count(">study created <a")) == (100, 30)


def test_what_a_viewer_may_not_do_is_not_offered(rosa: TestClient, database: Database, study: int) -> None:
    members.give(database, study, "rosa", Role.VIEWER)
    page = rosa.get(f"/admin/studies/{study}/stimuli").text
    offered = re.findall(r'(?:action|href)="(/admin/studies/\d+/[^"#?]*)', page)
    assert {address.rpartition("/")[2] for address in offered} == {
        "stimuli",
        "protocol",
        "preview",
        "monitor",
        "differences",
    }
    assert "You are viewer here" in page
    assert "/admin/accounts" not in page
    assert "/admin/studies/new" not in rosa.get("/admin/studies").text
