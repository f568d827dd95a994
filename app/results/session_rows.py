"""The sessions of a study: how each ended, how much it judged, on what screen, and what its subject said."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as OrmSession

from app.db import Database
from app.db.models import (
    Exclusion,
    ExclusionAction,
    Questionnaire,
    Screening,
    Session,
    Showing,
    Subject,
    Trial,
    TrialKind,
    Vote,
)
from app.results import viewing_columns
from app.results.cells import Cell
from app.results.counting import winner
from app.studies import states
from app.studies.fields import Asked
from app.studies.states import protocol_of

_UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True)
class Work:
    """What a session answered, without practice and without slots that went to others."""

    answered: int = 0
    minutes: float = 0.0
    catch_answered: int = 0
    catch_failed: int = 0


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen on which most of a session's trials were answered."""

    pixel_ratio: float
    pane_width: int
    pane_height: int
    gamut: str | None
    dynamic_range: str | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session."""

    id: int
    subject: str
    outcome: str  # as ``Outcome`` has it, or that it is under way
    excluded_by: str  # the rule of the exclusion that holds; empty where none does
    pilot: bool
    simulated: bool
    locale: str
    planned: int
    started_at: datetime
    completed_at: datetime | None
    work: Work
    screen: Screen | None
    exact: float | None  # share of its trials at one picture pixel to one device pixel
    viewing: dict[str, Any]
    events: int
    log_head: str
    answers: dict[str, Any]  # of the questionnaire

    def cells(self, fields: tuple[Asked, ...]) -> tuple[Cell, ...]:
        """The row of ``sessions.csv``, in the order of ``columns.SESSIONS``, then the questionnaire's fields."""
        work, screen = self.work, self.screen
        shown: tuple[Cell, ...] = astuple(screen) if screen else (None,) * 5
        return (
            self.id, self.subject, self.outcome, bool(self.excluded_by), self.excluded_by, self.pilot, self.simulated,
            self.locale, self.started_at, self.completed_at, round(work.minutes, 2), work.answered, self.planned,
            work.catch_answered, work.catch_failed, *shown, self.exact,
            *(self.viewing[name] for name in viewing_columns.COLUMNS), self.events, self.log_head,
            *(self.answers.get(asked.name) for asked in fields),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SessionTable:
    """All sessions of a study, the oldest first, and the questions that they were asked."""

    fields: tuple[Asked, ...]
    rows: tuple[SessionRow, ...]

    def cells(self) -> Iterator[tuple[Cell, ...]]:
        """The rows of ``sessions.csv``."""
        return (row.cells(self.fields) for row in self.rows)


def session_table(database: Database, study_id: int) -> SessionTable:
    """The study's sessions; raises ``StudyNotFound``."""
    with database.read() as db:
        fields = protocol_of(states.find(db, study_id)).questionnaire
        work, (screens, exact) = _work(db, study_id), _screens(db, study_id)
        rules, looks = exclusion_rules(db, study_id), _looks(db, study_id)
        asked = _of(select(Questionnaire), Questionnaire, study_id)
        said = {row.session_id: row.answers for row in db.scalars(asked)}
        sessions = db.execute(
            select(Session, Subject.label)
            .join(Subject, Subject.id == Session.subject_id)
            .where(Session.study_id == study_id)
            .order_by(Session.id)
        ).all()
    rows = (
        SessionRow(
            id=one.id, subject=label, outcome=one.outcome.value if one.outcome else _UNDER_WAY,
            excluded_by=rules.get(one.id, ""), pilot=one.pilot, simulated=one.simulated, locale=one.locale,
            planned=one.planned, started_at=one.started_at, completed_at=one.completed_at,
            work=work.get(one.id, Work()), screen=screens.get(one.id), exact=exact.get(one.id),
            viewing=viewing_columns.columns(looks[one.id]), events=one.event_count, log_head=one.event_head,
            answers=said.get(one.id, {}),
        )
        for one, label in sessions
    )  # fmt: skip
    return SessionTable(fields, tuple(rows))


def _of(statement: Any, table: Any, study_id: int) -> Any:
    return statement.join(Session, Session.id == table.session_id).where(Session.study_id == study_id)


def _work(db: OrmSession, study_id: int) -> dict[int, Work]:
    is_catch = Trial.kind == TrialKind.CATCH
    statement = (
        select(
            Trial.session_id, func.count(), func.coalesce(func.sum(Vote.elapsed_ms), 0),
            func.sum(case((is_catch, 1), else_=0)), func.sum(case((is_catch & (winner() != "a"), 1), else_=0)),
        )
        .join(Vote, Vote.trial_id == Trial.id)
        .where(Trial.kind != TrialKind.PRACTICE, Trial.given_back_at.is_(None))
        .group_by(Trial.session_id)
    )  # fmt: skip
    return {
        session: Work(answered, int(ms) / 60_000, catch, failed)
        for session, answered, ms, catch, failed in db.execute(_of(statement, Trial, study_id))
    }


def _screens(db: OrmSession, study_id: int) -> tuple[dict[int, Screen], dict[int, float]]:
    """The usual screen of each session, and the share of its trials that were shown exactly."""
    shown = (Showing.pixel_ratio, Showing.pane_width, Showing.pane_height, Showing.gamut, Showing.dynamic_range)
    statement = (
        select(Trial.session_id, Showing.exact, func.count(), *shown)
        .join(Trial, Trial.id == Showing.trial_id)
        .where(Trial.kind != TrialKind.PRACTICE)
        .group_by(Trial.session_id, Showing.exact, *shown)
    )
    screens, exact = defaultdict[int, Counter[Screen]](Counter), defaultdict[int, Counter[bool]](Counter)
    for session, was_exact, count, *facts in db.execute(_of(statement, Trial, study_id)):
        screens[session][Screen(*facts)] += count
        exact[session][was_exact] += count
    usual = {session: counts.most_common(1)[0][0] for session, counts in screens.items()}
    return usual, {session: counts[True] / counts.total() for session, counts in exact.items()}


def exclusion_rules(db: OrmSession, study_id: int) -> dict[int, str]:
    """The rule by which each excluded session is excluded."""
    statement = _of(select(Exclusion), Exclusion, study_id).order_by(Exclusion.id)
    latest = {row.session_id: row for row in db.scalars(statement)}
    return {session: row.rule for session, row in latest.items() if row.action is ExclusionAction.EXCLUDE}


def _looks(db: OrmSession, study_id: int) -> defaultdict[int, list[Screening]]:
    looks = defaultdict[int, list[Screening]](list)
    for look in db.scalars(_of(select(Screening), Screening, study_id).order_by(Screening.id)):
        looks[look.session_id].append(look)
    return looks
