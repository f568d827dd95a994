"""How somebody becomes a subject: links lead to a landing page, and a session begins when its button is pressed."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.models import Pair, PairKind, Session, Study, StudyState, Subject
from app.errors import BadInput, Conflict, Forbidden, Gone
from app.sessions import events, external
from app.sessions.external import OnlyAPreview, Sender, TakesPartAlready
from app.sessions.links import BadLink, personal_token, read_personal, read_pilot, read_public
from app.sessions.quota import StudyFull, is_full
from app.sessions.resuming import come_back
from app.sessions.sitting import SessionNotFound
from app.studies import states
from app.studies.states import protocol_of
from app.studies.words import Translation

_AT_ONCE = 20  # numbers that are looked up at once: nearly always the first of them is free
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}")


class StudyNotOpenYet(Conflict):
    """A draft takes nobody, and a pilot those alone who come to try it."""

    def __init__(self, study: Study) -> None:
        super().__init__(f"{study.title} has not begun yet", "please come back when you are told that it is open")


class StudyPaused(Conflict):
    """A paused study starts nothing new."""

    def __init__(self, study: Study) -> None:
        super().__init__(f"{study.title} is paused; everything you answered is kept", "please come back later")


class StudyClosed(Gone):
    """A closed study takes nobody any more."""

    def __init__(self, study: Study) -> None:
        when = f" on {study.closed_at:%Y-%m-%d}" if study.closed_at else ""
        super().__init__(
            f"{study.title} ended{when} and takes no more answers.",
            "you can close this page; thank you for your interest",
        )


class SimulatedNotWelcome(Forbidden):
    """Simulated subjects may try a demonstration, or any study by its pilot link, and nothing else."""

    def __init__(self, study: Study) -> None:
        super().__init__(
            f"{study.title} is not a demonstration, so no simulated subject may take part in it",
            "take part yourself, let simulated subjects use the study's pilot link, whose answers never count, or "
            "duplicate it as a demonstration, which counts nobody else",
        )


class BadLocale(BadInput):
    """The language is no language tag."""

    def __init__(self, locale: str) -> None:
        super().__init__(f"{locale[:40]!r} is no language tag", "write for example en or pt-BR")


@dataclass(frozen=True, slots=True)
class Landing:
    """What the page behind a link says before anything begins."""

    study_title: str
    is_demo: bool
    state: StudyState
    personal: bool
    pilot: bool  # for trying it: what is answered does not count
    resumable: bool  # pressing the button goes on with a session that has begun
    full: bool  # the public link takes nobody new at the moment
    question: str
    languages: tuple[str, ...]  # that the protocol offers; empty is all
    translations: Mapping[str, Translation]  # of its own texts


@dataclass(frozen=True, slots=True)
class _Behind:
    """What a link leads to; a personal link leads to a subject too."""

    study: Study
    subject: Subject | None
    pilot: bool


def landing(
    database: Database, secret: bytes, token: str, sender: Sender | None = None, held: str | None = None
) -> Landing:
    """What a link leads to; looking has no effect, so that the preview of a chat program burns nothing."""
    with database.read() as db:
        behind = _behind(db, secret, token)
        study, session = behind.study, _latest(db, behind.subject)
        if sender and behind.subject is None:
            known = external.known(db, study.id, sender, pilot=behind.pilot)
            session = known if known and external.proves(db, known, sender, held) else None
        _refuse(study, session, pilot=behind.pilot)
        protocol, public = protocol_of(study), behind.subject is None and not behind.pilot
        full = public and session is None and is_full(db, study, protocol)
        return Landing(
            study.title, study.is_demo, study.state, behind.subject is not None, behind.pilot, session is not None,
            full, protocol.question, protocol.languages, protocol.translations,
        )  # fmt: skip


def begin(
    database: Database,
    secret: bytes,
    token: str,
    *,
    locale: str = "en",
    simulated: bool = False,
    sender: Sender | None = None,
    held: str | None = None,
) -> str:
    """The token of the session that the link leads to.

    A public or a pilot link makes a new subject, unless a recruiting service sends one who has a session already; a
    personal link goes on with its subject's session, or begins it; to one that has ended it leads, and nothing of it is
    written down. ``held`` is the session that the browser holds.
    """
    if len(locale) > 16 or not _LOCALE.fullmatch(locale):
        raise BadLocale(locale)
    with database.write() as db:
        behind = _behind(db, secret, token)
        study, subject = states.hold(db, behind.study.id), behind.subject  # numbers and sessions are given one by one
        if simulated and not (study.is_demo or behind.pilot):
            raise SimulatedNotWelcome(study)
        if subject is not None:
            sender = None  # the link says who comes
        session = _latest(db, subject) or _sent_before(db, study, sender, held, pilot=behind.pilot)
        _refuse(study, session, pilot=behind.pilot)
        if session is not None:
            come_back(db, session, protocol_of(study), now())
            return session.token
        if study.state is StudyState.PAUSED:
            raise StudyPaused(study)
        if subject is None:
            subject = _newcomer(db, study, pilot=behind.pilot, simulated=simulated)
        if sender is not None:
            external.attach(db, study.id, subject, sender, pilot=behind.pilot)
        return _begin(db, study, subject, locale=locale, simulated=simulated, pilot=behind.pilot)


def personal_link_of(database: Database, secret: bytes, session_token: str) -> str:
    """The token of the personal link with which the session's subject can go on elsewhere."""
    with database.read() as db:
        found = db.execute(
            select(Subject.id, Subject.link_key)
            .join(Session, Session.subject_id == Subject.id)
            .where(Session.token == session_token)
        ).one_or_none()
    if found is None:
        raise SessionNotFound
    return personal_token(secret, *found)


