"""What hashes and logs vouch for besides votes and trials: protocols, agreements, and what is known of subjects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.db.models import Consent, Event, Questionnaire, Screening, Study
from app.jobs.contract import digest_of
from app.sessions import events
from app.studies.eras import hashes

_CONSENTED = "consented"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a session's subject, and the log that vouches for it."""

    session_id: int
    events: Sequence[Event]
    consent: Consent | None
    answers: Mapping[str, Any] | None  # to the questionnaire
    looks: Sequence[Screening]  # in the order in which they were taken


def protocol_holds(database: Database, study_id: int) -> bool:
    """Whether the study's protocol is the one that it opened with; a draft's may still change."""
    try:
        with database.read() as db:
            said, opened = db.execute(select(Study.protocol, Study.protocol_hash).where(Study.id == study_id)).one()
        return opened is None or opened in hashes(said)
    except ValueError:  # it cannot be read at all, which is another finding
        return True


def verify(database: Database, session_id: int) -> None:
    """Nothing, where the session's agreement and what is known of its subject are as logged; else ``BrokenChain``."""
    with database.read() as db:
        lines = select(Event).where(Event.session_id == session_id).order_by(Event.number)
        known = Known(
            session_id, db.scalars(lines).all(), db.get(Consent, session_id),
            db.scalar(select(Questionnaire.answers).where(Questionnaire.session_id == session_id)),
            db.scalars(select(Screening).where(Screening.session_id == session_id).order_by(Screening.id)).all(),
        )  # fmt: skip
    holds(known)


def holds(known: Known) -> None:
    """The same of what is known, wherever it comes from."""
    number, consent = known.session_id, known.consent
    logged = [(event.kind, event.payload) for event in known.events if event.payload is not None]
    agreed = [payload["text"] for kind, payload in logged if kind == _CONSENTED]
    if agreed != ([] if consent is None else [consent.text_hash]):
        raise events.BrokenChain(number, "the agreement of its subject is another")
    if consent is not None and consent.text is not None and digest_of(consent.text) != consent.text_hash:
        raise events.BrokenChain(number, "the text that its subject agreed to was edited")
    asked = [payload["answers"] for kind, payload in logged if kind == events.ASKED]
    if asked != ([] if known.answers is None else [known.answers]):
        raise events.BrokenChain(number, "what its subject said about themselves was changed")
    screened = [
        (said["check"], said["passed"], said["result"])
        for kind, said in logged
        if kind == events.SCREENED and "turn" not in said  # a turn decides nothing
    ]
    if screened != [(look.kind, look.passed, look.result) for look in known.looks]:
        raise events.BrokenChain(number, "what was found of its screen or its viewing conditions was changed")
