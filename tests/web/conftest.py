"""A browser at the desk: one that is signed in, and one that is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web import login
from app.web.app import create_app
from app.web.sign_in import COOKIE
from tests.web import small_study


@pytest.fixture
def web(settings: Settings, database: Database, media: Media) -> FastAPI:
    return create_app(settings, database, media)


@pytest.fixture
def anonymous(web: FastAPI) -> Iterator[TestClient]:
    with TestClient(web, base_url="http://localhost", follow_redirects=False) as client:
        yield client


@pytest.fixture
def desk(web: FastAPI, settings: Settings, database: Database) -> Iterator[TestClient]:
    login.create_account(database, "marlene", None)
    token = login.sign_in_once(database, login.one_time_link(database, "marlene"), hours=1)
    with TestClient(web, base_url="http://localhost") as client:
        client.cookies.set(COOKIE, login.seal(settings.secret(), token))
        yield client


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return small_study.paint(tmp_path / "pictures", 32, 24)
