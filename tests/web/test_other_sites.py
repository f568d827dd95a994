"""No page of another site acts at any address in the name of whoever is signed in here."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database, deeds
from app.media import Media
from tests.web import small_study
from tests.web.test_roles import address, routes

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
    ids=["another site", "a neighbour", "an old browser"],
)
def test_every_address_that_changes_anything_refuses_what_another_site_sends(
    desk: TestClient, web: FastAPI, database: Database, media: Media, pictures: Path, headers: dict[str, str]
) -> None:
    study = small_study.create(database, media, pictures, opened=False)
    before, walked = len(deeds.deeds(database, 1000)), 0
    for method, path in routes(web):
        if method in ("GET", "OPTIONS"):
            continue
        for sent in ({"data": {"name": "marlene", "title": "Mine", "typed": "close"}}, {"json": {}}):
            reply = desk.request(method, address(path, study), headers=headers, **sent)  # type: ignore[arg-type]
            assert reply.status_code == 403, f"{method} {path}"
            walked += 1
    assert walked > 150
    assert len(deeds.deeds(database, 1000)) == before
    assert desk.get("/admin").status_code == 200  # and nobody was signed out by it
