"""The log of changes has an entry for each that somebody made, by whatever way it came, and never a secret."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database, deeds
from app.db.deeds import Deed
from app.db.models import Session
from app.media import Media
from app.sessions import checks, enrol, links, withdrawal
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from app.web import account_invitations, login, tokens
from app.web.oidc import arrivals
from app.web.tokens import Scope
from tests.web import small_study

pytestmark = pytest.mark.one_database
PASSWORD = "a few words in a row"
WITHDRAWAL = {"reason": "Asked for it by mail."}


@pytest.fixture
def study(database: Database, media: Media, pictures: Path, settings: Settings) -> int:
    """Open, with one session that has just begun."""
    number = small_study.create(database, media, pictures)
    enrol.begin(database, settings.secret(), links.public_token(database, settings.secret(), number))
    return number


@pytest.fixture
def script(web: FastAPI, database: Database, desk: TestClient) -> Iterator[TestClient]:
    token = tokens.make(database, "marlene", "a script", list(Scope), days=1)
    with TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def latest(database: Database, deed: str) -> Deed:
    """The newest entry of this kind."""
    (found,) = deeds.deeds(database, 1, deed=deed)
    return found


def count(database: Database, deed: str) -> int:
    """How many entries of this kind there are."""
    return len(deeds.deeds(database, 1000, deed=deed))


def told(entry: Deed) -> tuple[str, str, int | None]:
    """Who, from where, and in which study."""
    return entry.account, entry.through.value, entry.study_id


def test_tokens_are_in_the_log_when_they_are_made_and_once_when_they_are_revoked(
    desk: TestClient, database: Database
) -> None:
    desk.post("/admin/account/tokens", data={"name": "nightly", "scopes": ["jobs:read"], "life": "30"})
    made = latest(database, "token made")
    assert told(made) == ("marlene", "desk", None)
    assert made.details == {"of": "marlene", "token": "nightly", "scopes": ["jobs:read"], "days": 30}
    for _ in range(2):
        desk.post("/admin/account/tokens/1/revoke")
    assert latest(database, "token revoked").details == {"of": "marlene", "token": "nightly"}
    assert count(database, "token revoked") == 1
    tokens.make(database, "marlene", "weekly", [Scope.JOBS_READ], days=None)
    assert told(latest(database, "token made")) == ("", "cli", None)


def test_passwords_and_ended_logins_are_in_the_log(desk: TestClient, database: Database) -> None:
    desk.post("/admin/account/password", data={"password": PASSWORD, "again": "another one altogether"})
    assert count(database, "password set") == 0
    desk.post("/admin/account/password", data={"password": PASSWORD, "again": PASSWORD})
    assert told(latest(database, "password set")) == ("marlene", "desk", None)
    desk.post("/admin/account/elsewhere")
    assert latest(database, "logins ended").details["of"] == "marlene"


def test_no_secret_ever_stands_in_the_log(desk: TestClient, anonymous: TestClient, database: Database) -> None:
    secrets = [PASSWORD, login.one_time_link(database, "marlene"), account_invitations.make(database, "Kim")]
    secrets.append(tokens.make(database, "marlene", "nightly", list(Scope), days=1))
    desk.post("/admin/account/password", data={"password": PASSWORD, "again": PASSWORD})
    joined = anonymous.post(f"/invitation/{secrets[2]}", data={"name": "kim", "password": PASSWORD, "again": PASSWORD})
    assert joined.status_code == 303
    entries = deeds.deeds(database, 1000)
    assert {"sign-in link made", "colleague invited", "token made", "password set"} <= {one.deed for one in entries}
    written = json.dumps([one.details for one in entries]) + desk.get("/admin/log.csv").text
    digests = [login.token_digest(secret) for secret in secrets]
    assert [one for one in (*secrets, *digests, "argon2") if one in written] == []


def test_signing_in_and_failing_to_is_no_change(anonymous: TestClient, desk: TestClient, database: Database) -> None:
    link = login.one_time_link(database, "marlene")
    before = len(deeds.deeds(database, 1000))
    anonymous.post(f"/login/once/{link}")
    anonymous.post(f"/login/once/{link}")
    anonymous.post("/login", data={"name": "marlene", "password": "wrong"})
    anonymous.post("/logout")
    assert len(deeds.deeds(database, 1000)) == before


def test_whoever_takes_an_invitation_is_in_the_log_with_whoever_made_it(desk: TestClient, database: Database) -> None:
    token = account_invitations.make(database, "Marlene", launches=True)
    desk.post(f"/invitation/{token}/accept")
    entry = latest(database, "invitation accepted")
    assert (entry.account, entry.details) == ("marlene", {"invitation": 1, "invited_by": ""})


@pytest.mark.parametrize("way", ["desk", "api"])
def test_decisions_about_sessions_are_in_the_log_by_desk_and_by_api(
    request: pytest.FixtureRequest, database: Database, study: int, way: str
) -> None:
    client: TestClient = request.getfixturevalue({"desk": "desk", "api": "script"}[way])
    base = f"/{'admin' if way == 'desk' else 'api/v1'}/studies/{study}/sessions/1"
    (session,) = checks.session_summaries(database, study)

    def send(move: str, said: dict[str, str]) -> int:
        sent = {"data": said} if way == "desk" else {"json": said}
        return client.post(f"{base}/{move}", **sent).status_code  # type: ignore[arg-type]

    assert send("withdraw", {"label": "somebody else", **WITHDRAWAL}) == 422
    assert count(database, "session withdrawn") == 0
    withdrawn = ("withdraw", "session withdrawn", {"label": session.label})  # sent twice, it is done once
    for move, deed, more in (
        ("exclude", "session excluded", {}), ("readmit", "session readmitted", {}), withdrawn, withdrawn
    ):  # fmt: skip
        assert send(move, WITHDRAWAL | more) == 200, move
        entry = latest(database, deed)
        assert told(entry) == ("marlene", way, study)
        assert entry.details == {"session": 1}
        assert count(database, deed) == 1


def test_a_subject_who_withdraws_is_in_the_sessions_own_log_and_not_in_this_one(
    desk: TestClient, database: Database, study: int
) -> None:
    with database.read() as db:
        token = db.scalars(select(Session.token)).one()
    withdrawal.withdraw(database, token)
    assert count(database, "session withdrawn") == 0


def test_nothing_in_the_log_names_a_subject_or_somebody_who_was_only_invited(
    desk: TestClient, database: Database, study: int
) -> None:
    """What people are called stands where it can be deleted; the log, which cannot, has numbers."""
    base = f"/admin/studies/{study}"
    desk.post(f"{base}/links", data={"labels": "Zdenka Nováková\nOndřej"})
    desk.post(f"{base}/links/take-back", data={"label": "Zdenka Nováková"})
    desk.post(f"{base}/sessions/1/exclude", data={"reason": "Zdenka fell asleep"})
    desk.post(f"{base}/sessions/1/readmit", data={"reason": "It was not Zdenka"})
    (session,) = checks.session_summaries(database, study)
    desk.post(f"{base}/sessions/1/withdraw", data={"reason": "Zdenka wrote a mail", "label": session.label})
    desk.post(f"{base}/people/invitations", data={"role": "viewer", "whom": "Zdenka Nováková"})
    desk.post("/admin/accounts/invitations", data={"whom": "zdenka@example.org", "rights": "creates"})
    for invitation in (1, 2):
        desk.post(f"/admin/accounts/invitations/{invitation}/revoke")
    login.create_account(database, "ada", None)
    arrivals.bind(database, "ada", "https://lab.example", "zdenka@lab.example")
    entries = deeds.deeds(database, 1000)
    written = json.dumps([one.details for one in entries], ensure_ascii=False) + desk.get("/admin/log.csv").text
    assert "zdenka" not in written.lower()
    assert {
        "subjects invited", "invitation taken back", "session excluded", "session readmitted", "session withdrawn",
        "colleague invited", "invitation revoked", "account bound",
    } <= {one.deed for one in entries}  # fmt: skip
    assert latest(database, "invitation taken back").details == {"subject": 2}
    assert latest(database, "invitation revoked").details == {"invitation": 2}


def test_of_a_completion_code_the_log_says_that_it_was_changed_and_nothing_to_try_codes_against(
    desk: TestClient, database: Database
) -> None:
    draft = service.create(database, "Which loss?", Protocol(completed_code="CPAID17"))
    service.edit(database, draft, protocol=Protocol(completed_code="CPAID18"))
    changed = latest(database, "protocol changed")
    assert changed.details["settings"] == {"completed_code": ["set", "set otherwise"]}
    assert "CPAID" not in desk.get(f"/admin/studies/{draft}/log").text


def test_the_page_says_what_a_setting_was_and_what_it_is(desk: TestClient, database: Database) -> None:
    draft = service.create(database, "Which loss?", Protocol())
    service.edit(database, draft, protocol=Protocol(blank_ms=400, sitting_minutes=30))
    page = desk.get(f"/admin/studies/{draft}/log").text
    assert "settings: " in page
    assert "blank_ms 350 → 400" in page
    assert "sitting_minutes none → 30" in page


def test_pictures_are_in_the_log_by_upload_api_and_folder(
    desk: TestClient, script: TestClient, database: Database, media: Media, pictures: Path, tmp_path: Path
) -> None:
    number = small_study.create(database, media, pictures, opened=False)
    entry = latest(database, "pictures added")
    assert told(entry) == ("", "cli", number)
    assert entry.details["pictures"] > 0
    shutil.move(pictures / small_study.TASK, pictures / "another_task")
    archive = Path(shutil.make_archive(str(tmp_path / "pictures"), "zip", pictures))
    sent = desk.post(
        f"/admin/studies/{number}/upload", files={"archive": ("mine.zip", archive.read_bytes(), "application/zip")}
    )
    assert sent.status_code == 200
    assert told(latest(database, "pictures added")) == ("marlene", "desk", number)
    assert latest(database, "pictures added").details["source"] == "mine.zip"
    shutil.move(pictures / "another_task", pictures / "third_task")
    archive = Path(shutil.make_archive(str(tmp_path / "more"), "zip", pictures))
    script.post(
        f"/api/v1/studies/{number}/stimuli", content=archive.read_bytes(), headers={"Content-Type": "application/zip"}
    )
    assert told(latest(database, "pictures added")) == ("marlene", "api", number)


@pytest.mark.parametrize("way", ["desk", "api"])
def test_values_of_measures_are_in_the_log_once(
    request: pytest.FixtureRequest, database: Database, study: int, tmp_path: Path, way: str
) -> None:
    client: TestClient = request.getfixturevalue({"desk": "desk", "api": "script"}[way])
    file = tmp_path / "values.csv"
    with file.open("w", newline="") as open_file:
        lines = csv.writer(open_file)
        lines.writerow(("task", "scene", "condition", "measure", "value"))
        lines.writerow((small_study.TASK, small_study.SCENES[0], small_study.CONDITIONS[0], "mae", "0.1"))
    for _ in range(2):
        if way == "desk":
            given = {"file": ("values.csv", file.read_bytes(), "text/csv")}
            reply = client.post(f"/admin/studies/{study}/results/agreement", files=given)
        else:
            reply = client.put(
                f"/api/v1/studies/{study}/measures?name=values.csv", content=file.read_bytes(),
                headers={"Content-Type": "text/csv"},
            )  # fmt: skip
        assert reply.status_code == 200, reply.text[:500]
    assert told(latest(database, "measures brought in")) == ("marlene", way, study)
    assert latest(database, "measures brought in").details == {"file": "values.csv", "added": 1, "replaced": 0}
    assert count(database, "measures brought in") == 1
