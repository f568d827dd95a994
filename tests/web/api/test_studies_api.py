"""A study over the API, from a zip of pictures to CSV; and what is refused on the way."""

import io
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import AuditEntry, Through
from app.media import Media
from app.sessions import checks, enrol, links
from app.settings import Settings
from app.studies import protocol, service
from tests.web import small_study
from tests.web.api.conftest import Script

JSON, ZIP = {"Content-Type": "application/json"}, {"Content-Type": "application/zip"}


def packed(folder: Path) -> bytes:
    """The folder as a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(folder))
    return file.getvalue()


@pytest.fixture
def opened(database: Database, media: Media, pictures: Path) -> int:
    return small_study.create(database, media, pictures)


def seats(settings: Settings, database: Database, study: int, count: int) -> None:
    for _ in range(count):
        enrol.begin(database, settings.secret(), links.public_token(database, settings.secret(), study))


def test_a_study_goes_from_pictures_to_closed(api: TestClient, pictures: Path) -> None:
    made = api.post("/api/v1/studies", json={"title": "Restored", "protocol": small_study.PROTOCOL})
    study = made.headers["location"]
    assert (made.status_code, study) == (201, f"/api/v1/studies/{made.json()['id']}")
    assert api.post(f"{study}/open").json()["findings"][0]["fix"]
    refused = api.post(f"{study}/stimuli", content=packed(pictures / small_study.TASK), headers=ZIP).json()
    assert refused["problems"]
    entered = api.post(f"{study}/stimuli", content=packed(pictures), headers=ZIP).json()
    assert (entered["pictures"], entered["added"], entered["scenes"]) == (10, 10, 2)
    assert {one["severity"] for one in api.get(f"{study}/findings").json()["items"]} == {"warning"}
    seen = api.get(f"{study}/outlook").json()
    assert (seen["trials"], seen["pilot_sessions"], seen["random_kept"]) == (8, 0, 0.75)
    assert [task["task"] for task in seen["tasks"]] == [small_study.TASK]
    (stock,) = api.get(f"{study}/stimuli").json()["items"]
    assert stock["conditions"] == sorted(small_study.CONDITIONS)
    digest = stock["pictures"][0]["digest"]
    assert api.get(f"/api/v1/pictures/{digest}.png").content.startswith(b"\x89PNG")
    for move, state in (
        ("pilot", "pilot"), ("draft", "draft"), ("pilot", "pilot"), ("open", "open"), ("pause", "paused"),
        ("resume", "open"), ("close", "closed"), ("archive", "archived"), ("unarchive", "closed"),
    ):  # fmt: skip
        made, again = (api.post(f"{study}/{move}") for _ in range(2))  # as if the first reply had been lost
        assert (made.status_code, made.json()["state"]) == (200, state)
        assert (again.status_code, again.json()) == (200, made.json())
    refused = api.post(f"{study}/pause").json()
    assert (refused["status"], refused["state"], refused["fix"][:6]) == (409, "closed", "Duplic")
    assert api.get(f"{study}/results/votes.csv").text.startswith("task,scene,")
    assert api.delete(study).json()["type"] == "/errors#study-not-draft"


def test_a_draft_is_renamed_and_deleted(api: TestClient, database: Database) -> None:
    api.post("/api/v1/studies", json={"title": "First"})
    assert api.patch("/api/v1/studies/1", json={"title": " Second  title "}).json()["title"] == "Second title"
    gone = api.delete("/api/v1/studies/1")
    assert (gone.status_code, gone.content, gone.headers.get("content-type")) == (204, b"", None)
    assert service.listing(database) == []


def test_a_protocol_is_replaced_whole(api: TestClient) -> None:
    api.post("/api/v1/studies", json={"title": "First", "protocol": {"catch_trials": 10}})
    address = "/api/v1/studies/1/protocol"
    assert api.put(address, json={"blank_ms": 500}).json()["catch_trials"] == 5
    assert api.get(address).json()["blank_ms"] == 500
    for wrong, where in (
        ({"blanc_ms": 1}, "body.blanc_ms"),
        ({"blank_ms": "5"}, "body.blank_ms"),
        ({"block_size": 0}, "body.block_size"),
    ):
        reply = api.put(address, json=wrong)
        assert (reply.status_code, reply.json()["errors"][0]["where"]) == (422, where)
    assert api.get(address).json()["blank_ms"] == 500


def test_a_protocol_that_was_read_can_be_sent_back(api: TestClient) -> None:
    api.post("/api/v1/studies", json={"title": "First"})
    address = "/api/v1/studies/1/protocol"
    default = api.get(address).json()
    assert any(asked["options"] for asked in default["questionnaire"])
    reply = api.put(address, json=default)
    assert (reply.status_code, reply.json()) == (200, default)


@pytest.mark.parametrize("as_lines", [True, False])
def test_questions_and_catch_pairs_are_written_as_lines_or_as_objects(api: TestClient, as_lines: bool) -> None:
    api.post("/api/v1/studies", json={"title": "First"})
    address = "/api/v1/studies/1/protocol"
    lines = ["hand | Which hand? | left / right", "age | Age? | number 16-120 | optional", "job | Job? | text"]
    questions = [
        {"name": "hand", "label": "Which hand?", "kind": "choice", "options": ["left", "right"]},
        {"name": "age", "label": "Age?", "kind": "number", "least": 16, "most": 120, "required": False},
        {"name": "job", "label": "Job?", "kind": "text"},
    ]
    pair = {"task": "denoise", "scene": "parrots", "better": "mae", "worse": "degraded"}
    sent = {
        "questionnaire": lines if as_lines else questions,
        "catch_pairs": ["denoise / parrots / mae > degraded"] if as_lines else [pair],
    }
    reply = api.put(address, json=sent)
    assert reply.status_code == 200, reply.text
    kept = reply.json()
    assert [questions[n].items() <= kept["questionnaire"][n].items() for n in range(3)] == [True] * 3
    assert kept["catch_pairs"] == [pair]
    assert api.put(address, json=kept).json() == kept


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (b'{"title": "a", "title": "b"}', 400, "twice"),
        (b'{"title": NaN}', 400, "no number"),
        (b'{"title": 1e999}', 400, "too large"),
        (b"9" * 5000, 400, "too long"),
        (b"[" * 100_000, 400, "deeper"),
        (b'{"title": "\\ud800"}', 400, "half of a character"),
        (b'{"title": "\\u0000"}', 400, "null"),
        (b'{"title": "\xff"}', 400, "not UTF-8"),
        (b'{"title"', 400, "at character"),
        (b"", 422, "object"),
        (b"[]", 422, "object"),
        (b'{"title": 5}', 422, "string"),
        (b'{"title": "a", "seed": 1}', 422, "seed"),
        (b'{"title": "a", "renderings": [99999999999999999999]}', 422, "renderings"),
        (b'{"title": "a", "renderings": [true]}', 422, "renderings"),
    ],
)
def test_json_is_read_strictly(api: TestClient, database: Database, sent: bytes, status: int, said: str) -> None:
    reply = api.post("/api/v1/studies", content=sent, headers=JSON)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert said in reply.text
    assert service.listing(database) == []


def test_another_kind_of_body_is_refused_with_the_kind_that_fits(
    api: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    draft = small_study.create(database, media, pictures, opened=False)
    for address, wanted in (("", "application/json"), (f"/{draft}/stimuli", "application/zip")):
        reply = api.post(f"/api/v1/studies{address}", data={"title": "a form"})
        assert (reply.status_code, reply.json()["type"]) == (415, "/errors#wrong-content-type")
        assert wanted in reply.json()["fix"]


def test_a_body_is_refused_where_none_is_taken(api: TestClient, opened: int) -> None:
    reply = api.post(f"/api/v1/studies/{opened}/pause", json={"for": "a week"})
    assert (reply.status_code, reply.json()["errors"][0]["where"]) == (422, "body")
    assert api.get(f"/api/v1/studies/{opened}").json()["state"] == "open"
    assert api.request("GET", "/api/v1/studies", content=b"{}").status_code == 422


def test_a_parameter_that_is_misspelt_or_given_twice_is_refused(api: TestClient, opened: int) -> None:
    address = f"/api/v1/studies/{opened}/results"
    assert api.get(f"{address}?alpha=0.01&excluded=true").json()["alpha"] == 0.01
    told = api.get(f"{address}?alpha=0.01&excluded=true").json()
    assert (told["excluded"], told["people"], told["level"]) == (True, False, 0.99)
    assert api.get(f"{address}?incomplete=align").json()["incomplete"] == "align"
    one, other = small_study.SCENES
    assert api.get(f"{address}?scene={one}&scene={other}").json()["scenes"] == [one, other]
    refused = api.get(f"{address}?scene=moon")
    assert (refused.status_code, refused.json()["type"]) == (422, "/errors#no-such-scene")
    for rest in ("", "/votes.csv"):
        refused = api.get(f"{address}{rest}?people=true")
        assert (refused.status_code, refused.json()["type"]) == (422, "/errors#bad-options")
    for query in ("exluded=true", "alpha=0.01&alpha=0.05", "alpha=1e999", "correction=maybe"):
        assert api.get(f"{address}?{query}").status_code == 422, query


def test_methods_that_an_address_does_not_take_are_named(api: TestClient) -> None:
    refused = api.delete("/api/v1/studies")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    assert refused.json()["type"] == "/errors#wrong-method"
    assert refused.json()["fix"] == "It takes GET, POST, HEAD, OPTIONS."
    assert api.options("/api/v1/studies").status_code == 204
    assert api.head("/api/v1/studies").content == b""
    for nowhere in ("/api/v1/nowhere", "/api/v1/studies/first"):
        told = api.get(nowhere).json()
        assert (told["type"], "/api/v1/docs" in told["fix"]) == ("/errors#no-such-page", True)


def test_a_script_that_names_what_is_not_there_is_sent_to_a_list_of_the_api(api: TestClient, opened: int) -> None:
    study, reason = f"/api/v1/studies/{opened}", {"reason": "not there"}
    for reply, kind, named in (
        (api.get(f"{study}/sessions/77"), "no-such-session", "/sessions)"),
        (api.post(f"{study}/sessions/77/exclude", json=reason), "no-such-session", "/sessions)"),
        (api.get("/api/v1/studies/77"), "study-not-found", "GET /api/v1/studies)"),
        (api.get("/api/v1/jobs/77"), "job-not-found", "GET /api/v1/jobs)"),
        (api.get(f"/api/v1/pictures/{'0' * 64}.png"), "picture-not-found", "/stimuli)"),
        (api.get(f"{study}/results/none/forest.svg"), "no-such-figure", "/results)"),
    ):
        told = reply.json()
        assert (reply.status_code, told["type"], named in told["fix"]) == (404, f"/errors#{kind}", True), told


def test_a_rule_about_settings_is_told_whole_and_at_the_setting(api: TestClient) -> None:
    wrong = {"catch_trials": 2, "catch_failures_allowed": 2}
    reply = api.post("/api/v1/studies", json={"title": "A study", "protocol": wrong}).json()
    (fault,) = reply["errors"]
    assert fault["where"] == "body.protocol.catch_failures_allowed"
    assert fault["what"].startswith("2 of 2 catch trials")
    assert fault["what"].endswith("or set `catch_trials` to 0")
    assert fault["what"] in reply["detail"]
    unknown = api.get("/api/v1/jobs?lmit=1&" + "x" * 500 + "=1").json()
    assert unknown["errors"][0]["what"].endswith("it takes after, limit, state")


def test_sessions_are_read_page_by_page(api: TestClient, settings: Settings, database: Database, opened: int) -> None:
    seats(settings, database, opened, 5)
    address, seen, after = f"/api/v1/studies/{opened}/sessions?limit=2", list[int](), ""
    while True:
        page = api.get(address + after).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [5, 4, 3, 2, 1]
    assert api.get(f"/api/v1/studies/{opened}/sessions/3").json()["label"] == "3"


def test_a_session_is_excluded_and_readmitted_in_the_accounts_name(
    api: TestClient, settings: Settings, database: Database, opened: int
) -> None:
    seats(settings, database, opened, 1)
    session = f"/api/v1/studies/{opened}/sessions/1"
    out = api.post(f"{session}/exclude", json={"reason": "fell asleep"}).json()
    assert (out["state"], out["decisions"][0]["by"]) == ("excluded", "ada")
    assert api.post(f"{session}/exclude", json={"reason": "fell  asleep"}).json() == out
    refused = api.post(f"{session}/exclude", json={"reason": "again"}).json()
    assert (refused["type"], refused["state"]) == ("/errors#already-excluded", "excluded")
    back, again = (api.post(f"{session}/readmit", json={"reason": "a mistake"}).json() for _ in range(2))
    assert (back["state"], len(back["decisions"])) == ("under way", 2)
    assert again == back
    assert api.post(f"{session}/readmit", json={"reason": "another"}).json()["state"] == "not excluded"
    assert api.post(f"{session}/exclude", json={"reason": ""}).status_code == 422
    other = service.create(database, "Another", protocol.Protocol())
    assert api.post(f"/api/v1/studies/{other}/sessions/1/exclude", json={"reason": "not its own"}).status_code == 404
    assert checks.session_summaries(database, opened)[0].excluded is None
    gone = api.post(f"{session}/withdraw", json={"reason": "asked for by mail", "label": "1"}).json()
    assert gone["state"] == "withdrawn"
    with database.read() as db:
        log = db.scalars(select(AuditEntry).where(AuditEntry.deed.startswith("session")).order_by(AuditEntry.id)).all()
    assert [one.deed for one in log] == ["session excluded", "session readmitted", "session withdrawn"]
    assert {(one.account, one.through) for one in log} == {("ada", Through.API)}


def test_inviting_the_same_label_again_gives_the_same_link(api: TestClient, opened: int, script: Script) -> None:
    address = f"/api/v1/studies/{opened}/invitations"
    first = api.post(address, json={"labels": ["ada", "grace"]}).json()["items"]
    again = api.post(address, json={"labels": ["grace"]}).json()["items"]
    assert again == first[1:]
    assert api.get(address).json()["items"] == first
    assert "/p/" in first[0]["link"]


def test_a_study_is_duplicated_compared_and_tried_by_a_script(api: TestClient, database: Database, opened: int) -> None:
    made = api.post(f"/api/v1/studies/{opened}/duplicate")
    copy = made.headers["location"]
    assert (made.status_code, made.json()["state"], made.json()["duplicate_of"]) == (201, "draft", opened)
    api.patch(copy, json={"title": "A small study"})
    api.put(f"{copy}/protocol", json=small_study.PROTOCOL | {"catch_trials": 3, "plan_alpha": 0.01})
    told = api.get(f"{copy}/differences?to={opened}").json()
    assert [(one["name"], one["before"], one["after"]) for one in told["settings"]] == [("catch_trials", "2", "3")]
    assert [one["name"] for one in told["plan"]] == ["plan_alpha"]
    assert told["pictures"] == []
    link = api.post(f"{copy}/try").json()["link"]
    assert "/join/" in link
    assert len(service.listing(database)) == 2
