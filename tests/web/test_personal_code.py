"""The personal link as a QR code: for whoever holds the session, and nobody else."""

from io import BytesIO

import pytest
import segno
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.sessions import enrol, links
from app.settings import Settings
from app.web.app import create_app
from tests.web import small_study


@pytest.fixture
def join(settings: Settings, database: Database, media: Media) -> str:
    folder = small_study.paint(settings.data_dir / "p", 32, 24)
    return f"/join/{links.public_token(database, settings.secret(), small_study.create(database, media, folder))}"


def test_the_code_is_the_personal_link_and_only_the_holder_gets_it(
    settings: Settings, database: Database, media: Media, join: str
) -> None:
    web = create_app(settings, database, media)
    with TestClient(web, base_url="http://localhost") as holder, TestClient(web, base_url="http://localhost") as other:
        session = holder.post(join).url.path
        reply = holder.get(f"{session}/personal.svg")
        assert (reply.status_code, reply.headers["content-type"]) == (200, "image/svg+xml")
        assert reply.headers["cache-control"] == "no-store"
        assert other.get(f"{session}/personal.svg").status_code == 403
        token = enrol.personal_link_of(database, settings.secret(), session.rsplit("/", 1)[1])
        drawn = BytesIO()
        segno.make_qr(f"http://localhost/p/{token}", error="m").save(
            drawn, kind="svg", dark="black", light="white", omitsize=True, xmldecl=False, nl=False
        )
        assert reply.content == drawn.getvalue()
