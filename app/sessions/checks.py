"""How a study's sessions are doing: who is excluded, and what every session has done."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.audit import Actor, note
from app.db.models import (
    Exclusion,
    ExclusionAction,
    ExternalId,
    Outcome,
    Service,
    Session,
    Side,
    Subject,
    TrialKind,
)
from app.errors import BadInput, Conflict, NotFound
from app.sessions.exclusions import MANUAL_RULE, decide, whose_kind
from app.sessions.loads import counted
from app.sessions.numbers import standing
from app.sessions.strips import Mark, Shown, agreement, mark, trials_of
from app.studies import states
from app.studies.plain import PLAIN, is_plain


class AlreadyExcluded(Conflict):
    """The session is excluded already."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"This session is excluded already, for another reason ({reason})",
            "leave it so, or readmit it first; reload the monitor to see every decision",
        )

    def extras(self) -> dict[str, Any]:
        """Where the session stands, and why."""
        return {"state": "excluded", "reason": self.reason}


class NotExcluded(Conflict):
    """There is no exclusion to take back."""

    def __init__(self) -> None:
        super().__init__(
            "This session is not excluded, so there is nothing to take back",
            "leave it as it is; reload the monitor to see every decision",
        )

    def extras(self) -> dict[str, Any]:
        """Where the session stands."""
        return {"state": "not excluded"}


class WithdrawnForGood(Conflict):
    """Somebody who withdrew is never readmitted."""

    def __init__(self) -> None:
        super().__init__(
            "This subject has withdrawn, and the consent text promises that their answers are excluded for good",
            "leave it as it is; whoever wants to take part after all needs a new link",
        )

    def extras(self) -> dict[str, Any]:
        """Where the session stands."""
        return {"state": "withdrawn"}


class NoSuchSession(NotFound):
    """The study has no session of this number."""

    def __init__(self, session_id: int) -> None:
        super().__init__(
            f"There is no session {session_id} in this study",
            "choose one that its monitor lists (GET /api/v1/studies/{number}/sessions)",
        )


class ReasonNeeded(BadInput):
    """A decision about data is worth nothing without its reason."""

    def __init__(self) -> None:
        super().__init__(
            f"A decision needs a reason of 1 to 500 characters, {PLAIN}",
            "please write a reason; it is kept with the decision and shown on the monitor",
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a session was excluded or readmitted."""

    action: ExclusionAction
    rule: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One row of the monitor."""

    id: int
    label: str
    state: str  # where it stands: see ``numbers.standing``
    simulated: bool
    pilot: bool
    started_at: datetime
    last_seen_at: datetime
    completed_at: datetime | None
    outcome: Outcome | None  # None while it may go on
    service: Service | None  # that sent the subject
    answered: int
    planned: int
    strip: tuple[Mark, ...]  # the trials issued so far, without practice and without slots that went to others
    catch_failures: int
    repeats: int  # pairs answered a second time
    repeats_agreed: int  # of these, those with the same answer as the first time
    median_ms: float | None
    left_rate: float | None  # of the answered test trials that were no ties
    decisions: tuple[Decision, ...]  # in their order; the last one holds

    @property
    def unnamed(self) -> "SessionSummary":
        """The same for whoever only sees how far the study is: no label, no reason, and nobody of the staff by name."""
        said = (replace(one, reason="", by=whose_kind(one.rule, one.by)) for one in self.decisions)
        return replace(self, label=f"session {self.id}", decisions=tuple(said))

    @property
    def catch_seen(self) -> int:
        """How many catch trials have been answered."""
        return sum(one.is_catch and one.answered for one in self.strip)

    @property
    def excluded(self) -> Decision | None:
        """The decision by which the session does not count now."""
        last = self.decisions[-1] if self.decisions else None
        return last if last and last.action is ExclusionAction.EXCLUDE else None


def exclude(database: Database, session_id: int, reason: str, by: Actor, *, study_id: int | None = None) -> None:
    """The session's votes no longer count, for a reason that is written down; ``readmit`` takes it back.

    With ``study_id`` only a session of that study can be meant. The same decision asked for again changes nothing.
    """
    _decide(database, session_id, ExclusionAction.EXCLUDE, reason, by, study_id)


def readmit(database: Database, session_id: int, reason: str, by: Actor, *, study_id: int | None = None) -> None:
    """The session's votes count again; the catch rule does not judge it a second time."""
    _decide(database, session_id, ExclusionAction.READMIT, reason, by, study_id)


def valid_sessions(database: Database, study_id: int, *, simulated: bool) -> int:
    """How many sessions of the study are complete and count."""
    complete = (*counted(study_id, simulated=simulated), Session.completed_at.is_not(None))
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(Session).where(*complete)).one()


