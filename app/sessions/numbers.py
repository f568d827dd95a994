"""How many sessions of a study stand where: what the monitor, the API and the command line count alike."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.clock import now
from app.db import Database
from app.db.models import Exclusion, ExclusionAction, Outcome, Session, Trial, TrialKind, Vote
from app.sessions.exclusions import LATEST
from app.sessions.loads import ABANDONED_AFTER
from app.studies import service, states


@dataclass(frozen=True, slots=True)
class StudyNumbers:
    """Sessions by where they stand; pilots, and visitors of a demonstration, are in none but their own."""

    started: int
    valid: int  # complete, and not excluded
    under_way: int
    abandoned: int
    excluded: int
    screened_out: int
    withdrawn: int
    pilots: int
    visitors: int
    target: int  # valid sessions
    answers: int  # of sessions that are no pilots, practice apart
    last_seen_at: datetime | None  # of any of them


def standing(session: Session, *, excluded: bool, is_demo: bool) -> str:
    """Where the session stands, in a word or two, within a study that is a demonstration or is not.

    What never counts is named first: a pilot that the catch rule stopped has taken nothing from the study.
    """
    if session.outcome is Outcome.WITHDRAWN:
        return "withdrawn"
    if session.pilot:
        return "pilot"
    if is_demo and not session.simulated:
        return "a visitor"
    if session.outcome is Outcome.SCREENED_OUT:
        return "screened out"
    if excluded:
        return "excluded"
    if session.completed_at:
        return "complete"
    return "abandoned" if now() - session.last_seen_at > ABANDONED_AFTER else "under way"


def numbers(database: Database, study_id: int) -> StudyNumbers:
    """The numbers of the study as it stands: two statements, however many sessions there are."""
    study = service.get(database, study_id)
    with database.read() as db:
        states.find(db, study_id)
        rows = db.execute(
            select(Session, Exclusion.action)
            .outerjoin(Exclusion, (Exclusion.session_id == Session.id) & LATEST)
            .where(Session.study_id == study_id)
        ).all()
        answers = db.scalars(
            select(func.count(Vote.id))
            .join(Trial, Trial.id == Vote.trial_id)
            .join(Session, Session.id == Trial.session_id)
            .where(
                Session.study_id == study_id, Session.pilot.is_(False), Trial.kind != TrialKind.PRACTICE,
                Trial.given_back_at.is_(None),
            )
        ).one()  # fmt: skip
    words = Counter(
        standing(session, excluded=action is ExclusionAction.EXCLUDE, is_demo=study.is_demo) for session, action in rows
    )
    apart = words["pilot"] + words["a visitor"]
    return StudyNumbers(
        started=words.total() - apart, valid=words["complete"], under_way=words["under way"],
        abandoned=words["abandoned"], excluded=words["excluded"], screened_out=words["screened out"],
        withdrawn=words["withdrawn"], pilots=words["pilot"], visitors=words["a visitor"],
        target=study.target_sessions, answers=answers,
        last_seen_at=max((session.last_seen_at for session, _ in rows if not session.pilot), default=None),
    )  # fmt: skip
