"""Moves that meet: whoever comes second sees what the first has done, and nobody waits for ever."""

from collections import Counter
from contextlib import suppress
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.clock import now
from app.db import Database
from app.db.models import Account, Exclusion, Job, JobState, Subject
from app.errors import AppError
from app.jobs import claims, store
from app.sessions.checks import AlreadyExcluded, exclude
from app.sessions.enrol import begin, invite
from app.sessions.links import public_token
from app.sessions.progress import start_block, view
from app.web import login
from tests.db.crowd import THREADS, at_once
from tests.jobs.build import training
from tests.jobs.moments import LEASE
from tests.sessions.planted import SECRET, join, session_id, study


def test_a_reader_sees_one_state_whatever_is_committed_meanwhile(database: Database) -> None:
    count = select(func.count()).select_from(Account)
    with database.read() as db:
        assert db.scalar(count) == 0
        login.create_account(database, "ada", None)
        assert db.scalar(count) == 0
    with database.read() as db:
        assert db.scalar(count) == 1


def test_a_reader_changes_nothing(database: Database) -> None:
    with suppress(DBAPIError), database.read() as db:  # PostgreSQL minds at once; SQLite forgets it in the end
        db.add(Account(name="ada", password_hash=None, created_at=now()))
        db.flush()
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 0


def test_a_training_launched_by_many_at_once_is_one_job(database: Database) -> None:
    jobs = at_once(lambda n: store.launch(database, training(), title=f"press {n}"))
    assert len(set(jobs)) == 1
    assert len(store.listing(database)) == 1


def test_one_link_signs_one_of_many_in(database: Database) -> None:
    login.create_account(database, "ada", None)
    link = login.one_time_link(database, "ada")

    def sign_in(_: int) -> bool:
        try:
            login.sign_in_once(database, link, hours=1)
        except login.LinkUsedUp:
            return False
        return True

    assert sum(at_once(sign_in)) == 1


def test_an_account_made_by_many_at_once_exists_once_and_the_others_are_told(database: Database) -> None:
    def create(_: int) -> bool:
        try:
            login.create_account(database, "ada", None)
        except login.AccountExists:
            return False
        return True

    assert sum(at_once(create)) == 1


def test_the_same_labels_invited_by_many_at_once_are_the_same_subjects(database: Database) -> None:
    number = study(database)
    invited = at_once(lambda n: invite(database, SECRET, number, ["Ada", "Grace", "Katherine"]))
    assert len({tuple(one.token for one in who) for who in invited}) == 1
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Subject)) == 3


def test_a_session_excluded_by_many_at_once_has_one_decision(database: Database) -> None:
    number = session_id(database, join(database, study(database)))

    def decide(_: int) -> bool:
        try:
            exclude(database, number, "Slept.", "ada")
        except AlreadyExcluded:
            return False
        return True

    assert sum(at_once(decide)) == 1
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Exclusion)) == 1


def test_enrolling_resuming_and_starting_at_once_wait_for_each_other_in_one_order(database: Database) -> None:
    number = study(database)
    people = invite(database, SECRET, number, [f"subject {n}" for n in range(4)])
    tokens = [join(database, number) for _ in range(4)]

    def move(turn: int) -> None:
        begin(database, SECRET, people[turn % 4].token)
        begin(database, SECRET, public_token(SECRET, number))
        start_block(database, tokens[turn % 4])
        begin(database, SECRET, people[(turn + 1) % 4].token)

    at_once(move)
    with database.read() as db:
        labels = db.scalars(select(Subject.label)).all()
    assert len(set(labels)) == len(labels) == 4 + 4 + THREADS
    assert all(view(database, token).block == 0 for token in tokens)


@pytest.mark.parametrize("seed", [1, 2])
def test_jobs_that_fail_are_cancelled_and_are_retried_at_once_never_wait_for_what_has_ended(
    database: Database, seed: int
) -> None:
    first = store.launch(database, training(), title="first stage")
    seconds = [store.launch(database, training(start_from=first, seed=n), title=f"second stage {n}") for n in range(4)]
    ended = Counter[str]()

    def move(turn: int) -> None:
        random = Random(100 * seed + turn)
        for _ in range(8):
            what = random.choice(["cancel", "retry", "fail", "fail", "retry"])
            try:
                if what == "fail":
                    held = claims.claim(database, f"worker {turn}", LEASE)
                    if held is not None:
                        claims.fail(database, held, "it was to be")
                elif what == "cancel":
                    store.cancel(database, random.choice([first, *seconds]))
                else:
                    store.retry(database, random.choice([first, *seconds]))
            except AppError as refusal:
                ended[type(refusal).__name__] += 1

    at_once(move, 8)
    with database.read() as db:
        states = {job.id: job.state for job in db.scalars(select(Job))}
    waiting = [states[number] for number in seconds if states[number] is JobState.QUEUED]
    assert not waiting or states[first] not in (JobState.FAILED, JobState.CANCELLED)
