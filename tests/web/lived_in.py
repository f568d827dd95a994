"""An installation that has been used: every kind of page has something on it."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db import Database
from app.db.audit import Actor
from app.db.models import Account, Role, Side, Through
from app.media import Media
from app.results import peeks
from app.sessions import enrol, invitations, links, progress, votes
from app.settings import Settings
from app.studies import members
from tests.web import small_study, trained


@dataclass(frozen=True, slots=True)
class Place:
    """Where to knock: the numbers and tokens that fill an address."""

    values: dict[str, str]
    pages: tuple[str, ...]  # where crawls begin

    def address(self, path: str, **instead: str) -> str:
        """The route's path with what is there in its gaps."""
        for name, value in (self.values | instead).items():
            path = path.replace("{" + name + "}", value)
        return path


def furnish(settings: Settings, database: Database, media: Media, pictures: Path, name: str = "marlene") -> Place:
    """An open study with votes and one in the making, a matrix of trainings in every state, and a link of each kind.

    Besides ``name``, who may do everything, there is a colleague, and somebody who was invited and has not come.
    """
    from app.web import account_invitations, login

    secret = settings.secret()
    drawn = small_study.create(database, media, pictures)
    draft = small_study.create(database, media, pictures, opened=False)
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    picture = trained.rendered(database, media, matrix.renderings["denoise", "mae"])
    session, trial = _sitting(database, secret, drawn)
    invitations.invite(database, secret, drawn, ["ada"])
    once = login.one_time_link(database, name)
    login.create_account(database, "rosa", None)
    members.give(database, drawn, name, Role.OWNER)
    members.give(database, drawn, "rosa", Role.ANALYST)
    with database.read() as db:
        looker = db.scalars(select(Account.id).where(Account.name == name)).one()
    peeks.looked(database, drawn, "results", Actor(looker, name, Through.DESK))
    invited = account_invitations.make(database, "Kim", study_id=drawn, role=Role.VIEWER)
    values = {
        "study_id": str(drawn), "job_id": str(matrix.trainings["denoise", "mae"]), "session_id": "1", "digest": picture,
        "token": links.public_token(database, secret, drawn), "session": session, "trial": trial, "pane": "left",
        "table": "votes", "figure": "scenes", "scene_name": small_study.SCENES[0],
        "task": small_study.TASK, "form": "svg", "version": "0", "name": "base.css",
        "set_name": trained.SET, "step": "checks", "number": "1", "page": "consent",
    }  # fmt: skip
    pages = (
        "/admin",
        f"/admin/studies/{draft}",
        f"/admin/studies/{drawn}",
        "/admin/account",
        "/login",
        f"/login/once/{once}",
        f"/invitation/{invited}",
    )
    return Place(values, (*pages, f"/join/{values['token']}"))


def _sitting(database: Database, secret: bytes, study: int) -> tuple[str, str]:
    """A session of which one block is answered, and the trial that comes next."""
    token = enrol.begin(database, secret, links.public_token(database, secret, study))
    progress.consent(database, token, progress.view(database, token).consent_hash)
    for _ in range(2):
        progress.start_block(database, token)
        for trial in progress.open_trials(database, token):
            votes.record_vote(database, token, trial.token, votes.Answer(Side.LEFT, 1500))
    progress.start_block(database, token)
    return token, progress.open_trials(database, token)[0].token


def visitor(web: FastAPI) -> TestClient:
    """A browser that follows nothing and hands over what the server really answers."""
    return TestClient(web, base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False)
