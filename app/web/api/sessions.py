"""Sessions over the API: how far each has come, what its catch trials say, and whether it counts."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from app.db.models import ExclusionAction, Outcome, Service
from app.sessions import checks, coverage, withdrawal
from app.sessions.checks import (
    AlreadyExcluded,
    NoSuchSession,
    NotExcluded,
    ReasonNeeded,
    SessionSummary,
    WithdrawnForGood,
)
from app.studies import service
from app.studies.states import StudyNotFound
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import LATER, MOMENT, After, Limit, Sent, Told, example
from app.web.downloads import participants_csv
from app.web.pages import Context, Ctx, Id
from app.web.rights import May, Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["subjects"])
_READ, _WRITE = Scope.SUBJECTS_READ, Scope.SUBJECTS_WRITE
_DECISION = {
    "action": "exclude", "rule": "manual", "reason": "fell asleep, said so afterwards", "by": "ada", "at": LATER,
}  # fmt: skip
_SESSION = {
    "id": 41, "label": "grace", "state": "excluded", "simulated": False, "pilot": False, "started_at": MOMENT,
    "last_seen_at": LATER, "completed_at": LATER, "outcome": "completed", "service": "prolific",
    "answered": 125, "planned": 125, "catch_seen": 5,
    "catch_failures": 1, "repeats": 10, "repeats_agreed": 9,
    "median_ms": 3120.0, "left_rate": 0.52, "decisions": [_DECISION],
}  # fmt: skip
_PAIR = {"a": "mae", "b": "ms_ssim", "judged": 54, "target": 100, "least": 1, "most": 4}


class DecisionTold(Told):
    """Why a session was excluded or readmitted."""

    model_config = example(_DECISION)

    action: ExclusionAction
    rule: str = Field(
        description="`catch` and `screening`: the protocol's; `manual`: a person's; `withdrawn`: the subject's."
    )
    reason: str = Field(description="Empty for whoever is only a viewer.")
    by: str = Field(description="The account; for viewers `account`, `protocol` or `subject`.")
    at: datetime


class SessionTold(Told):
    """A subject's sitting."""

    model_config = example(_SESSION)

    id: int
    label: str = Field(description="The subject's label; `session` and its number for whoever is only a viewer.")
    state: Literal[
        "under way", "complete", "abandoned", "excluded", "screened out", "withdrawn", "pilot", "a visitor"
    ]  # fmt: skip
    simulated: bool
    pilot: bool
    started_at: datetime
    last_seen_at: datetime
    completed_at: datetime | None
    outcome: Outcome | None = Field(description="How the session ended; null while it may go on.")
    service: Service | None = Field(description="The recruiting service that sent the subject, if one did.")
    answered: int
    planned: int
    catch_seen: int
    catch_failures: int
    repeats: int = Field(description="Pairs answered a second time, their sides the other way round.")
    repeats_agreed: int = Field(description="Of these, those with the same answer as the first time.")
    median_ms: float | None = Field(description="Median time of the answers to test trials.")
    left_rate: float | None = Field(description="Share of left among the answered test trials that were no ties.")
    decisions: list[DecisionTold] = Field(description="In their order; the last one holds.")


class SessionsTold(Told):
    """A page of sessions."""

    model_config = example({"items": [_SESSION], "next": 41})

    items: list[SessionTold]
    next: int | None = Field(description="What to send as `after` for the next page; null where there is none.")


class Reason(Sent):
    """Why a session is excluded or readmitted."""

    model_config = example({"reason": "fell asleep, said so afterwards"})

    reason: str = Field(description="1 to 500 printable characters; kept with the decision.")


class Withdrawal(Sent):
    """A withdrawal that a subject asked for, and whose it is."""

    model_config = example({"label": "grace", "reason": "asked for by mail on 3 March"})

    label: str = Field(description="The subject's label as the session has it: a withdrawal cannot be taken back.")
    reason: str = Field(description="1 to 500 printable characters, without names; kept with the decision.")


class CoveredPair(Told):
    """How far two conditions of a task have come, over all its scenes."""

    model_config = example(_PAIR)

    a: str
    b: str
    judged: int
    target: int
    least: int = Field(description="Judgements in the scene that has fewest.")
    most: int


class CoveredTask(Told):
    """How far the pairs of a task have come."""

    model_config = example({"task": "denoise", "pairs": [_PAIR]})

    task: str
    pairs: list[CoveredPair]


