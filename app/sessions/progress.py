"""A session's progress: what the subject sees now, and the steps that bring the next block."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.clock import now
from app.db import Database
from app.db.models import (
    Consent,
    Outcome,
    Pair,
    Picture,
    Session,
    Stimulus,
    Study,
    StudyState,
    Trial,
    Vote,
)
from app.errors import Conflict
from app.jobs.contract import digest_of
from app.sessions import events
from app.sessions.ending import shown_code
from app.sessions.enrol import StudyClosed, StudyPaused
from app.sessions.issuing import issue
from app.sessions.outcomes import screen_out
from app.sessions.resuming import come_back
from app.sessions.sitting import Sitting, Stage, held, load
from app.studies.fields import Asked, Gate, ViewingModule
from app.studies.words import Translation

_HASHED = 1  # what an agreement hashes, told with it: 1 is the text shown, as canonical JSON
_USUAL_MS = 5_000  # of one trial, before the subject's own pace is known


class ConsentChanged(Conflict):
    """The agreement is to another text than the study's."""

    def __init__(self) -> None:
        super().__init__("The consent text is not the one you were shown", "reload the page and read it again")


class ConsentNeeded(Conflict):
    """Nothing is shown to somebody who has not agreed."""

    def __init__(self) -> None:
        super().__init__("Nothing is shown before you have agreed to take part", "reload the page to read the text")


class NotYet(Conflict):
    """A page that comes before the first trial has not been answered."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        super().__init__(
            f"Before the first pair, something is still to be answered ({stage.value})", "reload the page to answer it"
        )


class BreakNotOver(Conflict):
    """The break is not over yet."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            f"The next block starts after the break, at {until:%H:%M} UTC", "please rest your eyes until then"
        )


class RestNotOver(Conflict):
    """The day's sitting has been long enough, and the rest after it is not over yet."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            f"The next sitting may begin at {until:%Y-%m-%d %H:%M} UTC", "please come back then, by your personal link"
        )


@dataclass(frozen=True, slots=True)
class Practice:
    """How the latest attempt at practice went, where the protocol has a pass mark."""

    right: int
    wanted: int
    attempts_left: int

    @property
    def passed(self) -> bool:
        """Whether the blocks may begin."""
        return self.right >= self.wanted


@dataclass(frozen=True, slots=True)
class SessionView:
    """What a subject's page may know; nothing in it tells conditions or kinds of trials apart."""

    study_title: str
    study_state: StudyState
    question: str
    is_demo: bool
    simulated: bool
    locale: str  # the language of its pages, chosen when it began
    stage: Stage
    block: int  # 0 is practice, and what comes before it
    blocks: int
    answered: int  # practice apart
    planned: int
    block_answered: int
    block_size: int
    outcome: Outcome | None
    completion_code: str | None  # as the subject is shown it
    consent_text: str
    consent_hash: str
    instructions: str
    languages: tuple[str, ...]  # that the protocol offers; its own texts are written in the first
    translations: Mapping[str, Translation]  # these texts in further languages
    allow_tie: bool
    blank_ms: int
    min_view_ms: int
    hold_reference: bool
    flicker: bool
    questionnaire: tuple[Asked, ...]
    viewing: ViewingModule | None  # the condition that the page looks at
    gate: Gate
    gate_pixels: int
    record_looks: bool  # whether the page tells how the pictures were shown and looked at
    break_until: datetime | None  # the end of an enforced break that is not over yet
    rest_until: datetime | None  # the end of the rest between two sittings that is not over yet
    rest_after_ms: int | None  # of more judging in this sitting; None where nothing limits it
    practice: Practice | None  # how it went, after practice with a pass mark
    minutes: int  # of judging so far
    minutes_left: int  # at the subject's own pace, without breaks


@dataclass(frozen=True, slots=True)
class TrialView:
    """A trial to be shown: its token, its place in the session, and the size of its pictures."""

    token: str
    position: int
    width: int
    height: int


def view(database: Database, session_token: str) -> SessionView:
    """What the subject's page shows now; looking changes nothing."""
    with database.read() as db:
        sitting = load(db, session_token)
    session, study, protocol = sitting.session, sitting.study, sitting.protocol
    answered = sum(count.answered for block, count in sitting.blocks.items() if block > 0)
    spent = sum(count.judging_ms for block, count in sitting.blocks.items() if block > 0)
    current, here, at = sitting.current or 0, sitting.latest, sitting.at
    left = (session.planned - answered) * (spent / answered if spent else _USUAL_MS)
    until = sitting.break_until if sitting.stage is Stage.BREAK else None
    return SessionView(
        study_title=study.title, study_state=study.state, question=protocol.question, is_demo=study.is_demo,
        simulated=session.simulated, locale=session.locale, stage=sitting.stage,
        block=current, blocks=len(sitting.sizes), answered=answered,
        planned=session.planned, block_answered=here.answered if here else 0,
        block_size=here.issued if here else 0, outcome=session.outcome,
        completion_code=shown_code(protocol, session.outcome, session.completion_code),
        consent_text=protocol.consent_text, consent_hash=protocol.consent_hash, instructions=protocol.instructions,
        languages=protocol.languages, translations=protocol.translations,
        allow_tie=protocol.allow_tie, blank_ms=protocol.blank_ms, min_view_ms=protocol.min_view_ms,
        hold_reference=protocol.hold_reference, flicker=protocol.flicker, questionnaire=protocol.questionnaire,
        viewing=sitting.viewing, gate=protocol.display_gate, gate_pixels=protocol.gate_pixels,
        record_looks=protocol.record_looks,
        break_until=until if until and until > at else None,
        rest_until=sitting.rest_until if sitting.rest_until and sitting.rest_until > at else None,
        rest_after_ms=max(0, protocol.sitting_minutes * 60_000 - sitting.sat.judging_ms)
        if protocol.sitting_minutes
        else None,
        practice=_practice(sitting),
        minutes=round(spent / 60_000), minutes_left=round(left / 60_000),
    )  # fmt: skip


