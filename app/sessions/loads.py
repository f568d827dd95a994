"""How often each pair has been judged: what the schedule balances, read from the tables.

A trial weighs on its pair when it has an answer, or when one may still come. Sessions that are excluded or pilots
weigh nothing; a session that has sent nothing for a day keeps its answers and gives its unanswered slots back. An
issued trial is never taken back, though: its answer may wait on a device that is offline.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, func, or_, select
from sqlalchemy.orm import Session as OrmSession

from app.db.models import Pair, PairKind, Session, Trial, TrialKind, Vote
from app.sessions.exclusions import excluded
from app.sessions.schedule import Load

ABANDONED_AFTER = timedelta(hours=24)


def counted(study_id: int, *, simulated: bool) -> tuple[ColumnElement[bool], ...]:
    """What makes a session count: not a pilot, not excluded, and of the kind that is counted together."""
    of_study = select(Session.id).where(Session.study_id == study_id)
    return (
        Session.study_id == study_id,
        Session.simulated.is_(simulated),
        Session.pilot.is_(False),
        Session.id.not_in(excluded(of_study)),
    )


def unseen_loads(db: OrmSession, session: Session, at: datetime) -> list[Load]:
    """The pairs that the session's subject has not seen, with how often valid subjects have judged each."""
    seen = select(Trial.pair_id).join(Session).where(Session.subject_id == session.subject_id)
    unseen = (Pair.study_id == session.study_id, Pair.kind == PairKind.TEST, Pair.id.not_in(seen))
    weighs = (
        select(Trial.pair_id, func.count().label("judged"), func.sum(Trial.a_on_left.cast(Integer)).label("a_left"))
        .join(Session, Session.id == Trial.session_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(
            Trial.kind == TrialKind.TEST,
            *counted(session.study_id, simulated=session.simulated),
            or_(Vote.id.is_not(None), Session.last_seen_at > at - ABANDONED_AFTER),
        )
        .group_by(Trial.pair_id)
        .subquery()
    )
    rows = db.execute(
        select(Pair.id, Pair.scene, func.coalesce(weighs.c.judged, 0), func.coalesce(weighs.c.a_left, 0))
        .outerjoin(weighs, weighs.c.pair_id == Pair.id)
        .where(*unseen)
        .order_by(Pair.id)
    )
    return [Load(pair_id, scene, judged, a_left) for pair_id, scene, judged, a_left in rows]


def own_loads(db: OrmSession, session: Session, kind: PairKind) -> list[Load]:
    """The study's catch or practice pairs, with how often this session has had each."""
    mine = select(Trial.pair_id, func.count().label("had")).where(Trial.session_id == session.id)
    had = mine.group_by(Trial.pair_id).subquery()
    rows = db.execute(
        select(Pair.id, Pair.scene, func.coalesce(had.c.had, 0))
        .outerjoin(had, had.c.pair_id == Pair.id)
        .where(Pair.study_id == session.study_id, Pair.kind == kind)
        .order_by(Pair.id)
    )
    return [Load(pair_id, scene, times) for pair_id, scene, times in rows]
