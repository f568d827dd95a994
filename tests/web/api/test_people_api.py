"""Accounts, roles in studies, invitations to the desk and the log of changes over the API."""

import re

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Role
from app.studies import members, service
from app.studies.protocol import Protocol
from app.web import accounts, login
from app.web.tokens import Scope
from tests.web.api.conftest import Script

pytestmark = pytest.mark.one_database
PASSWORD = "a few words in a row"


@pytest.fixture
def study(api: TestClient, database: Database) -> int:
    login.create_account(database, "rosa", None)
    return int(api.post("/api/v1/studies", json={"title": "Which loss?"}).json()["id"])


def names(api: TestClient) -> list[str]:
    return [one["name"] for one in api.get("/api/v1/accounts").json()["items"]]


def path_of(link: str) -> str:
    found = re.fullmatch(r"http://localhost(/\S+)", link)
    assert found
    return found[1]


def test_rights_are_set_whole_and_the_last_operator_stays(api: TestClient, study: int) -> None:
    wanted = {"name": "rosa", "operates": False, "creates": False, "launches": True}
    for _ in range(2):
        told = api.put("/api/v1/accounts/rights", json=wanted).json()
        assert (told["operates"], told["creates"], told["launches"]) == (False, False, True)
    incomplete = api.put("/api/v1/accounts/rights", json={"name": "rosa", "launches": True})
    assert incomplete.status_code == 422
    last = api.put("/api/v1/accounts/rights", json=wanted | {"name": "ada"})
    assert (last.status_code, last.json()["type"]) == (409, "/errors#last-operator")
    unknown = api.put("/api/v1/accounts/rights", json=wanted | {"name": "nobody"})
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/errors#no-such-account")


def test_a_sign_in_link_opens_the_desk_until_the_logins_are_ended(
    api: TestClient, anonymous: TestClient, study: int
) -> None:
    links = [api.post("/api/v1/accounts/link", json={"name": "rosa"}) for _ in range(2)]
    assert [reply.status_code for reply in links] == [201, 201]
    first, second = (path_of(reply.json()["link"]) for reply in links)
    assert anonymous.post(first).status_code == 303
    assert anonymous.get("/admin/studies").status_code == 200
    assert api.post("/api/v1/accounts/sign-out", json={"name": "rosa"}).json()["logins"] == 0
    assert anonymous.get("/admin/studies").status_code == 303
    assert anonymous.get(second).status_code == 410


def test_roles_are_given_and_taken_and_an_owner_stays(api: TestClient, database: Database, study: int) -> None:
    where = f"/api/v1/studies/{study}/members"
    assert [(one["name"], one["role"]) for one in api.get(where).json()["items"]] == [("ada", "owner")]
    assert api.put(where, json={"name": "ada", "role": "viewer"}).json()["type"] == "/errors#last-owner"
    assert api.put(where, json={"name": "nobody", "role": "viewer"}).status_code == 404
    assert api.put(where, json={"name": "rosa", "role": "king"}).status_code == 422
    told = api.put(where, json={"name": "rosa", "role": "owner"}).json()
    assert [(one["name"], one["role"]) for one in told["items"]] == [("ada", "owner"), ("rosa", "owner")]
    left = api.post(f"{where}/remove", json={"name": "rosa"}).json()
    assert [one["name"] for one in left["items"]] == ["ada"]
    assert api.post(f"{where}/remove", json={"name": "rosa"}).status_code == 404
    assert [one.name for one in members.listing(database, study)] == ["ada"]


def test_an_invitation_is_told_once_and_makes_an_account_with_its_role(
    api: TestClient, anonymous: TestClient, study: int
) -> None:
    where = f"/api/v1/studies/{study}/members/invitations"
    link = path_of(api.post(where, json={"whom": "Kim", "role": "viewer"}).json()["link"])
    (listed,) = api.get(where).json()["items"]
    assert (listed["note"], listed["role"], listed["state"], listed["made_by"]) == ("Kim", "viewer", "open", "ada")
    assert link.rsplit("/", 1)[1] not in api.get("/api/v1/accounts/invitations").text
    taken = anonymous.post(link, data={"name": "kim", "password": PASSWORD, "again": PASSWORD})
    assert taken.status_code == 303
    kim = next(one for one in api.get("/api/v1/accounts").json()["items"] if one["name"] == "kim")
    assert kim["studies"] == [{"study_id": study, "title": "Which loss?", "role": "viewer"}]
    assert api.post(where, json={"whom": " ", "role": "viewer"}).json()["type"] == "/errors#bad-invitation"


