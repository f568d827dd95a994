"""Completion codes are worth money: whoever does not run a study finds them on no page, in no file and in no reply."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from app.db import Database
from app.db.models import Role
from app.media import Media
from app.settings import Settings
from app.strict_yaml import Source
from app.studies import copies, members, service, study_file
from app.studies.protocol import read
from app.studies.withheld import ENDS
from app.web import login, tokens
from app.web.sign_in import COOKIE
from app.web.tokens import Scope
from tests.web import small_study
from tests.web.test_roles import GAPS, address

pytestmark = pytest.mark.one_database
CODES = {
    "completed_code": "CPAID17", "failed_code": "CFAILED17", "screened_out_code": "COUT17",
    "completed_url": "https://pay.example/done?cc=CPAID17", "failed_url": "https://pay.example/failed?cc=CFAILED17",
    "screened_out_url": "https://pay.example/out?cc=COUT17",
}  # fmt: skip
TOLD = (*CODES.values(), "pay.example")


@pytest.fixture
def study(desk: TestClient, database: Database, media: Media, pictures: Path) -> int:
    """An open study with codes, and a copy of it with others, paid elsewhere; marlene operates."""
    number = small_study.create(database, media, pictures, **CODES)
    copy = copies.duplicate(database, number)
    others = {name: told.replace("17", "18").replace("pay.", "copy.") for name, told in CODES.items()}
    service.edit(database, copy, protocol=read(service.get(database, copy).protocol.model_dump() | others))
    return number


@pytest.fixture(params=[Role.VIEWER, Role.ANALYST])
def rosa(
    web: FastAPI, settings: Settings, database: Database, study: int, request: pytest.FixtureRequest
) -> Iterator[TestClient]:
    """A browser and a script in one, of somebody who does not run the study and runs its copy."""
    login.create_account(database, "rosa", None)
    members.give(database, study, "rosa", request.param)
    members.give(database, study + 1, "rosa", Role.EXPERIMENTER)
    made = login.sign_in_once(database, login.one_time_link(database, "rosa"), hours=1)
    key = tokens.make(database, "rosa", "a script", list(Scope), days=1)
    with TestClient(web, base_url="http://localhost", headers={"Authorization": f"Bearer {key}"}) as client:
        client.cookies.set(COOKIE, login.seal(settings.secret(), made))
        yield client


def unpacked(content: bytes) -> bytes:
    """What is there to read, also in a zip."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_no_address_of_a_study_tells_a_code_to_who_does_not_run_it(
    rosa: TestClient, desk: TestClient, web: FastAPI, study: int
) -> None:
    """Every address that is read, and the posts by which a study is taken away, looked at or copied."""
    seen, takes = 0, ("/export", "/export/design", "/monitor", "/duplicate", "/try")
    for route in iter_route_contexts(web.routes):
        for method in route.methods or ():
            path = route.path.replace(":path}", "}")
            if "{study_id}" not in path or not (method == "GET" or path.endswith(takes)):
                continue
            for page in ("end", "failed", "screened-out", "withdraw") if "{page}" in path else ("",):
                query = {"to": study + 1} if path.endswith("differences") else {}
                where = address(path.replace("{page}", page), study)
                reply = rosa.request(method, where, params=query)
                seen += reply.status_code == 200
                assert not [told for told in TOLD if told.encode() in unpacked(reply.content)], f"{method} {where}"
    assert seen > 20, GAPS
    assert "CPAID17" in desk.get(f"/admin/studies/{study}/protocol").text  # and who runs it reads them


def test_others_learn_that_there_is_a_code(rosa: TestClient, study: int) -> None:
    told = rosa.get(f"/api/v1/studies/{study}/protocol").json()
    assert {name: told[name] for name in ENDS} == dict.fromkeys(ENDS, "set")
    own = rosa.get(f"/api/v1/studies/{study + 1}/protocol").json()
    assert own["completed_code"] == "CPAID18"
    page = rosa.get(f"/admin/studies/{study}/protocol").text
    assert "<dt>Completed code</dt><dd>set</dd>" in page


def test_a_study_file_says_what_it_leaves_out_and_makes_a_study_all_the_same(rosa: TestClient, study: int) -> None:
    for where in (f"/admin/studies/{study}/study.yaml", f"/api/v1/studies/{study}/study.yaml"):
        text = rosa.get(where).text
        assert f"# Left out, for those who run the study: {', '.join(ENDS)}." in text
        made, source = study_file.parse(text.encode(), "it")
        assert isinstance(source, Source)
        assert {getattr(made.protocol, name) for name in ENDS} == {""}
        assert "Left out" not in rosa.get(where.replace(f"/{study}/", f"/{study + 1}/")).text


def test_of_two_studies_each_tells_its_codes_to_who_runs_it(rosa: TestClient, desk: TestClient, study: int) -> None:
    path = f"/api/v1/studies/{study + 1}/differences?to={study}"
    (changed,) = [one for one in rosa.get(path).json()["settings"] if one["name"] == "completed_code"]
    assert (changed["before"], changed["after"]) == ("set", "CPAID18")
    page = desk.get(f"/admin/studies/{study + 1}/differences?to={study}").text
    assert "CPAID17" in page
    assert "CPAID18" in page


def test_comparing_with_a_study_of_ones_own_tells_nobody_that_a_guess_is_right(
    rosa: TestClient, database: Database, study: int
) -> None:
    told = dict[str, object]()
    for guess in ("CPAID17", "CPAID16"):
        own = service.get(database, study + 1).protocol.model_dump() | {"completed_code": guess}
        service.edit(database, study + 1, protocol=read(own))
        changed = rosa.get(f"/api/v1/studies/{study + 1}/differences?to={study}").json()["settings"]
        told[guess] = next((one["before"], one["after"]) for one in changed if one["name"] == "completed_code")
    assert told == {"CPAID17": ("set", "CPAID17"), "CPAID16": ("set", "CPAID16")}


def test_a_preview_shows_an_example_in_place_of_the_code(rosa: TestClient, study: int) -> None:
    page = rosa.get(f"/admin/studies/{study}/preview/end").text
    assert "EXAMPLE4U2C" in page
    assert "CPAID18" in rosa.get(f"/admin/studies/{study + 1}/preview/end").text


def test_an_archive_holds_the_codes_and_is_for_those_who_run_the_study(rosa: TestClient, study: int) -> None:
    for path in (f"/admin/studies/{study}/export", f"/admin/studies/{study}/export/design"):
        assert rosa.post(path).status_code == 403
    assert rosa.get(f"/api/v1/studies/{study}/archive?sessions=false").status_code == 403
    assert "/export" not in rosa.get(f"/admin/studies/{study}/protocol").text
    design = rosa.get(f"/api/v1/studies/{study + 1}/archive?sessions=false")
    assert (design.status_code, design.headers["content-type"]) == (200, "application/zip")
