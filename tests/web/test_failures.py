"""Errors as pages and as JSON."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.db import Database
from app.errors import Gone
from app.jobs import store
from app.media import Media
from tests.web import small_study, trained

SECRET = "postgresql://someone:hunter2@db"


class Ended(Gone):
    """For this test."""

    def extras(self) -> dict[str, str]:
        return {"since": "noon", "status": "not to be overwritten"}


@pytest.fixture
def breaking(web: FastAPI) -> FastAPI:
    @web.get("/unforeseen/{token}")
    def unforeseen(token: str) -> None:
        raise RuntimeError(SECRET)

    @web.get("/ended")
    def ended() -> None:
        raise Ended("It is over; go <b>home</b>", "leave")

    return web


def test_an_unknown_address_says_so_on_a_page(anonymous: TestClient) -> None:
    reply = anonymous.get("/nowhere")
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/html")
    assert "no page at this address" in reply.text
    assert reply.headers["cache-control"] == "no-store"


def test_a_program_gets_the_type_and_the_sentence(breaking: FastAPI, anonymous: TestClient) -> None:
    reply = anonymous.get("/ended", headers={"Accept": "application/json"})
    assert reply.status_code == 410
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {
        "type": "/errors#ended", "title": "For this test.", "status": 410,
        "detail": "It is over; go <b>home</b>", "fix": "Leave.", "since": "noon",
    }  # fmt: skip


def test_a_message_is_escaped_on_a_page(breaking: FastAPI, anonymous: TestClient) -> None:
    reply = anonymous.get("/ended", headers={"Accept": "text/html,application/json"})
    assert reply.status_code == 410
    assert "&lt;b&gt;home" in reply.text


def test_the_wrong_method_is_refused_with_a_sentence(anonymous: TestClient) -> None:
    reply = anonymous.post("/healthz")
    assert reply.status_code == 405
    assert "that kind of request" in reply.text


def test_a_form_that_lacks_a_field_is_refused_with_its_name(desk: TestClient) -> None:
    reply = desk.post("/admin/account/password", data={"password": "one without the other"})
    assert reply.status_code == 422
    assert "again: field required" in reply.text


def test_what_nobody_expected_becomes_a_reference_and_a_log_line(breaking: FastAPI, anonymous: TestClient) -> None:
    with capture_logs() as logs:
        reply = anonymous.get("/unforeseen/hush-hush")
    (line,) = [line for line in logs if line["event"] == "unexpected"]
    assert reply.status_code == 500
    assert line["reference"] in reply.text
    assert line["route"] == "/unforeseen/{token}"
    assert "hunter2" not in reply.text
    assert "Traceback" not in reply.text
    assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_the_log_names_routes_and_never_addresses(breaking: FastAPI, anonymous: TestClient) -> None:
    with capture_logs() as logs:
        anonymous.get("/unforeseen/hush-hush?also=hush-hush", headers={"User-Agent": "hush-hush"})
        anonymous.get("/nowhere/hush-hush")
    answered = [line for line in logs if line["event"] == "answered"]
    assert [line["route"] for line in answered] == ["/unforeseen/{token}", "(none)"]
    assert "hush-hush" not in str([{k: v for k, v in line.items() if k != "exc_info"} for line in logs])


def test_a_program_reads_which_field_is_wrong(desk: TestClient) -> None:
    reply = desk.post(
        "/admin/account/password", data={"password": "one without"}, headers={"Accept": "application/problem+json"}
    )
    assert reply.json()["type"] == "/errors#malformed-input"
    assert reply.json()["errors"] == [{"where": "body.again", "what": "Field required"}]


def test_a_refused_method_is_told_which_ones_there_are(anonymous: TestClient) -> None:
    assert anonymous.post("/healthz").headers["allow"] == "GET, HEAD, OPTIONS"
    assert anonymous.delete("/login").headers["allow"] == "GET, POST, HEAD, OPTIONS"


def test_asking_what_an_address_takes_is_answered(anonymous: TestClient) -> None:
    reply = anonymous.options("/login")
    assert (reply.status_code, reply.headers["allow"], reply.content) == (204, "GET, POST, HEAD, OPTIONS", b"")


def test_a_page_does_not_send_its_reader_where_scripts_look(desk: TestClient) -> None:
    page = desk.get("/admin/studies/99")
    assert page.status_code == 404
    assert "from the list of studies" in page.text
    assert "/api/v1" not in page.text


@pytest.mark.one_database
def test_a_refusal_leads_back_to_the_study_or_job_that_it_is_about(
    desk: TestClient, database: Database, media: Media, pictures: Path
) -> None:
    study = small_study.create(database, media, pictures)
    refused = desk.post(f"/admin/studies/{study}/archive")
    assert refused.status_code == 409
    assert f'<a href="/admin/studies/{study}">Back to study {study}</a>' in refused.text
    job = trained.launched(database, media).trainings["denoise", "mae"]
    store.cancel(database, job)
    spec = store.get(database, job).spec
    assert spec is not None
    again = store.launch(database, spec, title="again")
    refused = desk.post(f"/admin/trainings/{job}/retry")
    assert refused.status_code == 409
    assert f'<a href="/admin/trainings/{again}">Go to job {again}</a>' in refused.text
    assert f'<a href="/admin/trainings/{job}">Back to job {job}</a>' in refused.text


def test_what_is_not_there_leads_to_the_list_of_what_is(desk: TestClient) -> None:
    for lost, way in (("studies/99/monitor", "studies"), ("trainings/99", "jobs"), ("photographs/none", "photographs")):
        page = desk.get(f"/admin/{lost}")
        assert page.status_code == 404
        assert f'<a href="/admin/{way}">All ' in page.text
