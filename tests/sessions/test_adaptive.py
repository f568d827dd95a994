"""Adaptive studies: the floor is kept, every trial says how probable it was, and its seal vouches for that."""

from collections.abc import Callable
from math import exp, sqrt
from random import Random
from statistics import mean, stdev

import pytest
from sqlalchemy import func, select, update

from app.db import Database
from app.db.models import Pair, PairKind, Session, Side, Trial, TrialKind, Vote
from app.sessions import events
from app.sessions.checks import exclude
from app.sessions.progress import start_block
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions.conftest import Clock
from tests.sessions.planted import PLAIN, Truth, excluded_sessions, join, play, session_id, study, trials_of

pytestmark = pytest.mark.usefixtures("clock")
CONDITIONS = ("c1", "c2", "c3", "c4", "c5", "c6")
RULES = {
    **PLAIN, "trials_per_session": 20, "block_size": 10, "catch_trials": 2, "practice_trials": 2,
    "judgements_per_pair": 6, "sampling": "adaptive", "adaptive_floor": 2,
}  # fmt: skip


def _votes(database: Database, number: int) -> dict[int, int]:
    """How many valid votes each test pair has."""
    out = excluded_sessions(database, number)
    with database.read() as db:
        votes = dict(
            db.execute(
                select(Trial.pair_id, func.count())
                .join(Vote, Vote.trial_id == Trial.id)
                .join(Session, Session.id == Trial.session_id)
                .where(Session.study_id == number, Trial.kind == TrialKind.TEST, Session.id.not_in(out))
                .group_by(Trial.pair_id)
            ).all()
        )
        pairs = db.scalars(select(Pair.id).where(Pair.study_id == number, Pair.kind == PairKind.TEST)).all()
    return {pair: votes.get(pair, 0) for pair in pairs}


def _bradley_terry(rng: Random) -> Callable[[Truth], Side]:
    """Prefers the conditions in the order of their names, the more surely the further they are apart."""

    def choose(known: Truth) -> Side:
        apart = known.pair.b_id - known.pair.a_id  # numbers grow with the names within a scene
        if known.kind is not TrialKind.TEST or rng.random() < 1 / (1 + exp(-0.9 * apart)):
            return known.reference_side
        return Side.RIGHT if known.reference_side is Side.LEFT else Side.LEFT

    return choose


def _crowd(database: Database, clock: Clock, subjects: int, **rules: object) -> tuple[int, list[str]]:
    """A study of 60 pairs in which so many subjects have sat; every fifth is excluded, every seventh goes early."""
    number = study(
        database, Protocol(**{**RULES, **rules}), tasks=("denoise",), conditions=CONDITIONS, scenes=4
    )  # fmt: skip
    rng, tokens = Random(9), list[str]()
    choose = _bradley_terry(rng)
    for n in range(subjects):
        tokens.append(join(database, number))
        play(database, tokens[-1], choose, most=12 if n % 7 == 5 else None)
        clock.forward(hours=1)
        if n % 5 == 2:
            exclude(database, session_id(database, tokens[-1]), "A test.", somebody("ada"))
    return number, tokens


def test_every_pair_has_its_floor_and_neighbours_have_more(database: Database, clock: Clock) -> None:
    number, tokens = _crowd(database, clock, 14)
    clock.forward(hours=25)
    for _ in range(2):  # what was left unanswered comes again
        tokens.append(join(database, number))
        play(database, tokens[-1])
    votes = _votes(database, number)
    assert min(votes.values()) >= 2
    with database.read() as db:
        apart = {pair: b - a for pair, a, b in db.execute(select(Pair.id, Pair.a_id, Pair.b_id)) if pair in votes}
    near, far = ([votes[pair] for pair in votes if apart[pair] in steps] for steps in ((1,), (4, 5)))
    assert mean(near) > 1.3 * mean(far)


@pytest.mark.one_database
def test_every_test_trial_has_a_probability_and_no_other_kind_has(database: Database, clock: Clock) -> None:
    _, tokens = _crowd(database, clock, 5, repeat_percent=10, dummy_trials=1)
    trials = [trial for token in tokens for trial, *_ in trials_of(database, token)]
    assert {trial.kind for trial in trials} == set(TrialKind)
    for trial in trials:
        assert (trial.probability is not None) == (trial.kind is TrialKind.TEST)
        assert trial.probability is None or 0 < trial.probability <= 1


@pytest.mark.one_database
def test_the_probabilities_are_those_of_the_draw(database: Database, clock: Clock) -> None:
    """A sum over what was drawn, each divided by its probability, estimates a sum over all that could be drawn."""
    _, tokens = _crowd(database, clock, 10)
    errors = list[float]()
    for token in tokens:
        tests = [trial for trial, *_ in trials_of(database, token) if trial.kind is TrialKind.TEST]
        for block in sorted({trial.block for trial in tests}):
            seen = sum(trial.block < block for trial in tests)
            weights = [1 / trial.probability for trial in tests if trial.block == block if trial.probability]
            errors.append(sum(weights) - (60 - seen))  # the estimate of how many pairs the subject had not seen
    assert abs(mean(errors)) < 4 * stdev(errors) / sqrt(len(errors))
    assert stdev(errors) > 0


def test_a_balanced_study_stores_them_too(database: Database, clock: Clock) -> None:
    _, tokens = _crowd(database, clock, 1, sampling="balanced")
    first = [trial.probability for trial, *_ in trials_of(database, tokens[0]) if trial.kind is TrialKind.TEST][:9]
    with_catch = [trial for trial, *_ in trials_of(database, tokens[0]) if trial.block == 1]
    places = sum(trial.kind is TrialKind.TEST for trial in with_catch)
    assert first == pytest.approx([places / 60] * 9)  # nothing had been judged, so each of 60 was as probable


def test_a_probability_that_is_changed_or_taken_out_breaks_the_seal(database: Database) -> None:
    number = study(database, Protocol(**RULES), tasks=("denoise",), conditions=CONDITIONS, scenes=4)
    token = join(database, number)
    play(database, token, most=4)
    start_block(database, token)
    session = session_id(database, token)
    assert events.verify(database, session)
    for value in (0.5, None):
        with database.write() as db:
            db.execute(update(Trial).where(Trial.probability.is_not(None)).values(probability=value))
        with pytest.raises(events.BrokenChain):
            events.verify(database, session)
