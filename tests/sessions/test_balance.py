"""Whatever subjects do, the pairs that count end up judged equally often, on both sides."""

import random
from collections import Counter

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.db.models import Pair, PairKind, Session, Trial, TrialKind, Vote
from app.sessions.checks import exclude
from app.sessions.progress import open_trials, start_block, view
from app.sessions.sitting import Stage
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions.conftest import Clock
from tests.sessions.planted import PLAIN, careless, excluded_sessions, honest, join, play, session_id, study, trials_of

PROTOCOL = Protocol(
    **PLAIN,
    trials_per_session=20, block_size=10, catch_trials=4, catch_failures_allowed=1, practice_trials=0
)  # fmt: skip


def _judged(database: Database, number: int) -> dict[int, tuple[int, int]]:
    """Valid judgements per test pair, and how many of them had the first condition on the left."""
    out = excluded_sessions(database, number)
    with database.read() as db:
        rows = db.execute(
            select(Trial.pair_id, Trial.a_on_left)
            .join(Vote, Vote.trial_id == Trial.id)
            .join(Session, Session.id == Trial.session_id)
            .where(Trial.kind == TrialKind.TEST, Session.study_id == number, Session.id.not_in(out))
        ).all()
        pairs = db.scalars(select(Pair.id).where(Pair.study_id == number, Pair.kind == PairKind.TEST)).all()
    total, left = Counter(pair for pair, _ in rows), Counter(pair for pair, on_left in rows if on_left)
    return {pair: (total[pair], left[pair]) for pair in pairs}


def _spread(database: Database, number: int) -> int:
    totals = [total for total, _ in _judged(database, number).values()]
    return max(totals) - min(totals)


def test_honest_subjects_leave_every_pair_and_side_balanced(database: Database) -> None:
    number = study(database, PROTOCOL, scenes=5)  # 30 pairs, sessions of 20
    for _ in range(9):
        play(database, join(database, number))
        assert _spread(database, number) <= 1
    judged = _judged(database, number)
    assert {total for total, _ in judged.values()} == {6}
    assert {left for _, left in judged.values()} == {3}


def test_drop_outs_and_excluded_subjects_are_made_up_for(database: Database, clock: Clock) -> None:
    number, rng = study(database, PROTOCOL, scenes=5), random.Random(4)
    for n in range(16):
        token = join(database, number)
        if n % 4 == 1:
            play(database, token, careless)  # excluded by the catch rule
        elif n % 4 == 2:
            play(database, token, honest, most=rng.randint(0, 20))  # closes the page and never comes back
        else:
            play(database, token)
        if n == 12:
            exclude(database, session_id(database, token), "A test.", somebody("ada"))
        clock.forward(minutes=10)
    clock.forward(hours=25)
    for _ in range(4):
        play(database, join(database, number))
    assert _spread(database, number) <= 1
    assert len(excluded_sessions(database, number)) == 5
    sides = [abs(2 * left - total) for total, left in _judged(database, number).values()]
    # an excluded answer takes its side with it, and a later one can only make up for one at a time
    assert sorted(sides)[len(sides) // 2] <= 1
    assert max(sides) <= 3


@pytest.mark.parametrize(
    "subjects", [pytest.param(40, marks=pytest.mark.quick_twin), pytest.param(200, marks=pytest.mark.slow)]
)
def test_a_crowd_of_whom_a_third_drop_out_leaves_every_pair_judged_alike(
    database: Database, clock: Clock, subjects: int
) -> None:
    short = Protocol(
        **PLAIN, trials_per_session=10, block_size=5, catch_trials=2, catch_failures_allowed=1, practice_trials=0
    )  # fmt: skip
    number, rng = study(database, short, scenes=3), random.Random(subjects)  # 18 pairs, sessions of 10
    gone, under_way, coming = list[str](), list[tuple[str, int]](), list(range(subjects))
    while coming or under_way:
        if coming and len(under_way) < 6:
            who = coming.pop()
            under_way.append((join(database, number), who))
        token, who = under_way.pop(rng.randrange(len(under_way)))  # six at a time, block by block
        clock.forward(minutes=rng.randint(1, 40))
        answers = rng.randint(1, 5) if who % 3 == 0 else 6
        play(database, token, careless if who % 10 == 1 else honest, most=answers)
        if answers < 6:
            gone.append(token)
        elif view(database, token).stage is not Stage.END:
            under_way.append((token, who))
        elif who % 10 == 5:
            exclude(database, session_id(database, token), "A test.", somebody("ada"))
    assert len(gone) >= subjects // 3
    clock.forward(hours=25)
    for token in gone[::4]:
        play(database, token)  # some come back, to what nobody else was issued
    refilled = 0
    while _spread(database, number) > 1:
        play(database, join(database, number))
        refilled += 1
    assert refilled <= 4  # what was lost last: all that was lost before has been made up for on the way
    play(database, join(database, number))
    assert _spread(database, number) <= 1  # and it stays so
    assert len(excluded_sessions(database, number)) >= subjects // 10


def test_slots_of_an_abandoned_session_return_after_a_day(database: Database, clock: Clock) -> None:
    number = study(database, PROTOCOL, scenes=5)
    gone = join(database, number)
    play(database, gone, most=4)
    held = {trial.pair_id for trial, _, vote in trials_of(database, gone) if not vote and trial.kind is TrialKind.TEST}
    clock.forward(hours=23)
    early = join(database, number)
    start_block(database, early)
    assert not held & {trial.pair_id for trial, _, _ in trials_of(database, early)}
    clock.forward(hours=2)
    late = [join(database, number) for _ in range(3)]
    for token in late:
        start_block(database, token)
    reissued = {trial.pair_id for token in late for trial, _, _ in trials_of(database, token)}
    assert held <= reissued
    kept = {trial.pair_id for trial, _, vote in trials_of(database, gone) if not vote} - held  # catch trials
    start_block(database, gone)  # comes back: what went to others is gone
    assert len(open_trials(database, gone)) == len(kept)


def test_pilots_do_not_weigh(database: Database) -> None:
    number = study(database, PROTOCOL, scenes=5)
    play(database, join(database, number, pilot=True))
    play(database, join(database, number))
    with database.read() as db:
        counted = select(Trial.pair_id).join(Session).where(Session.pilot.is_(False), Trial.kind == TrialKind.TEST)
        assert db.scalars(select(func.count()).select_from(counted.subquery())).one() == 20
    assert max(total for total, _ in _judged(database, number).values()) == 2  # the pilot's pairs came again


def test_people_in_a_demonstration_are_balanced_apart(database: Database) -> None:
    number = study(database, PROTOCOL, scenes=5, is_demo=True)
    first = join(database, number, simulated=True)
    play(database, first)
    person = join(database, number)
    play(database, person)  # would take the pairs that the first left, if both were counted together
    second = join(database, number, simulated=True)
    start_block(database, second)
    simulated = [
        {trial.pair_id for trial, _, _ in trials_of(database, token) if trial.kind is TrialKind.TEST}
        for token in (first, second)
    ]
    assert not simulated[0] & simulated[1]


def test_a_subject_never_judges_a_pair_twice(database: Database) -> None:
    number = study(database, PROTOCOL, scenes=4)  # 24 pairs: nearly all of them in one session
    token = join(database, number)
    play(database, token)
    pairs = [trial.pair_id for trial, _, _ in trials_of(database, token) if trial.kind is TrialKind.TEST]
    assert len(set(pairs)) == len(pairs) == 20
