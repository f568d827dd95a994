"""Static files and health."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.db.migrate import downgrade
from app.resources import STATIC
from app.settings import Settings
from app.web.statics import Statics


def test_a_file_is_kept_for_good_under_its_present_version(web: FastAPI, anonymous: TestClient) -> None:
    address = web.state.statics.url("css/tokens.css")
    present, past = anonymous.get(address), anonymous.get("/static/000000000000/css/tokens.css")
    assert "immutable" in present.headers["cache-control"]
    assert past.headers["cache-control"] == "no-cache"
    assert present.content == past.content == (STATIC / "css/tokens.css").read_bytes()
    assert present.headers["content-type"].startswith("text/css")


def test_modules_are_served_as_javascript(web: FastAPI, anonymous: TestClient) -> None:
    reply = anonymous.get(web.state.statics.url("js/desk.js"))
    assert reply.headers["content-type"].startswith("text/javascript")


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css/a.css").write_text("a {}")
    before = Statics(tmp_path).version
    (tmp_path / "css/a.css").write_text("b {}")
    assert Statics(tmp_path).version != before


def test_a_template_that_names_a_missing_file_fails_at_once(web: FastAPI) -> None:
    with pytest.raises(KeyError, match="nosuch"):
        web.state.statics.url("css/nosuch.css")


@pytest.mark.parametrize("name", ["../app/settings.py", "..%2f..%2fREADME.md", "package.json", "css", "css/nosuch.css"])
def test_nothing_else_is_served(anonymous: TestClient, name: str) -> None:
    assert anonymous.get(f"/static/000000000000/{name}").status_code == 404


def test_a_sound_server_is_alive_and_ready(anonymous: TestClient) -> None:
    assert anonymous.get("/healthz").json() == {"status": "alive"}
    assert anonymous.get("/readyz").json() == {"status": "ready"}


def test_a_database_of_another_version_is_not_ready_but_alive(anonymous: TestClient, database: Database) -> None:
    downgrade(database, "base")
    reply = anonymous.get("/readyz", headers={"Accept": "application/json"})
    assert reply.status_code == 503
    assert "beholder migrate" in reply.json()["detail"] + reply.json()["fix"]
    assert anonymous.get("/healthz").status_code == 200


def test_a_store_that_takes_nothing_is_not_ready(anonymous: TestClient, settings: Settings) -> None:
    (settings.data_dir / "media" / "probe").write_text("a file where the store wants a folder")
    reply = anonymous.get("/readyz", headers={"Accept": "application/json"})
    assert reply.status_code == 503
    assert reply.json()["type"] == "/errors#media-refused"
