"""Whoever lost what they were let in for while their request was under way changes nothing any more."""

from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db import Database, deeds
from app.db.models import Role
from app.errors import AppError, NotSignedIn
from app.studies import members, moves, service
from app.studies.protocol import Protocol
from app.studies.states import StudyNotFound
from app.web import account_invitations, accounts, login, rights, tokens
from app.web.login import SignedIn
from app.web.rights import Entrant, Right, RightMissing, RoleTooSmall
from app.web.tokens import Scope, TokenRevoked

TITLE = "Which loss?"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.yaml"\r\n\r\ntitle: A late one\n\r\n--x--\r\n'
YAML = {"Content-Type": "application/yaml"}


@pytest.fixture
def study(database: Database) -> int:
    """A study that kim owns and rosa runs; ada operates."""
    for name in ("ada", "rosa", "kim"):
        login.create_account(database, name, None)
    number = service.create(database, TITLE, Protocol(), by=come(database, "kim").actor)
    members.give(database, number, "rosa", Role.EXPERIMENTER)
    return number


def come(database: Database, name: str) -> SignedIn:
    token = login.sign_in_once(database, login.one_time_link(database, name), hours=1)
    return login.signed_in(database, token)


def by_token(database: Database, name: str) -> Entrant:
    secret = tokens.make(database, name, "a script", list(Scope), days=1)
    return tokens.check(database, b"", f"Bearer {secret}")


def let_in(database: Database, who: Entrant, right: Right, study: int | None = None) -> Entrant:
    rights.require(database, who, right, study)
    return who


def rename(database: Database, study: int, who: Any) -> None:
    service.edit(database, study, title="Renamed", by=who.actor)


