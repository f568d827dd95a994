"""Which session a link goes on with, where it begins no new one; finding out has no effect."""

from contextlib import suppress

from sqlalchemy import select

from app.db import Database
from app.db.models import Session
from app.sessions.links import BadLink, read_personal, read_pilot, read_public


def session_behind(database: Database, secret: bytes, token: str, held: str | None) -> str | None:
    """The token of that session: a personal link's own, else the unfinished one of the link's study that is ``held``.

    A pilot session does not go on behind the public link, whose answers count, nor the other way round.
    """
    query = select(Session.token).order_by(Session.id.desc()).limit(1)
    with database.read() as db:
        for read, pilot in ((read_public, False), (read_pilot, True)):
            with suppress(BadLink):
                study = read(db, secret, token)
                query = query.where(
                    Session.token == (held or ""), Session.study_id == study.id,
                    Session.pilot.is_(pilot), Session.outcome.is_(None),
                )  # fmt: skip
                break
        else:
            query = query.where(Session.subject_id == read_personal(db, secret, token).id)
        return db.scalar(query)