def test_revoked_invitations_open_nothing_and_one_into_another_study_is_not_found(
    api: TestClient, anonymous: TestClient, database: Database, study: int
) -> None:
    link = path_of(api.post("/api/v1/accounts/invitations", json={"whom": "Kim", "creates": True}).json()["link"])
    inside = f"/api/v1/studies/{study}/members/invitations/1/revoke"
    assert api.post(inside).json()["type"] == "/errors#no-such-invitation"
    assert anonymous.get(link).status_code == 200
    (revoked,) = api.post("/api/v1/accounts/invitations/1/revoke").json()["items"]
    assert (revoked["state"], revoked["creates"], revoked["study_id"]) == ("revoked", True, None)
    assert anonymous.get(link).status_code == 410
    assert api.post("/api/v1/accounts/invitations/1/revoke").status_code == 404


def test_an_account_goes_once_its_studies_are_handed_over(api: TestClient, database: Database, study: int) -> None:
    members.give(database, study, "rosa", Role.OWNER)
    members.remove(database, study, "ada")
    refused = api.post("/api/v1/accounts/delete", json={"name": "rosa"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/errors#owns-studies")
    assert "Which loss?" in refused.json()["detail"]
    members.give(database, study, "ada", Role.OWNER)
    assert api.post("/api/v1/accounts/delete", json={"name": "rosa"}).status_code == 204
    assert names(api) == ["ada"]
    assert api.post("/api/v1/accounts/delete", json={"name": "rosa"}).status_code == 404


def test_the_log_is_read_page_by_page_and_by_kind(api: TestClient, database: Database, study: int) -> None:
    other = service.create(database, "Another", Protocol())
    api.put(f"/api/v1/studies/{study}/members", json={"name": "rosa", "role": "viewer"})
    newest = api.get("/api/v1/log", params={"limit": 2}).json()
    older = api.get("/api/v1/log", params={"limit": 1000, "after": newest["next"]}).json()
    ids = [one["id"] for one in (*newest["items"], *older["items"])]
    assert ids == sorted(ids, reverse=True)
    assert (len(newest["items"]), older["next"], ids[-1]) == (2, None, 1)
    (given,) = api.get(f"/api/v1/studies/{study}/log", params={"deed": "role given", "account": "ada"}).json()["items"]
    assert (given["account"], given["through"], given["study_id"]) == ("ada", "api", study)
    assert given["details"] == {"to": "rosa", "role": "viewer", "before": None}
    deeds = {one["deed"] for one in api.get(f"/api/v1/studies/{other}/log").json()["items"]}
    assert deeds == {"study created"}


def test_reading_accounts_and_the_log_needs_a_scope_of_its_own(script: Script, study: int) -> None:
    reader = script(Scope.ACCOUNTS_READ)
    assert reader.get("/api/v1/accounts").status_code == 200
    assert reader.post("/api/v1/accounts/link", json={"name": "rosa"}).json()["scope"] == "accounts:write"
    assert reader.get("/api/v1/log").json()["scope"] == "audit:read"


def test_no_token_opens_the_desk_as_somebody_who_operates(api: TestClient, database: Database, study: int) -> None:
    accounts.set_rights(database, "rosa", operates=True, creates=True, launches=True)
    for name in ("ada", "rosa"):  # one's own, too
        reply = api.post("/api/v1/accounts/link", json={"name": name})
        assert (reply.status_code, reply.json()["type"]) == (403, "/errors#not-by-token")
    accounts.set_rights(database, "rosa", operates=False, creates=True, launches=True)
    wanted = {"name": "rosa", "operates": True, "creates": True, "launches": True}
    made = api.put("/api/v1/accounts/rights", json=wanted)
    assert (made.status_code, made.json()["type"]) == (403, "/errors#not-by-token")
    assert [one.name for one in accounts.people(database) if one.operates] == ["ada"]
    assert api.put("/api/v1/accounts/rights", json=wanted | {"name": "ada"}).status_code == 200  # who does, still does
