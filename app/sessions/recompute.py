"""What a session was issued, computed once more from its seed and from the tables as they stood at the time.

A block follows from the session's seed, its study's protocol and pairs, its own earlier trials, and how often valid
subjects had judged each pair when it started. All of this is kept: trials and votes with their moments, decisions, and
in each session's log when it was last heard of. So any block can be computed again, unless one of these holds:

- an answer sent a second time was all that kept another session from counting as abandoned: repeated answers leave no
  line in the log;
- on PostgreSQL, another session was excluded in the very moment in which the block was put together;
- the session was issued by a version of the program with another schedule.

The same holds in a fixed design, where every session has all pairs: which pairs come is certain then; their order and
their sides follow from the seed and from what had been judged.

In an adaptive study a block follows from the answers too, so that it can be computed again from the stored votes, and
not where one of another session was being saved in the very moment in which the block was put together (PostgreSQL),
or where another machine's arithmetic decides between pairs that promise the same to nine decimals. What the seal of a
block vouches for needs no computing: its trials, sides and sampling probabilities are those that were issued.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.models import (
    Event,
    Exclusion,
    ExclusionAction,
    Pair,
    PairKind,
    Session,
    Side,
    Stimulus,
    StimulusRole,
    Study,
    Trial,
    TrialKind,
    Vote,
)
from app.sessions.drawing import Adaptive, Contest, Load
from app.sessions.issuing import plan_of
from app.sessions.loads import ABANDONED_AFTER
from app.sessions.schedule import Before, Slot, Stock, next_block, practice
from app.studies.states import protocol_of


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it was stored, and as it is computed again."""

    number: int
    stored: tuple[Slot, ...]
    computed: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    trial: Trial
    scene: str
    received_at: datetime | None


def blocks(database: Database, session_id: int) -> list[Block]:
    """Every block that the session was issued, beside the same computed from its seed."""
    with database.read() as db:
        session = db.get_one(Session, session_id)
        rows = _rows(db, session)
        past = _Past(db, session)
        return [
            _block(db, session, [row for row in rows if row.trial.id < of_block[0].trial.id], of_block, past)
            for of_block in (list(group) for _, group in groupby(rows, key=lambda row: row.trial.block))
        ]


