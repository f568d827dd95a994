"""Which workers are present: those whose lease runs. One that let it run out has vanished; nobody reckons with it."""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, select

from app import clock
from app.db import Database
from app.db.models import Worker

FORGOTTEN = timedelta(days=1)  # after which no list names a worker that vanished, and the next to start drops its row


def present() -> ColumnElement[bool]:
    """The condition on a worker's row: it reported no longer ago than its lease lasts."""
    return Worker.lease_until > clock.now()


def absence(database: Database) -> str:
    """``no worker is present; the last one was seen 3 d ago``; empty where one is."""
    with database.read() as db:
        if db.scalar(select(exists().where(present()))):
            return ""
        last = db.scalar(select(func.max(Worker.seen_at)))
    return "no worker is present" + ("" if last is None else f"; the last one was seen {clock.age(last)}")
