"""Moves that meet: whoever comes second sees what the first has done, and nobody waits for ever."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.clock import now
from app.db import Database
from app.db.models import Account, Exclusion, Job, JobState, Outcome, Picture, Side, Subject
from app.db.pictures import keep_pictures
from app.errors import AppError
from app.jobs import claims, store
from app.media import Media
from app.sessions.checks import AlreadyExcluded, exclude
from app.sessions.enrol import begin
from app.sessions.events import verify
from app.sessions.invitations import invite
from app.sessions.links import public_token
from app.sessions.outcomes import Withdrawn
from app.sessions.progress import TrialView, open_trials, start_block, view
from app.sessions.votes import Answer, record_vote
from app.sessions.withdrawal import withdraw
from app.studies import service
from app.studies.protocol import Protocol
from app.studies.stimuli import ingest_folder
from app.web import login
from app.web.account_names import AccountExists
from tests.actors import somebody
from tests.db.crowd import THREADS, at_once
from tests.jobs.build import training
from tests.jobs.moments import LEASE
from tests.sessions.planted import PLAIN, SECRET, careless, join, session_id, study, truth
from tests.studies.pictures import png


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
        except AccountExists:
            return False
        return True

    assert sum(at_once(create)) == 1


@dataclass(frozen=True)
class Content:
    """What a row says of a picture."""

    digest: str
    width: int = 12
    height: int = 8
    size: int = 1


def test_the_same_pictures_kept_by_many_at_once_in_any_order_are_kept_once(database: Database) -> None:
    pictures = [Content(f"{n:064}") for n in range(2000)]
    at_once(lambda n: keep_pictures(database, pictures[:: 1 if n % 2 else -1]), 8)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Picture)) == len(pictures)


def test_two_ingests_of_the_same_pictures_under_other_names_both_succeed(
    database: Database, media: Media, tmp_path: Path
) -> None:
    scenes, folders = [f"scene{n:02}" for n in range(40)], list[Path]()
    for turn, task in enumerate(
        ("denoise", "restored")
    ):  # the same 120 pictures, the last scene of one the other's first
        for scene, shown in zip(scenes, scenes[:: -1 if turn else 1], strict=True):
            for condition in ("reference", "mae", "gmsd"):
                path = tmp_path / task / task / condition / f"{scene}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(png(f"{condition} {shown}"))
        folders.append(tmp_path / task)
    drafts = [service.create(database, f"Draft {n}", Protocol()) for n in range(4)]
    reports = at_once(lambda n: ingest_folder(database, media, drafts[n], folders[n % 2]), 4)
    assert [report.added for report in reports] == [120] * 4


def test_the_same_labels_invited_by_many_at_once_are_the_same_subjects(database: Database) -> None:
    number = study(database)
    invited = at_once(lambda n: invite(database, SECRET, number, ["Ada", "Grace", "Katherine"]))
    assert len({tuple(one.token for one in who) for who in invited}) == 1
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Subject)) == 3


def test_a_session_excluded_by_many_at_once_has_one_decision(database: Database) -> None:
    number = session_id(database, join(database, study(database)))

    def decide(turn: int) -> bool:
        try:
            exclude(database, number, f"Slept, says {turn}.", somebody("ada"))
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
        begin(database, SECRET, public_token(database, SECRET, number))
        start_block(database, tokens[turn % 4])
        begin(database, SECRET, people[(turn + 1) % 4].token)

    at_once(move)
    with database.read() as db:
        labels = db.scalars(select(Subject.label)).all()
    assert len(set(labels)) == len(labels) == 4 + 4 + THREADS
    assert all(view(database, token).block == 0 for token in tokens)


@pytest.mark.parametrize("withdraws", [False, True])
def test_answers_starts_and_a_withdrawal_of_one_session_at_once_never_wait_in_a_circle(
    database: Database, withdraws: bool
) -> None:
    protocol = Protocol(
        trials_per_session=12, block_size=12, catch_trials=3, catch_failures_allowed=0, practice_trials=0, **PLAIN
    )
    number = study(database, protocol)
    for _ in range(3):
        token = join(database, number)
        start_block(database, token)
        trials = open_trials(database, token)
        sides = [careless(truth(database, trial.token)) for trial in trials]

        def move(turn: int, token: str = token, trials: list[TrialView] = trials, sides: list[Side] = sides) -> None:
            if withdraws and turn == 5:
                withdraw(database, token)
            elif turn % 4 == 3:
                start_block(database, token)
            else:
                with suppress(Withdrawn):
                    record_vote(database, token, trials[turn % 15].token, Answer(sides[turn % 15], 5))

        at_once(move, 20)
        assert verify(database, session_id(database, token))
        assert view(database, token).outcome is (Outcome.WITHDRAWN if withdraws else None)


@pytest.mark.parametrize("seed", [1, 2])
def test_jobs_that_fail_are_cancelled_and_are_retried_at_once_never_wait_for_what_has_ended(
    database: Database, seed: int
) -> None:
    first = store.launch(database, training(), title="first stage")
    seconds = [store.launch(database, training(start_from=first, seed=n), title=f"second stage {n}") for n in range(4)]
    ended = Counter[str]()  # what was not refused

    def move(turn: int) -> None:
        random = Random(100 * seed + turn)
        for _ in range(8):
            what, done = random.choice(["cancel", "retry", "fail", "fail", "retry"]), True
            try:
                if what == "fail":
                    held = claims.claim(database, f"worker {turn}", LEASE)
                    done = held is not None
                    if held is not None:
                        claims.fail(database, held, "it was to be")
                elif what == "cancel":
                    store.cancel(database, random.choice([first, *seconds]))
                else:
                    store.retry(database, random.choice([first, *seconds]))
            except AppError:
                done = False
            ended[what] += done

    at_once(move, 8)
    assert all(ended[what] for what in ("cancel", "retry", "fail")), ended
    with database.read() as db:
        states = {job.id: job.state for job in db.scalars(select(Job))}
    waiting = [states[number] for number in seconds if states[number] is JobState.QUEUED]
    assert not waiting or states[first] not in (JobState.FAILED, JobState.CANCELLED)