class CoverageTold(Told):
    """How far every pair of a study has come."""

    model_config = example({"items": [{"task": "denoise", "pairs": [_PAIR]}]})

    items: list[CoveredTask]


@router.get("/studies/{study_id}/sessions", **opens(_READ, StudyNotFound, numbered=True))
def list_sessions(request: Request, use: Ctx, study_id: Id, limit: Limit = 100, after: After = None) -> SessionsTold:
    """The sessions of a study, the newest first, page by page."""
    found = checks.session_summaries(use.database, study_id, before=after, limit=limit + 1)
    items = [_told(one, request.state.may) for one in found[:limit]]
    return SessionsTold(items=items, next=items[-1].id if len(found) > limit else None)


@router.get("/studies/{study_id}/sessions/{session_id}", **opens(_READ, StudyNotFound, NoSuchSession, numbered=True))
def read_session(request: Request, use: Ctx, study_id: Id, session_id: Id) -> SessionTold:
    """One session."""
    return _one(request, use, study_id, session_id)


@router.post(
    "/studies/{study_id}/sessions/{session_id}/exclude",
    **opens(_WRITE, StudyNotFound, NoSuchSession, AlreadyExcluded, ReasonNeeded, body="json", numbered=True),
)
def exclude(request: Request, use: Ctx, who: Asking, study_id: Id, session_id: Id, said: Reason) -> SessionTold:
    """The session's votes no longer count; the decision is kept in the name of the token's account."""
    service.get(use.database, study_id)
    checks.exclude(use.database, session_id, said.reason, who.actor, study_id=study_id)
    return _one(request, use, study_id, session_id)


@router.post(
    "/studies/{study_id}/sessions/{session_id}/readmit",
    **opens(
        _WRITE, StudyNotFound, NoSuchSession, NotExcluded, WithdrawnForGood, ReasonNeeded, body="json", numbered=True
    ),
)
def readmit(request: Request, use: Ctx, who: Asking, study_id: Id, session_id: Id, said: Reason) -> SessionTold:
    """The session's votes count again; the catch rule does not judge it a second time."""
    service.get(use.database, study_id)
    checks.readmit(use.database, session_id, said.reason, who.actor, study_id=study_id)
    return _one(request, use, study_id, session_id)


@router.post(
    "/studies/{study_id}/sessions/{session_id}/withdraw",
    **opens(_WRITE, StudyNotFound, NoSuchSession, ReasonNeeded, withdrawal.NotConfirmed, body="json", numbered=True),
)
def withdraw(request: Request, use: Ctx, who: Asking, study_id: Id, session_id: Id, said: Withdrawal) -> SessionTold:
    """The subject has withdrawn: excluded for good, and what is personal erased; nobody can take that back."""
    service.get(use.database, study_id)
    withdrawal.carry_out(use.database, study_id, session_id, said.label, said.reason, who.actor)
    return _one(request, use, study_id, session_id)


_LIST = opens(_READ, StudyNotFound, numbered=True, right=Right.RUNS)
_LIST["responses"] |= {200: {"description": "The list.", "content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("/studies/{study_id}/participants.csv", response_class=Response, **_LIST)
def read_participants(use: Ctx, study_id: Id) -> Response:
    """Who came from a recruiting service and how it went, as CSV: what to approve and pay by."""
    return participants_csv(use, study_id)


@router.get("/studies/{study_id}/coverage", **opens(_READ, StudyNotFound, numbered=True))
def read_coverage(use: Ctx, study_id: Id) -> CoverageTold:
    """How often every two conditions have been judged by valid subjects, and how often they should be."""
    found = coverage.coverage(use.database, study_id)
    return CoverageTold(items=[CoveredTask.model_validate(task) for task in found])


def _one(request: Request, use: Context, study_id: int, session_id: int) -> SessionTold:
    found = checks.session_summaries(use.database, study_id, before=session_id + 1, limit=1)
    if not found or found[0].id != session_id:
        raise NoSuchSession(session_id)
    return _told(found[0], request.state.may)


def _told(one: SessionSummary, may: May) -> SessionTold:
    """The session, without names for whoever only sees how far the study is."""
    one = one if may.analyses else one.unnamed
    return SessionTold.model_validate({name: getattr(one, name) for name in SessionTold.model_fields})
