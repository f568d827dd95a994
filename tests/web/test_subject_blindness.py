"""Nothing that reaches a subject's browser tells conditions or kinds of trials apart."""

import hashlib
from pathlib import Path

from fastapi.testclient import TestClient
from httpx2 import Response

from app.db import Database
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.simulation.forms import read_page
from app.web.app import create_app
from tests.web import small_study


def test_a_whole_session_names_no_condition_no_kind_and_no_picture(
    settings: Settings, database: Database, media: Media, tmp_path: Path
) -> None:
    folder = small_study.paint(tmp_path / "pictures")
    study = small_study.create(database, media, folder)
    heard = list[str]()

    def hear(reply: Response) -> None:
        if not reply.request.url.path.startswith("/static/"):
            body = "" if reply.headers.get("content-type") == "image/png" else reply.read().decode()
            heard.append(f"{reply.request.url} {reply.status_code} {dict(reply.headers)} {body}")

    client = TestClient(create_app(settings, database, media), base_url="http://localhost")
    client.event_hooks["response"].append(hear)
    _sit(client, f"/join/{links.public_token(database, settings.secret(), study)}")

    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.png")]
    secrets = [small_study.TASK, *small_study.CONDITIONS, *small_study.SCENES, *digests, "degraded", "catch", "kind"]
    told = "\n".join(heard).lower()
    assert len(heard) > 40
    assert [secret for secret in secrets if secret.lower() in told] == []
    for digest in digests:  # nor any shorter name made of one
        assert digest[:12] not in told


def test_trials_of_every_kind_look_alike(settings: Settings, database: Database, media: Media, tmp_path: Path) -> None:
    study = small_study.create(database, media, small_study.paint(tmp_path / "pictures"), practice_trials=0)
    client = TestClient(create_app(settings, database, media), base_url="http://localhost")
    shapes = _sit(client, f"/join/{links.public_token(database, settings.secret(), study)}")
    assert len(shapes) == 1


def _sit(client: TestClient, join: str) -> set[str]:
    """The shapes of everything that was told of the trials of a whole session."""
    page, session, shapes = client.get(join), "", set[str]()
    while True:
        stage, forms = read_page(page.text)
        if stage == "end":
            return shapes
        if stage not in ("practice", "block"):
            page = client.post(forms[0].action, data=forms[0].fields)
            session = page.url.path
            continue
        for trial in client.get(f"{session}/trials").json()["trials"]:
            pictures = [client.get(address) for address in trial["pictures"].values()]
            reply = client.put(trial["vote"], json={"side": "left", "elapsed_ms": 700})
            parts = [sorted(trial), len(trial["token"]), sorted(reply.json()), reply.status_code]
            shapes.add(str([*parts, *(sorted(picture.headers) for picture in pictures)]))
        page = client.get(session)
