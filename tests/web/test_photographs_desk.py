"""Sets of photographs on the desk and over the API: the same deeds, the same words."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.models import AuditEntry, Through
from app.jobs import photograph_sets
from app.media import Media
from app.settings import Settings
from app.web.uploads import waiting_room
from tests.studies.test_photo_archive import packed, png
from tests.web import trained

pytestmark = pytest.mark.one_database
FILES = [("photographs", (f"fell {n}.png", png(n), "image/png")) for n in range(5)]
SAID = {"set_name": "moors", "licence": "CC0", "source": "ada", "split": "share", "share": "40"}


def problem(page: str) -> str:
    found = re.search(r'<p class="message">(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""


def numbers(database: Database) -> list[tuple[str, int, int, str]]:
    return [(one.name, one.train, one.test, one.licence) for one in photograph_sets.listing(database)]


def test_an_empty_list_says_what_to_do_first(desk: TestClient) -> None:
    page = desk.get("/admin/photographs").text
    assert "No photographs yet" in page
    assert "beholder photographs add" in page


def test_several_files_become_a_set_with_its_share_to_judge_on(desk: TestClient, database: Database) -> None:
    reply = desk.post("/admin/photographs", data=SAID, files=FILES)
    assert (reply.status_code, numbers(database)) == (200, [("moors", 3, 2, "CC0")])
    assert "fell 3" in reply.text
    assert "To judge on" in reply.text
    page = desk.get("/admin/photographs").text
    assert "moors" in page
    assert "ready" in page


def test_a_zip_becomes_a_set_split_by_names(desk: TestClient, database: Database, tmp_path: Path) -> None:
    data = packed(tmp_path / "a.zip", {f"fell {n}.png": png(n) for n in range(4)}).read_bytes()
    said = SAID | {"split": "names", "test": "fell 0, fell 2"}
    desk.post("/admin/photographs", data=said, files={"photographs": ("a.zip", data, "application/zip")})
    assert numbers(database) == [("moors", 2, 2, "CC0")]
    more = {"photographs": ("fell 9.png", png(9), "image/png")}
    desk.post("/admin/photographs", data={"set_name": "moors", "split": "names", "test": ""}, files=more)
    assert numbers(database) == [("moors", 3, 2, "CC0")]


@pytest.mark.parametrize(
    ("changed", "files", "told"),
    [
        ({}, [("photographs", ("a.png", b"<svg/>", "image/png"))], "is not a picture that can be read"),
        ({}, [("photographs", ("a.svg", b"<svg/>", "image/svg+xml"))], "is no photograph"),
        ({}, [("photographs", ("", b"", "application/octet-stream"))], "No file came with the form"),
        ({"set_name": "a/b"}, FILES, "is not a name for a set"),
        ({"share": "many"}, FILES, "this is no number"),
        ({"share": "0"}, FILES, "is no share"),
        ({"licence": "x" * 300}, FILES, "the licence has 300 characters"),
        ({"split": "names", "test": "kodim*"}, FILES, "there is no such photograph"),
        ({}, [("photographs", ("a.zip", b"PK", "application/zip"))], "is no zip archive"),
    ],
)
def test_what_is_refused_leaves_nothing_and_the_form_as_it_was(
    changed: dict[str, str], files: list[object], told: str, desk: TestClient, database: Database, settings: Settings
) -> None:
    reply = desk.post("/admin/photographs", data=SAID | changed, files=files)  # type: ignore[arg-type]
    assert reply.status_code == 422
    assert told in problem(reply.text)
    assert f'value="{(SAID | changed)["set_name"]}"' in reply.text
    assert numbers(database) == []
    assert list(waiting_room(settings).iterdir()) == []


def test_more_files_than_are_taken_one_by_one_are_refused(desk: TestClient, database: Database) -> None:
    files = [("photographs", (f"{n}.png", b"x", "image/png")) for n in range(201)]
    reply = desk.post("/admin/photographs", data=SAID, files=files)
    assert "more than 200 files" in problem(reply.text)
    assert numbers(database) == []


def test_licence_removal_and_return_are_written_into_the_log(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.launched(database, media)
    assert "no licence" in desk.get("/admin/photographs").text
    desk.post("/admin/photographs/holiday/describe", data={"licence": "CC BY 4.0", "source": "ada"})
    assert "learns from" in desk.get("/admin/photographs/holiday").text
    page = desk.post("/admin/photographs/holiday/remove").text
    assert "Bring back" in page
    gone = desk.get("/admin/photographs/holiday").text
    assert "those still queued will run" in gone
    assert "Add photographs to this set" not in gone
    assert "holiday (removed)" in desk.get("/admin/trainings").text
    desk.post("/admin/photographs/holiday/restore")
    with database.read() as db:
        rows = db.scalars(select(AuditEntry).where(AuditEntry.through == Through.DESK).order_by(AuditEntry.id)).all()
    deeds = ["photographs described", "photographs removed", "photographs brought back"]
    assert [row.deed for row in rows] == deeds
    assert rows[0].details["licence"] == {"old": "", "new": "CC BY 4.0"}


def test_a_request_that_names_neither_licence_nor_source_changes_neither(
    desk: TestClient, database: Database, media: Media
) -> None:
    trained.photographs(database, media)
    desk.post("/admin/photographs/holiday/describe", data={"licence": "CC0", "source": "ada"})
    assert desk.post("/admin/photographs/holiday/describe", json={"licence": None}).status_code == 422
    assert desk.post("/admin/photographs/holiday/describe", data={"licence": "CC BY 4.0"}).status_code == 422
    assert photograph_sets.get(database, "holiday").licence == "CC0"
    desk.post("/admin/photographs/holiday/describe", data={"licence": "", "source": ""})
    assert photograph_sets.get(database, "holiday").licence == ""


def test_a_large_set_shows_some_and_says_how_many_there_are(desk: TestClient, database: Database, media: Media) -> None:
    trained.photographs(database, media, 75)
    page = desk.get("/admin/photographs/holiday").text
    assert page.count('loading="lazy"') == 48 + 22
    assert "Show all 53 photographs" in page
    assert desk.get("/admin/photographs/holiday?all=1").text.count('loading="lazy"') == 75


def test_a_set_that_is_not_there_is_not_found(desk: TestClient) -> None:
    assert desk.get("/admin/photographs/nothing").status_code == 404
    assert desk.post("/admin/photographs/nothing/remove").status_code == 404
