"""What becomes of a session when its subject comes back: its sitting begins anew, and what others took over is gone.

A session that has sent nothing for 24 hours is abandoned, and its unanswered slots return. A slot has been *reissued*
when a session that counts was issued the pair after that, and its answer is there or may still come; where two
abandoned sessions held a slot of one pair and one was issued again, the first of them to resume gives its own back.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session as OrmSession

from app.db.models import Event, Session, Trial, TrialKind, Vote
from app.sessions import events, votes
from app.sessions.loads import ABANDONED_AFTER, counted, weighs
from app.studies.protocol import Protocol

_MOST = 1_000  # lines that say so in one log; nobody comes back so often, a script that fills the disk does


def come_back(db: OrmSession, session: Session, protocol: Protocol, at: datetime) -> None:
    """The session goes on, and its log says so; of one that has ended nothing more is written down.

    The caller holds the study.
    """
    resume(db, session, protocol, at)
    if session.outcome is not None:
        return
    session.last_seen_at = at
    db.flush()
    lines = select(func.count()).where(Event.session_id == session.id, Event.kind == events.RESUMED)
    if db.scalars(lines).one() < _MOST:
        events.append(db.connection(), session.id, events.RESUMED, {}, at)


def resume(db: OrmSession, session: Session, protocol: Protocol, at: datetime) -> None:
    """The session is as it goes on now; the caller holds the study, and says afterwards that it was seen."""
    db.refresh(session, with_for_update=True)
    if session.outcome is not None:
        return
    give_back(db, session, protocol, at)
    if rested(db, session, protocol, at):
        session.sitting_began_at = at
        db.flush()


def rested(db: OrmSession, session: Session, protocol: Protocol, at: datetime) -> bool:
    """Whether the last answer of the session's sitting lies a whole rest back."""
    if protocol.sitting_minutes is None:
        return False
    last = db.scalar(
        select(func.max(Vote.received_at))
        .join(Trial, Trial.id == Vote.trial_id)
        .where(Trial.session_id == session.id, Vote.received_at >= session.sitting_began_at)
    )
    return last is not None and last + timedelta(hours=protocol.rest_hours) <= at


def give_back(db: OrmSession, session: Session, protocol: Protocol, at: datetime) -> None:
    """Unanswered trials whose slots have been reissued since the session was abandoned are its own no longer.

    A session that has judged nothing yet keeps all it was issued: otherwise its end could come before its first answer.
    The rows stay, and so do their seals: an answer that still arrives is kept, one judgement more than was needed.
    """
    returned_at = session.last_seen_at + ABANDONED_AFTER
    if session.pilot or returned_at > at or not _has_judged(db, session):
        return
    waiting = list(
        db.scalars(
            select(Trial)
            .outerjoin(Vote, Vote.trial_id == Trial.id)
            .where(Trial.session_id == session.id, Vote.id.is_(None), Trial.given_back_at.is_(None))
            .order_by(Trial.position)
        )
    )
    held = {trial.pair_id for trial in waiting if trial.kind is TrialKind.TEST}
    gone = _reissued(db, session, held, returned_at, at)
    given = [trial for trial in waiting if trial.pair_id in gone]  # with its repeat, if that was issued already
    if not given:
        return
    for trial in given:
        trial.given_back_at = at
    session.planned -= len(given)
    db.flush()
    events.append(db.connection(), session.id, events.GIVEN_BACK, {"trials": [trial.id for trial in given]}, at)
    votes.complete(db.connection(), session.id, session.planned, protocol, at)  # perhaps nothing else was left
    db.refresh(session)


def _has_judged(db: OrmSession, session: Session) -> bool:
    judged = select(Vote.id).join(Trial, Trial.id == Vote.trial_id)
    own = (Trial.session_id == session.id, Trial.kind == TrialKind.TEST, Trial.given_back_at.is_(None))
    return db.scalar(judged.where(*own).limit(1)) is not None


def _reissued(db: OrmSession, session: Session, pairs: set[int], since: datetime, at: datetime) -> set[int]:
    """Those of these pairs that were issued to others more often than others have given them back since."""
    others = (
        select(Trial.pair_id, func.count())
        .join(Session, Session.id == Trial.session_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(
            Trial.kind == TrialKind.TEST, Trial.pair_id.in_(pairs), Session.id != session.id,
            *counted(session.study_id, simulated=session.simulated),
        )
        .group_by(Trial.pair_id)
    )  # fmt: skip
    issued = _counted(db, others.where(weighs(at), Trial.issued_at >= since))
    given_back = _counted(db, others.where(Vote.id.is_(None), Trial.given_back_at >= since))
    return {pair for pair in pairs if issued[pair] > given_back[pair]}


def _counted(db: OrmSession, query: Select[int, int]) -> Counter[int]:
    return Counter(dict(db.execute(query).all()))
