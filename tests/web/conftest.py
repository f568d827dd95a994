"""A browser at the desk: one that is signed in, and one that is not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web import login
from app.web.app import create_app
from app.web.oidc import arrivals
from app.web.sign_in import COOKIE
from tests.web import fake_issuer, kept_parts, small_study
from tests.web.fake_issuer import CLIENT, SECRET, FakeIssuer


@pytest.fixture(scope="session", autouse=True)
def parts_are_kept() -> Iterator[None]:
    """All applications of these tests share what depends on the code alone."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        kept_parts.keep(monkeypatch)
        yield


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


@pytest.fixture
def lab() -> Iterator[FakeIssuer]:
    with fake_issuer.running() as lab:
        yield lab


@pytest.fixture
def made(lab: FakeIssuer, settings: Settings, database: Database, media: Media) -> Iterator[Callable[..., TestClient]]:
    """Makes browsers of one server whose people sign in by the lab; settings beside those are the arguments."""
    told = {"oidc_issuer": lab.address, "oidc_client": CLIENT, "oidc_secret": SECRET, "oidc_name": "the Lab"}
    apps, browsers = {}, []

    def browser(**more: Any) -> TestClient:
        key = repr(more)
        apps.setdefault(key, create_app(settings.model_copy(update=told | more), database, media))
        browsers.append(TestClient(apps[key], base_url="http://localhost", follow_redirects=False))
        return browsers[-1]

    yield browser
    for one in browsers:
        one.close()


@pytest.fixture
def ada(database: Database, lab: FakeIssuer) -> None:
    """An account that is bound to the one for whom the lab vouches."""
    login.create_account(database, "ada", None)
    arrivals.bind(database, "ada", lab.address, "ada-17")
