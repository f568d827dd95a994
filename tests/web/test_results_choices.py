"""What an address of results may ask for: refused where it means nothing in the study, page or file alike."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web.downloads import choice
from tests.web import lived_in


def test_people_are_asked_for_in_demonstrations_alone_whatever_part_of_the_results_is_read(
    desk: TestClient, web: FastAPI, settings: Settings, database: Database, media: Media, pictures: Path
) -> None:
    place = lived_in.furnish(settings, database, media, pictures)
    asked = 0
    for context in iter_route_contexts(web.routes):
        route: Any = context
        if not route.path.startswith("/admin/") or choice not in [one.call for one in route.dependant.dependencies]:
            continue
        for method in route.methods:
            reply = desk.request(method, place.address(route.path), params={"people": "1"})
            told = f"{method} {route.path} answered {reply.status_code}"
            assert (reply.status_code, "this study is none" in reply.text) == (422, True), told
            asked += 1
    assert asked >= 14
