"""Where a session stands, read from its rows: what was agreed to, asked and looked at, its blocks and their answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.models import (
    Check,
    Consent,
    Outcome,
    Pair,
    Questionnaire,
    Screening,
    Session,
    Side,
    Stimulus,
    StimulusRole,
    Study,
    Trial,
    TrialKind,
    Vote,
)
from app.errors import NotFound
from app.sessions.loads import ABANDONED_AFTER
from app.studies.fields import Gate, ViewingModule
from app.studies.protocol import Protocol
from app.studies.states import protocol_of, takes_answers


class Stage(StrEnum):
    """Which page a subject sees."""

    CONSENT = "consent"
    QUESTIONNAIRE = "questionnaire"
    DISPLAY = "display"  # the gate: can this screen show the pictures as they are?
    VIEWING = "viewing"  # the viewing conditions that the protocol wants looked at, one page for each
    INSTRUCTIONS = "instructions"
    PRACTICE = "practice"
    PRACTICE_DONE = "practice_done"
    BLOCK = "block"
    BREAK = "break"
    RESTING = "resting"  # the day's sitting has been long enough
    PAUSED = "paused"  # the study is paused or closed
    END = "end"
    WITHDRAWN = "withdrawn"


class SessionNotFound(NotFound):
    """No session has this token."""

    def __init__(self) -> None:
        super().__init__("There is no such session", "open your link again, or ask for a new one")


@dataclass(frozen=True, slots=True)
class BlockCount:
    """How far a block is."""

    issued: int
    answered: int
    judging_ms: int
    last_answer: datetime | None


_NOTHING = BlockCount(0, 0, 0, None)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session with everything that decides what comes next."""

    session: Session
    study: Study
    protocol: Protocol
    consented: bool
    asked: bool  # whether the questionnaire was answered
    checks: dict[Check, bool]  # the latest look at each viewing condition, and whether it was passed
    blocks: dict[int, BlockCount]  # 0 is practice, and below it practice again
    known_right: int  # right answers in the latest practice, of those that are known; counted for a pass mark alone
    sat: BlockCount  # what was judged in the present sitting; counted for a limit alone
    at: datetime

    @property
    def sizes(self) -> tuple[int, ...]:
        """Trials per block, practice and dummies apart."""
        return self.protocol.block_sizes(self.session.comparisons)

    @property
    def gated(self) -> bool:
        """Whether the display gate is still to be passed."""
        gate = self.protocol.display_gate
        return gate is not Gate.OFF and not (
            self.checks.get(Check.DISPLAY, False) if gate is Gate.REQUIRE else Check.DISPLAY in self.checks
        )

    @property
    def viewing(self) -> ViewingModule | None:
        """The viewing condition to be looked at next; None where all were."""
        return next((module for module in self.protocol.viewing if Check(module.value) not in self.checks), None)

    @property
    def current(self) -> int | None:
        """The block issued last; 0 is practice."""
        return max(self.blocks, default=None)

    @property
    def latest(self) -> BlockCount | None:
        """The trials issued last: those of the latest block, or of the latest attempt at practice."""
        return self.blocks.get(self.current or min(self.blocks, default=0))

    @property
    def attempts(self) -> int:
        """How often practice was begun."""
        return sum(block <= 0 for block in self.blocks)

    @property
    def practised(self) -> bool:
        """Whether practice has brought as many right answers as the protocol wants."""
        return self.known_right >= self.protocol.practice_pass

    @property
    def rest_until(self) -> datetime | None:
        """When the next sitting may begin; None while this one may go on."""
        limit, last = self.protocol.sitting_minutes, self.sat.last_answer
        if limit is None or last is None or self.sat.judging_ms < limit * 60_000:
            return None
        return last + timedelta(hours=self.protocol.rest_hours)

    @property
    def rested(self) -> bool:
        """Whether somebody comes back: a whole rest after their last answer, or with slots that had to return."""
        limit, last = self.protocol.sitting_minutes, self.sat.last_answer
        if limit is not None and last is not None and last + timedelta(hours=self.protocol.rest_hours) <= self.at:
            return True
        return self.has_open_trials and self.session.last_seen_at + ABANDONED_AFTER <= self.at

    @property
    def has_open_trials(self) -> bool:
        """Whether a trial waits for its answer."""
        return any(count.answered < count.issued for count in self.blocks.values())

    @property
    def break_until(self) -> datetime | None:
        """When the enforced break is over; None where none is enforced."""
        count = self.blocks.get(self.current or 0)
        if not self.current or not self.protocol.break_minutes or count is None or count.last_answer is None:
            return None
        return count.last_answer + timedelta(minutes=self.protocol.break_minutes)

    @property
    def takes_answers(self) -> bool:
        """Whether the study goes on with this session."""
        return takes_answers(self.study.state, pilot=self.session.pilot)

    @property
    def stage(self) -> Stage:
        """Which page comes now."""
        if self.session.outcome is not None:
            return Stage.WITHDRAWN if self.session.outcome is Outcome.WITHDRAWN else Stage.END
        if not self.takes_answers:
            return Stage.PAUSED
        if self.current is None:
            return self._before_practice()
        if self.rest_until or self.rested:
            return Stage.RESTING
        if self.has_open_trials:
            return Stage.BLOCK if self.current else Stage.PRACTICE
        return Stage.BREAK if self.current else Stage.PRACTICE_DONE

    def _before_practice(self) -> Stage:
        if not self.consented:
            return Stage.CONSENT
        if self.protocol.questionnaire and not self.asked:
            return Stage.QUESTIONNAIRE
        if self.gated:
            return Stage.DISPLAY
        return Stage.VIEWING if self.viewing else Stage.INSTRUCTIONS


