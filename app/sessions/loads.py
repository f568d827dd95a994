"""How often each pair has been judged: what the schedule balances, read from the tables.

A trial weighs on its pair when it has an answer, or when one may still come. Sessions that are excluded or pilots
weigh nothing; a session that has sent nothing for a day keeps its answers and gives its unanswered slots back. What
becomes of them when it resumes, ``resuming`` decides.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, case, func, or_, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import aliased

from app.db.models import Pair, PairKind, Session, Side, Stimulus, StimulusRole, Trial, TrialKind, Vote
from app.sessions.drawing import Contest, Load
from app.sessions.exclusions import excluded
from app.sessions.schedule import Before

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


def weighs(at: datetime) -> ColumnElement[bool]:
    """Whether a trial, joined to its session and outer-joined to its vote, has an answer or may still get one."""
    awaited = and_(Trial.given_back_at.is_(None), Session.last_seen_at > at - ABANDONED_AFTER)
    return or_(Vote.id.is_not(None), awaited)


def unseen_loads(db: OrmSession, session: Session, at: datetime) -> list[Load]:
    """The pairs that the session's subject has not seen, with how often valid subjects have judged each."""
    seen = select(Trial.pair_id).join(Session).where(Session.subject_id == session.subject_id)
    unseen = (Pair.study_id == session.study_id, Pair.kind == PairKind.TEST, Pair.id.not_in(seen))
    weight = (
        select(Trial.pair_id, func.count().label("judged"), func.sum(Trial.a_on_left.cast(Integer)).label("a_left"))
        .join(Session, Session.id == Trial.session_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(
            Trial.kind == TrialKind.TEST,
            *counted(session.study_id, simulated=session.simulated),
            weighs(at),
        )
        .group_by(Trial.pair_id)
        .subquery()
    )
    rows = db.execute(
        select(Pair.id, Pair.scene, func.coalesce(weight.c.judged, 0), func.coalesce(weight.c.a_left, 0))
        .outerjoin(weight, weight.c.pair_id == Pair.id)
        .where(*unseen)
        .order_by(Pair.id)
    )
    return [Load(pair_id, scene, judged, a_left) for pair_id, scene, judged, a_left in rows]


def contests(db: OrmSession, session: Session) -> list[Contest]:
    """Every test pair of the study, with what valid subjects have answered so far."""
    for_a = case(
        (Vote.side == Side.TIE, 0.5), (Trial.a_on_left.is_(True), case((Vote.side == Side.LEFT, 1.0), else_=0.0)),
        else_=case((Vote.side == Side.RIGHT, 1.0), else_=0.0),
    )  # fmt: skip
    answers = (
        select(Trial.pair_id, func.count().label("votes"), func.sum(for_a).label("won"))
        .join(Session, Session.id == Trial.session_id)
        .join(Vote, Vote.trial_id == Trial.id)
        .where(Trial.kind == TrialKind.TEST, *counted(session.study_id, simulated=session.simulated))
        .group_by(Trial.pair_id)
        .subquery()
    )
    rows = db.execute(
        select(
            Pair.id, Pair.task, Pair.scene, Pair.a_id, Pair.b_id,
            func.coalesce(answers.c.votes, 0), func.coalesce(answers.c.won, 0.0),
        )
        .outerjoin(answers, answers.c.pair_id == Pair.id)
        .where(Pair.study_id == session.study_id, Pair.kind == PairKind.TEST)
        .order_by(Pair.id)
    )  # fmt: skip
    return [
        Contest(pair, task, scene, a, b, float(won), votes - float(won)) for pair, task, scene, a, b, votes, won in rows
    ]


def own_loads(db: OrmSession, session: Session, kind: PairKind) -> list[Load]:
    """The study's catch or practice pairs, with how often this session has had each."""
    mine = select(Trial.pair_id, func.count().label("had")).where(Trial.session_id == session.id)
    had = mine.group_by(Trial.pair_id).subquery()
    rows = db.execute(
        select(Pair.id, Pair.scene, func.coalesce(had.c.had, 0), Stimulus.role)
        .join(Stimulus, Stimulus.id == Pair.a_id)
        .outerjoin(had, had.c.pair_id == Pair.id)
        .where(Pair.study_id == session.study_id, Pair.kind == kind)
        .order_by(Pair.id)
    )
    reference = StimulusRole.REFERENCE
    return [Load(pair_id, scene, times, known=role is reference) for pair_id, scene, times, role in rows]


def to_repeat(db: OrmSession, session: Session) -> list[Before]:
    """The pairs that the session has judged and that have not come again yet."""
    again = aliased(Trial)
    repeated = select(again.pair_id).where(again.session_id == session.id, again.kind == TrialKind.REPEAT)
    rows = db.execute(
        select(Trial.pair_id, Pair.scene, Trial.a_on_left, Trial.position)
        .join(Pair, Pair.id == Trial.pair_id)
        .join(Vote, Vote.trial_id == Trial.id)
        .where(Trial.session_id == session.id, Trial.kind == TrialKind.TEST, Trial.pair_id.not_in(repeated))
        .order_by(Trial.position)
    )
    first = next_position(db, session)
    return [Before(pair_id, scene, a_on_left, first - position) for pair_id, scene, a_on_left, position in rows]


def next_position(db: OrmSession, session: Session) -> int:
    """The place of the session's next trial; those whose slots went to others keep theirs."""
    return db.scalars(
        select(func.coalesce(func.max(Trial.position) + 1, 0)).where(Trial.session_id == session.id)
    ).one()