def _behind(db: OrmSession, secret: bytes, token: str) -> _Behind:
    """The study, and the subject whom a personal link belongs to; raises ``BadLink``."""
    with suppress(BadLink):
        subject = read_personal(db, secret, token)
        return _Behind(states.find(db, subject.study_id), subject, pilot=False)
    with suppress(BadLink):
        return _Behind(read_public(db, secret, token), None, pilot=False)
    return _Behind(read_pilot(db, secret, token), None, pilot=True)


def _latest(db: OrmSession, subject: Subject | None) -> Session | None:
    if subject is None:
        return None
    return db.scalar(select(Session).where(Session.subject_id == subject.id).order_by(Session.id.desc()).limit(1))


def _sent_before(
    db: OrmSession, study: Study, sender: Sender | None, held: str | None, *, pilot: bool
) -> Session | None:
    """The session of the participant whom a service sends again, where it is certain that it is theirs."""
    if sender is None:
        return None
    if sender.preview:
        raise OnlyAPreview
    session = external.known(db, study.id, sender, pilot=pilot)
    if session is not None:
        if not external.proves(db, session, sender, held):
            raise TakesPartAlready
        external.goes_on(db, session, sender)
    return session


def _refuse(study: Study, session: Session | None, *, pilot: bool) -> None:
    """Before a study opens it takes nobody, or pilots alone; after it has ended, those alone whose session has too.

    They come back to see how it ended, and for the completion code.
    """
    if study.state is StudyState.DRAFT or (study.state is StudyState.PILOT and not pilot):
        raise StudyNotOpenYet(study)
    if study.state.has_ended and (session is None or session.outcome is None):
        raise StudyClosed(study)


def _newcomer(db: OrmSession, study: Study, *, pilot: bool, simulated: bool) -> Subject:
    """A subject whom nobody invited; the study is held, so that nobody takes the last place twice."""
    if not pilot and is_full(db, study, protocol_of(study)):
        raise StudyFull(study)
    label = f"pilot {_next_number(db, study)}" if pilot else _next_number(db, study)
    subject = Subject(study_id=study.id, label=label, simulated=simulated, invited=False, created_at=now())
    db.add(subject)
    db.flush()
    return subject


def _next_number(db: OrmSession, study: Study) -> str:
    """The first free number above the count of subjects; labels that look like it were given by hand."""
    labels = select(Subject.label).where(Subject.study_id == study.id)
    count = db.scalars(select(func.count()).select_from(labels.subquery())).one()
    for first in range(count + 1, 2 * count + 2, _AT_ONCE):
        numbers = [str(number) for number in range(first, first + _AT_ONCE)]
        asked = [*numbers, *(f"pilot {number}" for number in numbers)]
        taken = set(db.scalars(labels.where(Subject.label.in_(asked))))
        for number in numbers:
            if not {number, f"pilot {number}"} & taken:
                return number
    raise AssertionError("more labels are taken than there are subjects")


def _begin(db: OrmSession, study: Study, subject: Subject, *, locale: str, simulated: bool, pilot: bool) -> str:
    protocol, at = protocol_of(study), now()
    pairs = db.scalars(select(func.count()).where(Pair.study_id == study.id, Pair.kind == PairKind.TEST)).one()
    comparisons = protocol.comparisons(pairs)
    session = Session(
        token=secrets.token_urlsafe(32), study_id=study.id, subject_id=subject.id, simulated=simulated, pilot=pilot,
        seed=0, comparisons=comparisons, planned=protocol.planned(comparisons), locale=locale, started_at=at,
        last_seen_at=at, sitting_began_at=at, completed_at=None, outcome=None, completion_code=None, event_count=0,
        event_head="",
    )  # fmt: skip
    db.add(session)
    db.flush()
    session.seed = (study.seed * 1_000_003 + session.id) % 2**31  # the study's seed gives every session its own
    db.flush()
    events.append(
        db.connection(), session.id, events.BEGAN, {"simulated": simulated, "pilot": pilot, "locale": locale}, at
    )
    return session.token
