"""The end of a job's log, kept in its row: whoever looks may sit at another machine than the one that does the job."""

import threading
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.db.models import Job
from app.jobs import claims
from app.jobs.claims import Claim
from app.jobs.folders import RunFolder
from app.jobs.views import JobNotFound
from app.log import logger


@dataclass(frozen=True, slots=True)
class LogEnd:
    """The last lines that an attempt at a job wrote, as its worker last brought them."""

    text: str  # empty: no attempt has written anything yet
    worker: str | None  # that brought them; None without any
    attempt: int | None


class LogKeeper:
    """Follows the log of one attempt; heartbeats, reports and the end of the process may ask for it at once."""

    def __init__(self, database: Database, held: Claim, folder: RunFolder) -> None:
        self._database, self._held, self._folder = database, held, folder
        self._lock = threading.Lock()  # or what was read earlier could be written later
        self._known = ""

    def take_in(self) -> None:
        """The row says what the log says; a log that has said nothing new costs no transaction.

        What cannot be kept is tried again at the next look: the job itself does not suffer. Raises ``StaleAttempt``.
        """
        with self._lock:
            try:
                self._take(self._folder.log_end())
            except (SQLAlchemyError, OSError):
                logger("jobs").exception("the end of a log was not kept", job=self._held.job)

    def _take(self, end: str) -> None:
        if end == self._known:
            return
        with self._database.write() as db:
            told = {"log": end, "log_worker": Job.worker, "log_attempt": self._held.attempt}
            claims.move(db, self._held.job, self._held.attempt, **told)
        self._known = end


def log_end(database: Database, job_id: int) -> LogEnd:
    """How the log of the latest attempt ends that has written one; raises ``JobNotFound``."""
    query = select(Job.log, Job.log_worker, Job.log_attempt).where(Job.id == job_id)
    with database.read() as db:
        row = db.execute(query).one_or_none()
    if row is None:
        raise JobNotFound(job_id)
    return LogEnd(row.log or "", row.log_worker, row.log_attempt)