TAKEN: dict[str, tuple[Callable[[Database, int], object], type[AppError]]] = {
    "the role": (lambda db, study: members.remove(db, study, "rosa"), StudyNotFound),
    "a part of the role": (lambda db, study: members.give(db, study, "rosa", Role.VIEWER), RoleTooSmall),
    "the login": (lambda db, _: accounts.end_logins(db, "rosa"), NotSignedIn),
    "the account": (lambda db, _: accounts.delete(db, "rosa", "rosa"), NotSignedIn),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_was_taken_away_meanwhile_lets_nobody_change_a_study(what: str, database: Database, study: int) -> None:
    rosa = let_in(database, come(database, "rosa"), Right.RUNS, study)
    take, refusal = TAKEN[what]
    take(database, study)
    with pytest.raises(refusal):
        rename(database, study, rosa)
    assert service.get(database, study).title == TITLE
    assert deeds.deeds(database, 9, account="rosa") == []


def test_a_token_revoked_meanwhile_changes_nothing(database: Database, study: int) -> None:
    rosa = let_in(database, by_token(database, "rosa"), Right.RUNS, study)
    tokens.revoke(database, "rosa", tokens.listing(database, "rosa")[0].id)
    with pytest.raises(TokenRevoked):
        rename(database, study, rosa)
    assert service.get(database, study).title == TITLE


def test_a_right_in_the_whole_program_is_asked_for_again_too(database: Database, study: int) -> None:
    accounts.set_rights(database, "rosa", operates=True, creates=True, launches=True)
    operator = let_in(database, come(database, "rosa"), Right.OPERATES)
    owner = let_in(database, come(database, "rosa"), Right.OWNS, study)  # as one who operates
    accounts.set_rights(database, "rosa", operates=False, creates=True, launches=True)
    with pytest.raises(RightMissing):
        account_invitations.make(database, "a friend", launches=True, by=operator.actor)
    with pytest.raises(RoleTooSmall):
        account_invitations.make(database, "a friend", study_id=study, role=Role.OWNER, by=owner.actor)
    assert account_invitations.listing(database) == []


def test_whoever_gives_up_their_own_right_is_not_kept_from_it(database: Database, study: int) -> None:
    kim, ada = let_in(database, come(database, "kim"), Right.OWNS, study), come(database, "ada")
    members.give(database, study, "rosa", Role.OWNER)
    members.give(database, study, "kim", Role.EXPERIMENTER, by=kim.actor)
    with pytest.raises(RoleTooSmall):
        members.remove(database, study, "kim", by=kim.actor)
    rosa = let_in(database, come(database, "rosa"), Right.OWNS, study)
    members.give(database, study, "ada", Role.OWNER)
    members.remove(database, study, "rosa", by=rosa.actor)
    accounts.set_rights(database, "rosa", operates=True, creates=True, launches=True)
    let_in(database, ada, Right.OPERATES)
    accounts.set_rights(database, "ada", operates=False, creates=True, launches=True, by=ada.actor)
    operator = let_in(database, come(database, "rosa"), Right.OPERATES)
    accounts.end_logins(database, "rosa", by=operator.actor)
    script = by_token(database, "kim")
    tokens.revoke(database, "kim", tokens.listing(database, "kim")[0].id, by=script.actor)
    draft = service.create(database, "Another", Protocol(), by=(owner := come(database, "kim")).actor)
    moves.delete(database, draft, by=let_in(database, owner, Right.OWNS, draft).actor)
    accounts.set_rights(database, "kim", operates=True, creates=True, launches=True)
    last = let_in(database, come(database, "kim"), Right.OPERATES)
    accounts.delete(database, "kim", "kim", by=last.actor)
    assert [one.name for one in accounts.people(database)] == ["ada", "rosa"]


def pieces(content: bytes, meanwhile: Callable[[], object]) -> Iterator[bytes]:
    """A body that is under way, and has half arrived, when something happens."""
    yield content[: len(content) // 2]
    meanwhile()
    yield content[len(content) // 2 :]


def test_an_upload_that_outlives_its_login_makes_no_study(desk: TestClient, database: Database) -> None:
    body = pieces(FILE, lambda: accounts.end_logins(database, "marlene"))
    late = desk.post("/admin/studies/from-file", content=body, headers=FORM, follow_redirects=False)
    assert late.status_code == 401
    assert service.listing(database) == []
    link = login.one_time_link(database, "marlene")
    assert desk.post(f"/login/once/{link}").status_code == 200
    assert desk.post("/admin/studies/from-file", content=FILE, headers=FORM).status_code == 200
    assert [one.title for one in service.listing(database)] == ["A late one"]


def test_a_draft_that_outlives_its_token_is_not_made(anonymous: TestClient, database: Database) -> None:
    login.create_account(database, "ada", None)
    key = {"Authorization": f"Bearer {tokens.make(database, 'ada', 'a script', list(Scope), days=1)}"}
    body = pieces(b"title: A late one\n", lambda: tokens.revoke(database, "ada", 1))
    late = anonymous.post("/api/v1/studies/from-file", content=body, headers=YAML | key)
    assert (late.status_code, late.json()["type"]) == (401, "/errors#token-revoked")
    assert service.listing(database) == []


def test_nothing_is_written_in_somebodys_name_once_their_role_is_gone(database: Database, study: int) -> None:
    """Changes and their end at once, on both databases: what is there when the end has been told, is all there is."""
    for turn in range(3):
        rosa = let_in(database, come(database, "rosa"), Right.RUNS, study)
        refused, under_way = list[int](), Event()

        def change(
            who: Any = rosa, refused: list[int] = refused, under_way: Event = under_way, turn: int = turn
        ) -> None:
            for n in range(500):
                try:
                    service.edit(database, study, title=f"Title {turn}.{n}", by=who.actor)
                except StudyNotFound:
                    refused.append(n)
                    return
                if n == 2:
                    under_way.set()

        working = Thread(target=change)
        working.start()
        assert under_way.wait(60)
        members.remove(database, study, "rosa")
        at_the_end = len(deeds.deeds(database, 10_000, account="rosa"))
        working.join()
        assert len(refused) == 1
        assert len(deeds.deeds(database, 10_000, account="rosa")) == at_the_end
        members.give(database, study, "rosa", Role.EXPERIMENTER)
