"""The page of an account's tokens: made, shown once, revoked."""

import html
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import ApiToken
from app.web import login, tokens
from app.web.tokens import Scope, TokenExists

PAGE = "/admin/account/tokens"
WISH = {"name": "nightly export", "scopes": ["studies:read", "results:read"], "life": "30"}


def shown(html: str) -> str:
    (found,) = re.findall(r'value="(bh_[A-Za-z0-9_-]+)"', html)
    return str(found)


def test_a_token_is_shown_once_and_opens_what_was_ticked(desk: TestClient, anonymous: TestClient) -> None:
    reply = desk.post(PAGE, data=WISH)
    token = shown(reply.text)
    assert reply.status_code == 201
    assert reply.headers["cache-control"] == "no-store"
    assert len(token) >= 3 + 43
    assert token not in desk.get(PAGE).text
    told = anonymous.get("/api/v1/token", headers={"Authorization": f"Bearer {token}"}).json()
    assert (told["name"], told["account"], told["scopes"]) == ("nightly export", "marlene", WISH["scopes"])


def test_loading_the_page_of_a_new_token_again_makes_no_second_one(desk: TestClient, database: Database) -> None:
    assert desk.post(PAGE, data=WISH).status_code == 201
    reply = desk.post(PAGE, data=WISH | {"name": " nightly  export"})
    assert reply.status_code == 409
    assert "There is a live token &#39;nightly export&#39; already" in reply.text
    assert "bh_" not in reply.text
    assert len(tokens.listing(database, "marlene")) == 1


def test_a_name_is_free_again_when_its_token_is_over_and_in_other_accounts(database: Database) -> None:
    for account in ("ada", "rosa"):
        login.create_account(database, account, None)
        tokens.make(database, account, "nightly", [Scope.JOBS_READ], days=None)
    tokens.revoke(database, "ada", 1)
    tokens.make(database, "ada", "nightly", [Scope.JOBS_READ], days=None)
    assert [token.state for token in tokens.listing(database, "ada")] == ["live", "revoked"]
    with pytest.raises(TokenExists):
        tokens.make(database, "ada", "nightly", [Scope.JOBS_READ], days=None)


def test_the_table_keeps_a_digest_and_never_the_token(desk: TestClient, database: Database) -> None:
    token = shown(desk.post(PAGE, data=WISH).text)
    with database.read() as db:
        row = db.scalars(select(ApiToken)).one()
        assert token not in str(vars(row))
        assert re.fullmatch("[0-9a-f]{64}", row.token_digest)


def test_a_revoked_token_opens_nothing_and_says_so_on_the_page(desk: TestClient, anonymous: TestClient) -> None:
    token = shown(desk.post(PAGE, data=WISH).text)
    page = desk.post(f"{PAGE}/1/revoke")
    assert "revoked and opens nothing any more" in page.text
    reply = anonymous.get("/api/v1/token", headers={"Authorization": f"Bearer {token}"})
    assert reply.json()["type"] == "/errors#token-revoked"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "\u202enightly"}, "needs a name"),
        ({"scopes": []}, "at least one"),
        ({"scopes": ["everything"]}, "no scope &#39;everything&#39;"),
        ({"life": "900"}, "cannot live for that long"),
    ],
)
def test_a_wish_that_cannot_be_met_comes_back_to_the_form(
    desk: TestClient, database: Database, change: dict[str, object], sentence: str
) -> None:
    reply = desk.post(PAGE, data=WISH | change)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert tokens.listing(database, "marlene") == []


def test_nobody_revokes_another_accounts_token(desk: TestClient, database: Database) -> None:
    login.create_account(database, "rosa", None)
    tokens.make(database, "rosa", "hers", [Scope.JOBS_READ], days=None)
    assert desk.post(f"{PAGE}/1/revoke").status_code == 404
    assert tokens.listing(database, "rosa")[0].state == "live"
    assert "hers" not in desk.get(PAGE).text


def test_no_page_shows_a_token_in_a_command_or_in_a_setting_of_its_own(desk: TestClient, anonymous: TestClient) -> None:
    for page in (desk.post(PAGE, data=WISH).text, anonymous.get("/api/v1/docs").text):
        assert "curl -H @token.header" in page
        assert "umask 077" in page
        assert "BEHOLDER_TOKEN" not in page


def test_the_public_page_shows_what_is_sent_what_may_be_chosen_and_what_comes_back(anonymous: TestClient) -> None:
    page = html.unescape(anonymous.get("/api/v1/docs").text)
    assert """--json '{"reason": "fell asleep, said so afterwards"}'""" in page
    assert '"photograph_set": "packaged"' in page  # of a body that is too long for a command
    assert re.search(r"<code>limit</code></th><td>query</td><td>integer, 1 to 1000</td><td><code>100</code>", page)
    assert re.search(r"<code>correction</code></th><td>query</td><td>none, holm, bh</td>", page)
    assert '"generalises_to": "any subjects, any scenes"' in page
    assert re.search(r"<code>scene_side</code></th><td>body</td><td>integer, 1 to 100000</td><td><code>256", page)
    assert page.count('aria-label="Command"') > 35


def test_every_kind_of_error_has_a_place_on_the_public_page(anonymous: TestClient) -> None:
    page = anonymous.get("/errors").text
    for kind in ("study-closed", "scope-missing", "malformed-input", "unexpected"):
        assert f'id="{kind}"' in page


def test_the_page_for_readers_lists_every_route_and_runs_nothing(anonymous: TestClient) -> None:
    page = anonymous.get("/api", follow_redirects=True).text
    paths = anonymous.get("/api/v1/openapi.json").json()["paths"]
    assert len(paths) > 30
    for path in paths:
        assert f'<code class="path">{path}</code>' in page
    assert "<script" not in page
