"""A study goes out by its page or the API and comes in by them; who may do which."""

import html
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from app.db import Database
from app.db.models import Account, AuditEntry, Membership, Role, StudyState
from app.media import Media
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from app.web import analysis_turns, login, tokens
from app.web.sign_in import COOKIE
from app.web.tokens import Scope
from app.web.uploads import UPLOAD_LIMIT, waiting_room
from tests.archives import lived
from tests.studies import archives
from tests.web import small_study

DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@pytest.fixture
def study(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


@pytest.fixture
def api(web: FastAPI, desk: TestClient, database: Database) -> TestClient:
    token = tokens.make(database, "marlene", "everything", list(Scope), days=None)
    return TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"})


def bring(desk: TestClient, data: bytes, **ticks: str):  # type: ignore[no-untyped-def]
    return desk.post("/admin/studies/import", files={"archive": ("a.zip", data, "application/zip")}, data=ticks)


def test_a_study_goes_out_by_its_page_and_comes_in_by_the_list(
    desk: TestClient, database: Database, settings: Settings, study: int
) -> None:
    home = f"/admin/studies/{study}/export"
    assert f'href="{home}"' in desk.get(f"/admin/studies/{study}/monitor").text
    assert 'href="/admin/studies/import"' in desk.get("/admin/studies").text
    sent = desk.post(home)
    assert sent.headers["content-type"] == "application/zip"
    digest = sent.headers["Beholder-Archive"]
    assert f'filename="study-{study}-{digest[:8]}.beholder.zip"' in sent.headers["content-disposition"]
    page = bring(desk, sent.content)
    assert page.url.path == f"/admin/studies/{study + 1}/export"
    assert digest in page.text
    assert f"study {study} where it was exported" in page.text
    assert service.get(database, study + 1).state is StudyState.CLOSED
    assert digest in desk.get(home).text  # among those that were made, with who made it
    assert "marlene" in desk.get(home).text
    assert list(waiting_room(settings).iterdir()) == []


def test_each_kind_of_archive_has_its_button(desk: TestClient, study: int) -> None:
    home = f"/admin/studies/{study}/export"
    for path, name in ((home, "study"), (f"{home}/personal", "study"), (f"{home}/design", "design")):
        assert f'action="{path}"' in desk.get(home).text
        assert f'filename="{name}-{study}-' in desk.post(path).headers["content-disposition"]
    assert len(set(DIGEST.findall(desk.get(home).text))) == 3


def test_of_a_draft_only_the_design_is_offered(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    draft = small_study.create(database, media, pictures, opened=False)
    page = desk.get(f"/admin/studies/{draft}/export").text
    assert f'action="/admin/studies/{draft}/export/design"' in page
    assert f'action="/admin/studies/{draft}/export"' not in page


def test_the_same_archive_a_second_time_is_told_and_comes_in_by_a_tick(
    desk: TestClient, database: Database, study: int
) -> None:
    archive = desk.post(f"/admin/studies/{study}/export").content
    bring(desk, archive)
    told = bring(desk, archive)
    assert told.status_code == 409
    assert f'href="/admin/studies/{study + 1}/export"' in told.text
    assert len(service.listing(database)) == 2
    assert bring(desk, archive, again="yes").url.path == f"/admin/studies/{study + 2}/export"


def test_what_is_wrong_with_an_archive_is_listed_and_nothing_of_it_is_markup(
    desk: TestClient, database: Database, study: int
) -> None:
    from tests.archives import forged

    archive = Path(str(database.url.database)).parent if database.is_sqlite else None
    whole = desk.post(f"/admin/studies/{study}/export").content
    place = (archive or Path("/tmp")) / f"whole-{study}.zip"
    place.write_bytes(whole)
    evil = forged.packed({**forged.members(place), "<script>alert(1)</script>": b"x"})
    place.unlink()
    refused = bring(desk, evil)
    assert refused.status_code == 422
    assert "&lt;script&gt;" in refused.text
    assert "<script>alert" not in refused.text
    for data in (b"", b"no zip", whole[:500]):
        page = bring(desk, data)
        assert page.status_code == 422
        assert "Nothing was imported." in page.text
    assert len(service.listing(database)) == 1


def test_a_hostile_title_and_label_are_text_on_every_page_and_in_every_table(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    title = '=cmd|"<img src=x onerror=alert(1)>"'
    study = service.create(database, title, lived.PROTOCOL)
    lived.fill(database, media, pictures, study)
    archive = desk.post(f"/admin/studies/{study}/export").content
    number = int(bring(desk, archive).url.path.split("/")[3])
    for tab in ("export", "monitor", "results", "stimuli"):
        page = desk.get(f"/admin/studies/{number}/{tab}").text
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
    for table in ("votes", "sessions"):
        cells = desk.get(f"/admin/studies/{number}/results/{table}.csv").text.replace("\n", ",").split(",")
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", '"='))]


def test_over_the_api_too(api: TestClient, database: Database, study: int) -> None:
    sent = api.get(f"/api/v1/studies/{study}/archive")
    assert sent.status_code == 200, sent.text
    zip_type = {"Content-Type": "application/zip"}
    taken = api.post("/api/v1/studies/import", content=sent.content, headers=zip_type)
    assert taken.status_code == 201, taken.text
    assert taken.headers["Location"] == f"/api/v1/studies/{study + 1}"
    assert taken.json() == {
        "study_id": study + 1, "archive": sent.headers["Beholder-Archive"], "title": "A small study", "original": study,
        "is_design": False, "pictures": 10, "sessions": 0, "votes": 0,
    }  # fmt: skip
    again = api.post("/api/v1/studies/import", content=sent.content, headers=zip_type)
    assert (again.status_code, again.json()["studies"]) == (409, [study + 1])
    assert api.post("/api/v1/studies/import?again=true", content=sent.content, headers=zip_type).status_code == 201
    design = api.get(f"/api/v1/studies/{study}/archive?sessions=false")
    assert api.post("/api/v1/studies/import", content=design.content, headers=zip_type).json()["is_design"] is True
    assert api.get(f"/api/v1/studies/{study}/archive/personal").status_code == 200
    broken = api.post("/api/v1/studies/import", content=sent.content[:-100], headers=zip_type)
    assert (broken.status_code, broken.json()["type"].endswith("#not-a-study-archive")) == (422, True)
    assert api.post("/api/v1/studies/import", content=sent.content).status_code == 415


@pytest.mark.one_database
def test_the_limit_is_told_before_anything_is_read(desk: TestClient) -> None:
    for path in ("/admin/studies/import", "/api/v1/studies/import"):
        length = {"Content-Length": str(UPLOAD_LIMIT + 1)}
        assert desk.post(path, content=b"", headers=length).status_code == 413


@pytest.mark.parametrize(
    ("role", "whole", "personal"), [(Role.OWNER, 200, 200), (Role.EXPERIMENTER, 200, 403), (Role.ANALYST, 403, 403)]
)
def test_what_is_personal_is_for_owners_and_the_rest_for_whoever_runs_the_study(
    desk: TestClient, web: FastAPI, settings: Settings, database: Database, study: int, role: Role, whole: int,
    personal: int,
) -> None:  # fmt: skip
    login.create_account(database, "rosa", None)
    token = login.sign_in_once(database, login.one_time_link(database, "rosa"), hours=1)
    with database.write() as db:
        rosa = db.query(Account).filter_by(name="rosa").one()
        db.execute(update(Account).where(Account.id == rosa.id).values(creates=False, operates=False))
        db.add(Membership(study_id=study, account_id=rosa.id, role=role, added_at=rosa.created_at))
    with TestClient(web, base_url="http://localhost") as client:
        client.cookies.set(COOKIE, login.seal(settings.secret(), token))
        home = f"/admin/studies/{study}/export"
        assert (client.post(home).status_code, client.post(f"{home}/personal").status_code) == (whole, personal)
        page = client.get(home)
        assert page.status_code == whole
        assert (f'action="{home}/personal"' in page.text) is (personal == 200)
        assert client.get("/admin/studies/import").status_code == 403
        assert bring(client, b"").status_code == 403
    with database.read() as db:
        made = db.query(AuditEntry).filter_by(deed="study exported", account="rosa").count()
    assert made == [whole, personal].count(200)


def test_whoever_imports_a_study_owns_it(desk: TestClient, database: Database, study: int) -> None:
    number = int(bring(desk, desk.post(f"/admin/studies/{study}/export").content).url.path.split("/")[3])
    with database.read() as db:
        (membership,) = db.query(Membership).filter_by(study_id=number)
    assert membership.role is Role.OWNER


def test_whoever_may_not_see_a_study_is_not_told_that_the_same_archive_became_it(
    desk: TestClient, api: TestClient, database: Database, study: int
) -> None:
    archive = desk.post(f"/admin/studies/{study}/export").content
    bring(desk, archive)
    login.create_account(database, "rosa", None, creates=True)
    headers = {"Authorization": f"Bearer {tokens.make(database, 'rosa', 'a script', list(Scope), days=1)}"}
    headers["Content-Type"] = "application/zip"
    taken = api.post("/api/v1/studies/import", content=archive, headers=headers)
    assert (taken.status_code, taken.json()["study_id"]) == (201, study + 2)
    again = api.post("/api/v1/studies/import", content=archive, headers=headers)
    assert (again.status_code, again.json()["studies"]) == (409, [study + 2])


@pytest.mark.one_database
def test_what_is_personal_asks_for_both_scopes_because_it_holds_every_vote(
    web: FastAPI, desk: TestClient, database: Database, study: int
) -> None:
    for scopes, status in (
        ([Scope.SUBJECTS_READ], 403), ([Scope.RESULTS_READ], 403), ([Scope.SUBJECTS_READ, Scope.RESULTS_READ], 200),
    ):  # fmt: skip
        token = tokens.make(database, "marlene", " ".join(scopes), scopes, days=1)
        with TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"}) as script:
            assert script.get(f"/api/v1/studies/{study}/archive/personal").status_code == status


@pytest.mark.one_database
def test_whoever_may_not_export_takes_nobodys_turn(web: FastAPI, study: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_turns.PACKAGES, "take", lambda: pytest.fail("a place is held for a stranger"))
    with TestClient(web, base_url="http://localhost", follow_redirects=False) as stranger:
        for kind in ("", "/personal", "/design"):
            assert stranger.post(f"/admin/studies/{study}/export{kind}").status_code == 401


def test_a_zip_of_pictures_and_the_archive_of_a_study_are_told_where_they_belong(
    desk: TestClient, api: TestClient, database: Database, pictures: Path, study: int
) -> None:
    packed = archives.packed(pictures)
    told = html.unescape(bring(desk, packed).text)
    assert "it holds pictures alone" in told
    assert "upload the zip there under Pictures" in told
    assert "on the page Photographs" in told
    sent = {"Content-Type": "application/zip"}
    refused = api.post("/api/v1/studies/import", content=packed, headers=sent).json()
    assert (refused["status"], refused["type"]) == (422, "/errors#not-a-study-archive")
    whole, draft = desk.post(f"/admin/studies/{study}/export").content, service.create(database, "Next", Protocol())
    for address in (f"/admin/studies/{draft}/upload", "/admin/photographs"):
        reply = desk.post(address, files={"archive": ("a.zip", whole, "application/zip")}, data={"name": "moors"})
        assert reply.status_code == 422
        assert "a.zip is the archive of a whole study" in reply.text
        assert "on the page Studies, or by <code>beholder study import</code>" in reply.text
    refused = api.post(f"/api/v1/studies/{draft}/stimuli", content=whole, headers=sent).json()
    assert (refused["status"], refused["type"]) == (422, "/errors#whole-study-sent")