def load(db: OrmSession, session_token: str) -> Sitting:
    """Where the session stands; raises ``SessionNotFound``."""
    found = db.execute(
        select(Session, Study).join(Study, Study.id == Session.study_id).where(Session.token == session_token)
    )
    both = found.one_or_none()
    if both is None:
        raise SessionNotFound
    session, study = both
    protocol, blocks = protocol_of(study), _blocks(db, session)
    counts_right = protocol.practice_pass > 0 and max(blocks, default=1) == 0
    looks = select(Screening.kind, Screening.passed).where(Screening.session_id == session.id).order_by(Screening.id)
    return Sitting(
        session, study, protocol, consented=db.get(Consent, session.id) is not None,
        asked=db.get(Questionnaire, session.id) is not None,
        checks={look.kind: look.passed for look in db.execute(looks)}, blocks=blocks,
        known_right=_known_right(db, session, min(blocks)) if counts_right else 0,
        sat=_sat(db, session) if protocol.sitting_minutes else _NOTHING, at=now(),
    )  # fmt: skip


def held(db: OrmSession, session_token: str) -> Sitting:
    """The same, with the session's row locked first: two tabs that press the same button come one by one."""
    db.execute(select(Session.id).where(Session.token == session_token).with_for_update())
    return load(db, session_token)


def _blocks(db: OrmSession, session: Session) -> dict[int, BlockCount]:
    """Every block that was issued, with what is still its own of it; the number of one given back whole is used too."""
    own = and_(Vote.trial_id == Trial.id, Trial.given_back_at.is_(None))
    rows = db.execute(
        select(
            Trial.block, func.count().filter(Trial.given_back_at.is_(None)), func.count(Vote.id),
            func.sum(Vote.elapsed_ms), func.max(Vote.received_at),
        )
        .outerjoin(Vote, own)
        .where(Trial.session_id == session.id)
        .group_by(Trial.block)
    )  # fmt: skip
    return {block: BlockCount(issued, answered, ms or 0, last) for block, issued, answered, ms, last in rows}


def _sat(db: OrmSession, session: Session) -> BlockCount:
    query = (
        select(func.count(), func.sum(Vote.elapsed_ms), func.max(Vote.received_at))
        .join(Trial, Trial.id == Vote.trial_id)
        .where(Trial.session_id == session.id, Vote.received_at >= session.sitting_began_at)
    )
    answered, ms, last = db.execute(query).one()
    return BlockCount(answered, answered, ms or 0, last)


def _known_right(db: OrmSession, session: Session, block: int) -> int:
    right = or_(
        and_(Trial.a_on_left.is_(True), Vote.side == Side.LEFT),
        and_(Trial.a_on_left.is_(False), Vote.side == Side.RIGHT),
    )
    return db.scalars(
        select(func.count())
        .select_from(Trial)
        .join(Vote, Vote.trial_id == Trial.id)
        .join(Pair, Pair.id == Trial.pair_id)
        .join(Stimulus, Stimulus.id == Pair.a_id)
        .where(
            Trial.session_id == session.id, Trial.block == block, Stimulus.role == StimulusRole.REFERENCE, right
        )
    ).one()  # fmt: skip


def locale_of(database: Database, session_token: str) -> str:
    """The language of the session's pages; raises ``SessionNotFound``."""
    with database.read() as db:
        locale = db.scalar(select(Session.locale).where(Session.token == session_token))
    if locale is None:
        raise SessionNotFound
    return locale


def last_scene_of(db: OrmSession, session: Session) -> str | None:
    """The scene that the session was shown last, practice apart."""
    return db.scalar(
        select(Pair.scene)
        .join(Trial, Trial.pair_id == Pair.id)
        .where(Trial.session_id == session.id, Trial.kind != TrialKind.PRACTICE)
        .order_by(Trial.position.desc())
        .limit(1)
    )
