"""Many at once, on the real database."""

from collections import Counter

from sqlalchemy import func, select

from app.db import Database
from app.db.models import Event, Session, Side, Subject, Trial, TrialKind, Vote
from app.sessions import events
from app.sessions.enrol import begin
from app.sessions.invitations import invite
from app.sessions.links import public_token
from app.sessions.progress import open_trials, start_block, view
from app.sessions.sitting import Stage
from app.sessions.votes import AlreadyAnswered, Answer, StoredVote, record_vote
from app.studies.protocol import Protocol
from tests.db.crowd import THREADS, at_once
from tests.sessions.planted import PLAIN, SECRET, SMALL, honest, join, session_id, study, trials_of, truth


def test_one_trial_answered_by_many_threads_is_one_vote(database: Database) -> None:
    token = join(database, study(database))
    start_block(database, token)
    trial = open_trials(database, token)[0].token
    sides = [Side.LEFT if number % 2 else Side.RIGHT for number in range(THREADS)]

    def vote(number: int) -> StoredVote | AlreadyAnswered:
        try:
            return record_vote(database, token, trial, Answer(sides[number], number))
        except AlreadyAnswered as error:
            return error

    answers = at_once(vote)
    with database.read() as db:
        stored = db.scalars(select(Vote)).one()
        assert db.scalars(select(func.count()).where(Event.kind == events.SAVED)).one() == 1
    assert sum(isinstance(answer, StoredVote) and answer.created for answer in answers) == 1
    for side, answer in zip(sides, answers, strict=True):
        assert isinstance(answer, StoredVote) == (side is stored.side)
        assert (answer if isinstance(answer, StoredVote) else answer.stored).side is stored.side
    events.verify(database, session_id(database, token))


def test_all_answers_of_a_block_at_once_complete_the_session_once(database: Database) -> None:
    token = join(database, study(database, Protocol(**PLAIN, trials_per_session=24, catch_trials=3, practice_trials=0)))
    start_block(database, token)
    trials = [trial.token for trial in open_trials(database, token)]
    sides = {trial: honest(truth(database, trial)) for trial in trials}

    def vote(number: int) -> int:
        mine = trials[number:] + trials[:number]  # everybody sends everything, each from another place
        return sum(record_vote(database, token, trial, Answer(sides[trial], 5)).created for trial in mine)

    assert sum(at_once(vote, 6)) == len(trials) == 27
    assert view(database, token).stage is Stage.END
    with database.read() as db:
        assert db.scalars(select(func.count()).where(Event.kind == "completed")).one() == 1
    events.verify(database, session_id(database, token))


def test_blocks_started_at_once_are_balanced(database: Database) -> None:
    protocol = Protocol(**PLAIN, trials_per_session=30, block_size=15, catch_trials=2, practice_trials=0)
    number = study(database, protocol, scenes=5)  # 30 pairs, 15 of them in a block
    tokens = [join(database, number) for _ in range(THREADS)]
    at_once(lambda n: start_block(database, tokens[n]))
    with database.read() as db:
        rows = db.execute(select(Trial.pair_id, Trial.a_on_left).where(Trial.kind == TrialKind.TEST)).all()
    total = Counter(pair for pair, _ in rows)
    left = Counter(pair for pair, on_left in rows if on_left)
    assert len(total) == 30
    assert set(total.values()) == {8}
    assert set(left.values()) == {4}


def test_a_block_started_by_many_threads_is_one_block(database: Database) -> None:
    token = join(database, study(database))
    at_once(lambda n: start_block(database, token))
    assert len(trials_of(database, token)) == SMALL.practice_trials


def test_many_subjects_enrol_at_once(database: Database) -> None:
    number = study(database)
    tokens = at_once(lambda n: begin(database, SECRET, public_token(database, SECRET, number)))
    assert len(set(tokens)) == THREADS
    with database.read() as db:
        assert set(db.scalars(select(Subject.label))) == {str(n) for n in range(1, THREADS + 1)}
        assert len(set(db.scalars(select(Session.seed)))) == THREADS


def test_a_personal_link_opened_many_times_begins_one_session(database: Database) -> None:
    (ada,) = invite(database, SECRET, study(database), ["Ada"])
    assert len(set(at_once(lambda n: begin(database, SECRET, ada.token)))) == 1