def _rows(db: OrmSession, session: Session) -> list[_Row]:
    rows = db.execute(
        select(Trial, Pair.scene, Vote.received_at)
        .join(Pair, Pair.id == Trial.pair_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(Trial.session_id == session.id)
        .order_by(Trial.position)
    )
    return [_Row(trial, scene, received_at) for trial, scene, received_at in rows]


def _block(db: OrmSession, session: Session, before: list[_Row], of_block: list[_Row], past: "_Past") -> Block:
    protocol = protocol_of(db.get_one(Study, session.study_id))
    number = of_block[0].trial.block
    stored = tuple(
        Slot(row.trial.pair_id, row.trial.kind, row.scene, row.trial.a_on_left, row.trial.probability)
        for row in of_block
    )
    had = Counter(row.trial.pair_id for row in before)
    if number <= 0:
        pairs = past.own(PairKind.PRACTICE, had)
        found = practice(
            session.seed, pairs, protocol.practice_trials, attempt=-number, wanted=protocol.practice_pass
        )  # fmt: skip
        return Block(number, stored, tuple(found))
    again = {row.trial.pair_id for row in before if row.trial.kind is TrialKind.REPEAT}
    first = max((row.trial.position + 1 for row in before), default=0)
    at, shown = of_block[0].trial.issued_at, [row for row in before if row.trial.kind is not TrialKind.PRACTICE]
    stock = Stock(
        tests=past.tests(of_block[0].trial, at),
        catch=past.own(PairKind.CATCH, had),
        dummies=past.own(PairKind.PRACTICE, had),
        before=[
            Before(row.trial.pair_id, row.scene, row.trial.a_on_left, first - row.trial.position)
            for row in before
            if row.trial.kind is TrialKind.TEST and row.received_at is not None and row.received_at <= at
            and row.trial.pair_id not in again
        ],
        after=shown[-1].scene if shown else None,
        adaptive=Adaptive(protocol.adaptive_floor, past.contests(of_block[0].trial, at))
        if protocol.is_adaptive else None,
    )  # fmt: skip
    computed = next_block(plan_of(session, protocol), number, stock)
    if all(slot.probability is None for slot in stored):  # the block is older than the column
        computed = [replace(slot, probability=None) for slot in computed]
    return Block(number, stored, tuple(computed))


class _Past:
    """What the tables said of the study's pairs at an earlier moment."""

    def __init__(self, db: OrmSession, session: Session) -> None:
        self._session = session
        of_study = Session.study_id == session.study_id
        self._pairs = list(
            db.execute(
                select(Pair.id, Pair.scene, Pair.kind, Stimulus.role, Pair.task, Pair.a_id, Pair.b_id)
                .join(Stimulus, Stimulus.id == Pair.a_id)
                .where(Pair.study_id == session.study_id)
                .order_by(Pair.id)
            )
        )
        self._trials = list(
            db.execute(
                select(Trial, Vote.received_at, Vote.side, Session.subject_id, Session.simulated, Session.pilot)
                .join(Session, Session.id == Trial.session_id)
                .outerjoin(Vote, Vote.trial_id == Trial.id)
                .where(of_study)
                .order_by(Trial.id)
            )
        )
        self._seen = defaultdict[int, list[datetime]](list)
        for number, at in db.execute(
            select(Event.session_id, Event.at).join(Session).where(of_study).order_by(Event.session_id, Event.number)
        ):
            self._seen[number].append(at)
        self._decisions = list(
            db.scalars(select(Exclusion).join(Session).where(of_study).order_by(Exclusion.id))
        )  # fmt: skip

    def own(self, kind: PairKind, had: Counter[int]) -> list[Load]:
        """Catch or practice pairs, with how often the session had had each."""
        reference = StimulusRole.REFERENCE
        return [
            Load(pair, scene, had[pair], known=role is reference)
            for pair, scene, of, role, *_ in self._pairs
            if of is kind
        ]

    def tests(self, until: Trial, at: datetime) -> list[Load]:
        """The pairs that the subject had not seen, with how often valid subjects had judged each."""
        judged, a_left, seen = Counter[int](), Counter[int](), set[int]()
        for trial, _, _, subject_id, *_ in self._trials:
            if trial.id < until.id and subject_id == self._session.subject_id:
                seen.add(trial.pair_id)
        for trial, received_at, _ in self._counting(until, at):
            if self._weighed(trial, received_at, at):
                judged[trial.pair_id] += 1
                a_left[trial.pair_id] += trial.a_on_left
        return [
            Load(pair, scene, judged[pair], a_left[pair])
            for pair, scene, of, *_ in self._pairs
            if of is PairKind.TEST and pair not in seen
        ]

    def contests(self, until: Trial, at: datetime) -> list[Contest]:
        """Every test pair, with what valid subjects had answered."""
        won, votes = defaultdict[int, float](float), Counter[int]()
        for trial, received_at, side in self._counting(until, at):
            if received_at is not None and received_at <= at:
                a_side = Side.LEFT if trial.a_on_left else Side.RIGHT
                won[trial.pair_id] += 0.5 if side is Side.TIE else float(side is a_side)
                votes[trial.pair_id] += 1
        return [
            Contest(pair, task, scene, a, b, won[pair], votes[pair] - won[pair])
            for pair, scene, of, _, task, a, b in self._pairs
            if of is PairKind.TEST
        ]

    def _counting(self, until: Trial, at: datetime) -> Iterator[tuple[Trial, datetime | None, Side | None]]:
        """The earlier test trials of sessions that counted at the time, each with its vote."""
        out = self._excluded(at)
        for trial, received_at, side, _, simulated, pilot in self._trials:
            counts = simulated is self._session.simulated and not pilot and trial.session_id not in out
            if trial.id < until.id and trial.kind is TrialKind.TEST and counts:
                yield trial, received_at, side

    def _excluded(self, at: datetime) -> set[int]:
        latest = {one.session_id: one.action for one in self._decisions if one.decided_at <= at}
        return {number for number, action in latest.items() if action is ExclusionAction.EXCLUDE}

    def _weighed(self, trial: Trial, received_at: datetime | None, at: datetime) -> bool:
        if received_at is not None and received_at <= at:
            return True
        if trial.given_back_at is not None and trial.given_back_at <= at:
            return False
        heard = self._seen[trial.session_id]
        until = bisect_right(heard, at)
        return until > 0 and heard[until - 1] > at - ABANDONED_AFTER