def _practice(sitting: Sitting) -> Practice | None:
    wanted = sitting.protocol.practice_pass
    if not wanted or sitting.stage is not Stage.PRACTICE_DONE:
        return None
    left = sitting.protocol.practice_attempts - sitting.attempts
    return Practice(sitting.known_right, wanted, max(0, left))


def _not_passed(sitting: Sitting) -> str:
    right, wanted, tries = sitting.known_right, sitting.protocol.practice_pass, sitting.attempts
    return f"practice not passed: {right} right in the last of {tries} attempts, {wanted} wanted"


def consent(database: Database, session_token: str, text_hash: str, shown: str | None = None) -> None:
    """The subject's agreement to the exact text that was shown stands; agreeing again changes nothing.

    ``shown`` is the study's text in the session's language; without it, the text is as the experimenter wrote it.
    """
    with database.write() as db:
        sitting = held(db, session_token)
        text = sitting.protocol.consent_text if shown is None else shown
        if text_hash != digest_of(text):
            raise ConsentChanged
        if sitting.session.outcome is not None or sitting.consented:
            return
        at = now()
        db.add(Consent(session_id=sitting.session.id, text_hash=text_hash, text=text, agreed_at=at))
        sitting.session.last_seen_at = at
        db.flush()
        events.append(db.connection(), sitting.session.id, "consented", {"text": text_hash, "form": _HASHED}, at)


def start_block(database: Database, session_token: str) -> None:
    """The session's next trials are issued and stored: practice first, then block after block.

    The only step that issues trials. While trials are unanswered, and after the end, it changes nothing.
    """
    with database.write() as db:
        _hold_study(db, session_token)  # before the session, as everywhere
        sitting, at = held(db, session_token), now()
        if sitting.stage is Stage.RESTING:
            sitting = _resumed(db, sitting, at)
        if sitting.session.outcome is not None or sitting.has_open_trials:
            return
        _allowed(sitting, at)
        if sitting.current == 0 and not sitting.practised:
            if sitting.attempts >= sitting.protocol.practice_attempts:
                screen_out(db, sitting.session, _not_passed(sitting), at)
                return
            issue(db, sitting, -sitting.attempts, at)
            return
        block = 0 if sitting.current is None else sitting.current + 1
        if not issue(db, sitting, block, at) and block == 0:  # no practice in this study
            issue(db, sitting, 1, at)


def _resumed(db: OrmSession, sitting: Sitting, at: datetime) -> Sitting:
    """Where the session stands once its subject is back from a rest."""
    if sitting.rest_until is not None and at < sitting.rest_until:
        raise RestNotOver(sitting.rest_until)
    session = sitting.session
    come_back(db, session, sitting.protocol, at)
    return load(db, session.token)


def open_trials(database: Database, session_token: str) -> list[TrialView]:
    """The unanswered trials issued so far, in their order; none while the subject is to rest, or has withdrawn."""
    with database.read() as db:
        sitting = load(db, session_token)
        if sitting.stage in (Stage.RESTING, Stage.WITHDRAWN):
            return []
        rows = db.execute(
            select(Trial.token, Trial.position, Picture.width, Picture.height)
            .join(Pair, Pair.id == Trial.pair_id)
            .join(Stimulus, Stimulus.id == Pair.reference_id)
            .join(Picture, Picture.digest == Stimulus.picture_digest)
            .outerjoin(Vote, Vote.trial_id == Trial.id)
            .where(Trial.session_id == sitting.session.id, Vote.id.is_(None), Trial.given_back_at.is_(None))
            .order_by(Trial.position)
        )
        return [TrialView(token, position, width, height) for token, position, width, height in rows]


def _hold_study(db: OrmSession, session_token: str) -> None:
    """The study's row is locked: of two blocks issued at once, the second balances what the first has issued."""
    of_session = select(Session.study_id).where(Session.token == session_token).scalar_subquery()
    db.execute(select(Study.id).where(Study.id == of_session).with_for_update(key_share=True))


def require_open(sitting: Sitting) -> None:
    """Nothing, where the study takes steps of this session; ``StudyClosed``, ``StudyPaused`` or ``ConsentNeeded``."""
    if sitting.study.state.has_ended:
        raise StudyClosed(sitting.study)
    if not sitting.takes_answers:
        raise StudyPaused(sitting.study)
    if not sitting.consented:
        raise ConsentNeeded


def _allowed(sitting: Sitting, at: datetime) -> None:
    require_open(sitting)
    if sitting.current is None and sitting.stage is not Stage.INSTRUCTIONS:
        raise NotYet(sitting.stage)
    until = sitting.break_until
    if until is not None and at < until:
        raise BreakNotOver(until)
