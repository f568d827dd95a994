"""Which sessions count: the decisions about them, of which the latest holds, and the catch rule."""

from datetime import datetime

from sqlalchemy import Connection, Select, and_, bindparam, case, exists, func, insert, or_, select
from sqlalchemy.orm import aliased

from app.db.models import Exclusion, ExclusionAction, Side, Trial, TrialKind, Vote
from app.sessions import events
from app.sessions.events import BY_ACCOUNT, BY_PROTOCOL, BY_SUBJECT

CATCH_RULE, MANUAL_RULE, SCREENING_RULE, WITHDRAWN_RULE = "catch", "manual", "screening", "withdrawn"

_later = aliased(Exclusion)
LATEST = ~exists().where(_later.session_id == Exclusion.session_id, _later.id > Exclusion.id)

FAILED = or_(
    and_(Trial.a_on_left, Vote.side != Side.LEFT),
    and_(~Trial.a_on_left, Vote.side != Side.RIGHT),
)  # in a catch pair the first picture is the reference, or the better one of a chosen pair

FAILURES = (
    select(func.count())
    .select_from(Trial)
    .join(Vote, Vote.trial_id == Trial.id)
    .where(Trial.session_id == bindparam("session"), Trial.kind == TrialKind.CATCH, FAILED)
)
_JUDGED = select(
    exists().where(Exclusion.session_id == bindparam("session"), Exclusion.rule == CATCH_RULE)
)  # once only: somebody who was readmitted stays so
STANDING = (
    select(Exclusion.action).where(Exclusion.session_id == bindparam("session")).order_by(Exclusion.id.desc()).limit(1)
)  # the latest decision about the session
WHOSE_KIND = case(  # ``whose_kind`` of a row
    (Exclusion.rule.in_((CATCH_RULE, SCREENING_RULE)), BY_PROTOCOL),
    (and_(Exclusion.rule == WITHDRAWN_RULE, Exclusion.decided_by == BY_SUBJECT), BY_SUBJECT),
    else_=BY_ACCOUNT,
)
_DECIDE = insert(Exclusion)


def whose_kind(rule: str, by: str) -> str:
    """Who made a decision, without a name: ``protocol``, ``subject`` or ``account``."""
    if rule in (CATCH_RULE, SCREENING_RULE):
        return BY_PROTOCOL
    return BY_SUBJECT if (rule, by) == (WITHDRAWN_RULE, BY_SUBJECT) else BY_ACCOUNT


def catch_failed(a_on_left: bool, side: Side) -> bool:
    """Whether an answer to a catch trial is wrong: "can't tell" is, too."""
    return side is not (Side.LEFT if a_on_left else Side.RIGHT)


def excluded(study_sessions: Select[int]) -> Select[int]:
    """The numbers of those among these sessions that are excluded now."""
    return select(Exclusion.session_id).where(
        LATEST, Exclusion.action == ExclusionAction.EXCLUDE, Exclusion.session_id.in_(study_sessions)
    )


def decide(
    connection: Connection, session_id: int, action: ExclusionAction, *, rule: str, reason: str, by: str, at: datetime
) -> None:
    """The decision stands, and in the session's log too."""
    row = {"session_id": session_id, "action": action, "rule": rule, "reason": reason}
    connection.execute(_DECIDE, {**row, "decided_by": by, "decided_at": at})
    events.append(connection, session_id, action.value, {"rule": rule, "reason": reason, "by": by}, at)


def judge_catch(connection: Connection, session_id: int, *, allowed: int, planned: int, at: datetime) -> None:
    """The session is excluded if it has failed more catch trials than the protocol allows."""
    failures = connection.scalar(FAILURES, {"session": session_id}) or 0
    if failures <= allowed or connection.scalar(_JUDGED, {"session": session_id}):
        return
    wrong = "1 wrong answer" if failures == 1 else f"{failures} wrong answers"
    reason = f"{wrong} to catch trials ({planned} planned, {allowed} allowed)"
    decide(
        connection, session_id, ExclusionAction.EXCLUDE, rule=CATCH_RULE, reason=reason, by=BY_PROTOCOL, at=at
    )  # fmt: skip
