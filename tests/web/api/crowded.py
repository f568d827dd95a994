"""An installation with one of everything, so that requests find something to read, to change and to break."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from app.db import Database
from app.db.base import Base
from app.db.models import Picture
from app.media import Media
from app.sessions import links
from app.settings import Settings
from app.simulation.forms import read_page
from app.web import login, tokens
from app.web.tokens import Scope
from tests.web import small_study, trained

COOKIE = "beholder_session"


@dataclass(frozen=True, slots=True)
class Crowded:
    """What there is."""

    token: str
    draft: int
    study: int
    job: int
    digest: str
    sitting: str  # the address of a subject's session
    trial: str
    cookie: str

    def named(self, path: str) -> dict[str, Any]:
        """The parts of an address with which it leads to something."""
        known = {
            "study_id": self.study, "session_id": 1, "job_id": self.job, "digest": self.digest, "table": "votes",
            "task": small_study.TASK, "form": "svg", "set_name": trained.SET,
        }  # fmt: skip
        if path.endswith(("/stimuli", "/renderings", "/protocol")):
            known["study_id"] = self.draft
        return {name: value for name, value in known.items() if f"{{{name}}}" in path}


def crowd(web: FastAPI, settings: Settings, database: Database, media: Media, folder: Path) -> Crowded:
    """The installation: a draft, an open study with a subject who has answered, trainings, a token for everything."""
    pictures = small_study.paint(folder, 32, 24)
    study = small_study.create(database, media, pictures)
    draft = small_study.create(database, media, pictures, opened=False)
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    login.create_account(database, "ada", None)
    token = tokens.make(database, "ada", "everything", list(Scope), days=None)
    with TestClient(web, base_url="http://localhost") as client:
        page = client.post(f"/join/{links.public_token(database, settings.secret(), study)}", data={"locale": "en"})
        sitting = page.url.path
        for _ in range(2):
            (form,) = [form for form in read_page(page.text)[1] if form.step]
            page = client.post(form.action, data=form.fields)
        first, second, *_ = client.get(f"{sitting}/trials").json()["trials"]
        client.put(first["vote"], json={"side": "left", "elapsed_ms": 900})
        cookie = client.cookies[COOKIE]
    with database.read() as db:
        digest = db.scalars(select(Picture.digest).limit(1)).one()
    job = matrix.trainings["denoise", "mae"]
    return Crowded(token, draft, study, job, digest, sitting, second["token"], cookie)


class Watch:
    """Tells whether anything was written since it last looked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.engine.connect()

    def mark(self) -> object:
        """Changes when, and only when, another connection has committed a change."""
        if self._database.is_sqlite:
            return self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        with self._database.read() as db:
            tables = [table.name for table in Base.metadata.sorted_tables]
            return [db.execute(text(f"SELECT count(*), max(xmin::text::bigint) FROM {name}")).all() for name in tables]

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()


@contextmanager
def watching(database: Database) -> Iterator[Watch]:
    """A watch over everything that is committed."""
    watch = Watch(database)
    try:
        yield watch
    finally:
        watch.close()
