"""What somebody who watches a study should know at once; nothing, while all is well."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from app.analysis.answer_times import FAST_MS
from app.analysis.catch_rule import too_many_failures
from app.clock import now
from app.db import Database
from app.db.models import Event, Session, Study, StudyState, Subject, Trial, TrialKind, Vote
from app.db.upkeep import Health, Room
from app.sessions.events import TRACE
from app.sessions.exclusions import FAILED
from app.sessions.numbers import StudyNumbers, numbers
from app.studies import states

FAST_WITHIN, FAST_ANSWERS = timedelta(hours=1), 10  # so many of one session, and more than half of its answers then
UNSAVED_WITHIN, UNSAVED_AFTER = timedelta(minutes=10), timedelta(minutes=1)
ABANDONED_FEWEST, ABANDONED_SHARE = 3, 0.25


class AlarmKind(StrEnum):
    """What an alarm is about."""

    PAUSED_ITSELF = "paused itself"
    SAVES_FAIL = "saves fail"
    FAST_ANSWERS = "fast answers"
    ABANDONED = "many abandoned"
    CATCH_FAILURES = "many catch trials failed"
    DISK = "disk nearly full"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong, and what to do about it; ``sessions`` are those that it is about."""

    kind: AlarmKind
    text: str
    fix: str
    sessions: tuple[int, ...] = ()


def alarms(
    database: Database, study_id: int, disks: Iterable[Room], counted: StudyNumbers | None = None, *, named: bool = True
) -> tuple[Alarm, ...]:
    """The alarms of the study as it stands, and of these disks; without ``named``, no subject's label is in them."""
    found = counted or numbers(database, study_id)
    with database.read() as db:
        study, at = states.find(db, study_id), now()
        told = [*_paused(study), *_unsaved(db, study_id, at, named), *_fast(db, study_id, at, named)]
        told += _catch(db, study_id)
    return (*told, *_abandoned(study, found), *_full(disks))


def _paused(study: Study) -> Iterator[Alarm]:
    if study.state is StudyState.PAUSED and study.trouble:
        fix = "put the file back from a backup, or take the same picture in again in a draft study; then resume"
        yield Alarm(AlarmKind.PAUSED_ITSELF, f"The study has paused itself. {study.trouble}", fix)


def _unsaved(db: OrmSession, study_id: int, at: datetime, named: bool) -> Iterator[Alarm]:
    """Answers that pages told of in their traces, which take another way, and that never came as votes."""
    rows = db.execute(
        select(Event.session_id, Event.payload)
        .join(Session, Session.id == Event.session_id)
        .where(
            Session.study_id == study_id, Event.kind == TRACE, Event.at > at - UNSAVED_WITHIN,
            Event.at < at - UNSAVED_AFTER,
        )
    )  # fmt: skip
    told = {
        (session, event["trial"])
        for session, payload in rows
        for event in (payload or {}).get("events", ())
        if event["kind"] == "answered"
    }
    if not told:
        return
    stored = db.execute(
        select(Trial.session_id, Trial.position)
        .join(Vote, Vote.trial_id == Trial.id)
        .where(Trial.session_id.in_({session for session, _ in told}))
    )
    lost = told - {(session, position) for session, position in stored}
    if lost:
        sessions = tuple(sorted({session for session, _ in lost}))
        yield Alarm(
            AlarmKind.SAVES_FAIL,
            f"{_some(len(lost), 'answer')} that {_subjects(db, sessions, named)} gave more than a minute ago did not "
            "arrive",
            "look at the network between them and the server; answers wait on their devices, and nothing is lost while "
            "the pages stay open",
            sessions,
        )


def _fast(db: OrmSession, study_id: int, at: datetime, named: bool) -> Iterator[Alarm]:
    fast = func.count().filter(Vote.elapsed_ms < FAST_MS)
    rows = db.execute(
        select(Trial.session_id)
        .join(Vote, Vote.trial_id == Trial.id)
        .join(Session, Session.id == Trial.session_id)
        .where(
            Session.study_id == study_id, Session.pilot.is_(False), Trial.kind == TrialKind.TEST,
            Vote.received_at > at - FAST_WITHIN,
        )
        .group_by(Trial.session_id)
        .having(fast >= FAST_ANSWERS, 2 * fast > func.count())
        .order_by(Trial.session_id)
    )  # fmt: skip
    sessions = tuple(session for (session,) in rows)
    if sessions:
        yield Alarm(
            AlarmKind.FAST_ANSWERS,
            f"{_subjects(db, sessions, named)} gave more than half of the last hour's answers in under {FAST_MS} ms, "
            "too fast to have looked",
            "look at their catch trials and sides; exclude the session with a reason where they did not try",
            sessions,
        )


def _catch(db: OrmSession, study_id: int) -> Iterator[Alarm]:
    seen, failed = db.execute(
        select(func.count(), func.count().filter(FAILED))
        .select_from(Trial)
        .join(Vote, Vote.trial_id == Trial.id)
        .join(Session, Session.id == Trial.session_id)
        .where(Session.study_id == study_id, Session.pilot.is_(False), Trial.kind == TrialKind.CATCH)
    ).one()
    if too_many_failures(failed, seen):
        yield Alarm(
            AlarmKind.CATCH_FAILURES,
            f"{failed} of {seen} catch trials were failed, more than careful subjects would fail",
            "try the study as a subject: are its catch pairs plain on a usual screen, and its instructions clear?",
        )


def _abandoned(study: Study, found: StudyNumbers) -> Iterator[Alarm]:
    many = found.abandoned >= ABANDONED_FEWEST and found.abandoned > ABANDONED_SHARE * found.started
    if many and not study.state.has_ended:
        yield Alarm(
            AlarmKind.ABANDONED,
            f"{found.abandoned} of {found.started} sessions were abandoned: nothing was heard of them for a day",
            "look where they stopped; sessions may be too long, or a page may not work for them",
        )


def _full(disks: Iterable[Room]) -> Iterator[Alarm]:
    for room in disks:
        if room.health is Health.ILL:
            yield Alarm(AlarmKind.DISK, room.finding, f"{room.fix}: answers could not be stored on a full one")


def _subjects(db: OrmSession, sessions: tuple[int, ...], named: bool) -> str:
    labels = db.scalars(
        select(Subject.label)
        .join(Session, Session.subject_id == Subject.id)
        .where(Session.id.in_(sessions[:5]))
        .order_by(Session.id)
    )
    rest = len(sessions) - 5
    what, called = ("subject", list(labels)) if named else ("session", [str(number) for number in sessions[:5]])
    return f"{what}{'s' if len(sessions) > 1 else ''} {', '.join(called)}{f' and {rest} more' if rest > 0 else ''}"


def _some(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