def session_summaries(
    database: Database, study_id: int, *, before: int | None = None, limit: int | None = None, only: int | None = None
) -> list[SessionSummary]:
    """Every session of the study, the newest first; at most ``limit`` of them, with numbers below ``before``.

    ``only`` is the number of the one that is wanted.
    """
    wanted = [
        *([Session.id < before] if before is not None else []),
        *([Session.id == only] if only is not None else []),
    ]
    with database.read() as db:
        is_demo = states.find(db, study_id).is_demo
        sessions = db.execute(
            select(Session, Subject.label, ExternalId.service)
            .join(Subject, Subject.id == Session.subject_id)
            .outerjoin(ExternalId, ExternalId.subject_id == Subject.id)
            .where(Session.study_id == study_id, *wanted)
            .order_by(Session.id.desc())
            .limit(limit)
        ).all()
        first = min((row.id for row, *_ in sessions), default=0)
        last = max((row.id for row, *_ in sessions), default=0)
        within = (Session.study_id == study_id, Session.id.between(first, last))
        decisions, trials = _decisions(db, *within), trials_of(db, *within)
        return [_summary(row, label, by, trials[row.id], decisions[row.id], is_demo) for row, label, by in sessions]


def reasoned(reason: str) -> str:
    """The reason in one line; raises ``ReasonNeeded``."""
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= 500 or not is_plain(reason):
        raise ReasonNeeded
    return reason


def signature(who: Actor) -> str:
    """The name that stands under a decision."""
    return who.name or "somebody at the machine"


def _decide(
    database: Database, session_id: int, action: ExclusionAction, reason: str, by: Actor, study_id: int | None
) -> None:
    reason = reasoned(reason)
    with database.write() as db:
        session = db.get(Session, session_id, with_for_update=True)
        if session is None or study_id not in (None, session.study_id):
            raise NoSuchSession(session_id)
        if action is ExclusionAction.READMIT and session.outcome is Outcome.WITHDRAWN:
            raise WithdrawnForGood
        last = _decisions(db, Session.id == session_id)[session_id][-1:]
        if last and (last[0].action, last[0].reason) == (action, reason):
            return  # whoever lost the reply asks again
        if action is ExclusionAction.EXCLUDE and last and last[0].action is ExclusionAction.EXCLUDE:
            raise AlreadyExcluded(last[0].reason)
        if action is ExclusionAction.READMIT and not (last and last[0].action is ExclusionAction.EXCLUDE):
            raise NotExcluded
        decide(db.connection(), session_id, action, rule=MANUAL_RULE, reason=reason, by=signature(by), at=now())
        deed = "session excluded" if action is ExclusionAction.EXCLUDE else "session readmitted"
        note(db, by, deed, study_id=session.study_id, session=session_id)  # the decision itself has the reason


def _decisions(db: OrmSession, *within: ColumnElement[bool]) -> dict[int, list[Decision]]:
    rows = db.scalars(
        select(Exclusion).join(Session, Session.id == Exclusion.session_id).where(*within).order_by(Exclusion.id)
    )
    found = defaultdict[int, list[Decision]](list)
    for row in rows:
        found[row.session_id].append(Decision(row.action, row.rule, row.reason, row.decided_by, row.decided_at))
    return found


def _summary(
    session: Session,
    label: str,
    service: Service | None,
    trials: list[Shown],
    decisions: list[Decision],
    is_demo: bool,
) -> SessionSummary:
    strip = tuple(mark(shown) for shown in trials)
    times = [shown.elapsed_ms for shown in trials if shown.elapsed_ms is not None and shown.kind is TrialKind.TEST]
    sides = [shown.side for shown in trials if shown.kind is TrialKind.TEST and shown.side in (Side.LEFT, Side.RIGHT)]
    repeats, agreed = agreement(trials)
    excluded = bool(decisions) and decisions[-1].action is ExclusionAction.EXCLUDE
    state = standing(session, excluded=excluded, is_demo=is_demo)
    return SessionSummary(
        session.id, label, state, session.simulated, session.pilot, session.started_at, session.last_seen_at,
        session.completed_at, session.outcome, service,
        answered=sum(one.answered for one in strip), planned=session.planned,
        strip=strip, repeats=repeats, repeats_agreed=agreed,
        catch_failures=sum(one.correct is False for one in strip), median_ms=median(times) if times else None,
        left_rate=sides.count(Side.LEFT) / len(sides) if sides else None, decisions=tuple(decisions),
    )  # fmt: skip
