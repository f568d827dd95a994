"""What sessions were issued follows from their seeds and from the tables as they stood."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import update

from app.db import Database
from app.db.models import Session, Side, TrialKind
from app.sessions import recompute
from app.sessions.checks import exclude, readmit
from app.sessions.progress import start_block
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions.conftest import Clock
from tests.sessions.planted import PLAIN, Truth, careless, join, play, session_id, study, trials_of

pytestmark = pytest.mark.usefixtures("clock")
_RULES = {
    **PLAIN, "trials_per_session": 16, "block_size": 8, "catch_trials": 3, "practice_trials": 3, "dummy_trials": 2,
    "repeat_percent": 25,
}  # fmt: skip


def _the_same(database: Database, token: str) -> bool:
    found = recompute.blocks(database, session_id(database, token))
    assert found
    return all(block.stored == block.computed for block in found)


def _undecided(rng: random.Random) -> Callable[[Truth], Side]:
    """Answers at random, catch trials apart."""
    return lambda known: rng.choice(list(Side)) if known.kind is TrialKind.TEST else known.reference_side


def test_every_block_can_be_computed_again(database: Database, clock: Clock) -> None:
    number, rng = study(database, Protocol(**_RULES), scenes=5), random.Random(2)
    tokens = list[str]()
    for n in range(8):
        tokens.append(join(database, number))
        play(database, tokens[-1], careless if n == 2 else lambda known: known.reference_side, most=rng.choice([9, 99]))
        clock.forward(seconds=1)  # moments tell what came first
        if n in (1, 3):
            exclude(database, session_id(database, tokens[-1]), "A test.", somebody("ada"))
        if n == 5:
            readmit(database, session_id(database, tokens[1]), "A mistake.", somebody("ada"))
        clock.forward(hours=rng.choice([1, 25]))
    for token in tokens[::3]:
        clock.forward(seconds=1)
        play(database, token)
    assert all(_the_same(database, token) for token in tokens)


def test_a_fixed_design_too(database: Database, clock: Clock) -> None:
    fixed = Protocol(**_RULES | {"trials_per_session": 500, "block_size": 12})
    number = study(database, fixed, scenes=4)  # all 24 pairs in every session
    tokens = [join(database, number) for _ in range(2)]
    for token in tokens:
        play(database, token)
        clock.forward(minutes=20)
    assert all(_the_same(database, token) for token in tokens)


def test_blocks_of_an_adaptive_study_too(database: Database, clock: Clock) -> None:
    rules = _RULES | {"sampling": "adaptive", "trials_per_session": 12, "block_size": 6, "judgements_per_pair": 9}
    rng = random.Random(5)
    number = study(database, Protocol(**rules | {"allow_tie": True}), scenes=3, conditions="abcde", tasks=("denoise",))
    tokens = list[str]()
    for n in range(7):  # 30 pairs, 12 a session: the floor is reached in the third
        tokens.append(join(database, number))
        play(database, tokens[-1], _undecided(rng), most=rng.choice([9, 99]))
        clock.forward(seconds=1)
        if n == 3:
            exclude(database, session_id(database, tokens[1]), "A test.", somebody("ada"))
        clock.forward(hours=rng.choice([1, 25]))
    assert all(_the_same(database, token) for token in tokens)
    told = {trial.probability for token in tokens for trial, *_ in trials_of(database, token)}
    assert any(chance is not None and chance < 0.5 for chance in told)  # some were left to chance


def test_what_was_changed_behind_the_program_does_not_come_out(database: Database) -> None:
    number = study(database, Protocol(**_RULES), scenes=5)
    token = join(database, number)
    start_block(database, token)
    with database.write() as db:
        db.execute(update(Session).values(seed=Session.seed + 1))
    assert not _the_same(database, token)
