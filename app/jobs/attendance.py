"""How workers and leases are: one judgement, which the System page, the API and ``beholder doctor`` tell."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import Database
from app.db.models import Job
from app.db.upkeep import Health
from app.jobs import claims
from app.jobs.present import absence, present
from app.jobs.views import LIVE

_START = "run `beholder worker`"
_LOOK = "the next look of a worker takes them up; if this stays, look into the workers' logs"
_NAMED = 5  # jobs that are told one by one


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one of the two is, and what to do where it is not well."""

    check: str
    health: Health
    finding: str
    fix: str


def attendance(database: Database) -> Iterator[Judgement]:
    """Whether somebody does what is to be done, and whether no job is held by a worker that is gone."""
    nobody = absence(database)
    yield _workers(database, nobody)
    yield _leases(database, nobody)


def _workers(database: Database, nobody: str) -> Judgement:
    with database.read() as db:
        to_do = db.scalars(select(func.count()).where(Job.state.in_(LIVE))).one()
        there = db.scalars(select(func.count()).where(present())).one()
    told = "1 job is" if to_do == 1 else f"{to_do} jobs are"
    if nobody and to_do:
        return Judgement("workers", Health.ILL, f"{told} to be done and {nobody}", _START)
    return Judgement("workers", Health.WELL, f"{there} present, {told} waiting or at work", _START)


def _leases(database: Database, nobody: str) -> Judgement:
    held = [one.job for one in claims.overdue(database)]
    if not held:
        return Judgement("leases", Health.WELL, "no job is held by a worker that is gone", _LOOK)
    numbers = ", ".join(map(str, held[:_NAMED])) + (" …" if len(held) > _NAMED else "")
    told = f"the lease of {'job' if len(held) == 1 else 'jobs'} {numbers} is over: whoever held it is gone or hangs"
    return Judgement("leases", Health.ILL, told, _START) if nobody else Judgement("leases", Health.NOTE, told, _LOOK)
