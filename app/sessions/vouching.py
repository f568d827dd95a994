"""What hashes and logs vouch for besides votes and trials: protocols, agreements, and what is known of subjects."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.db.models import Consent, Event, Questionnaire, Screening, Study
from app.jobs.contract import digest_of
from app.sessions import events
from app.studies.protocol import Protocol

_CONSENTED = "consented"
FIRST = {
    "question", "trials_per_session", "judgements_per_pair", "block_size", "break_minutes", "catch_trials",
    "catch_failures_allowed", "practice_trials", "practice_scenes", "allow_tie", "blank_ms", "min_view_ms",
    "target_sessions", "consent_text", "instructions",
}  # fmt: skip
# migration 0004 wrote these into studies that had opened
_WRITTEN_IN = {
    "dummy_trials": 0,
    "questionnaire": [],
    "display_gate": "off",
    "record_looks": False,
}  # by migration 0004


def protocol_holds(database: Database, study_id: int) -> bool:
    """Whether the study's protocol is the one that it opened with; a draft's may still change."""
    try:
        with database.read() as db:
            said, opened = db.execute(select(Study.protocol, Study.protocol_hash).where(Study.id == study_id)).one()
        return opened is None or opened in _hashes(said)
    except ValueError:  # it cannot be read at all, which is another finding
        return True


def verify(database: Database, session_id: int) -> None:
    """Nothing, where the session's agreement and what is known of its subject are as logged; else ``BrokenChain``."""
    with database.read() as db:
        lines = select(Event.kind, Event.payload).where(Event.session_id == session_id).order_by(Event.number)
        logged = [(kind, payload) for kind, payload in db.execute(lines) if payload is not None]
        consent = db.get(Consent, session_id)
        answers = db.scalar(select(Questionnaire.answers).where(Questionnaire.session_id == session_id))
        looks = db.execute(
            select(Screening.kind, Screening.passed, Screening.result)
            .where(Screening.session_id == session_id)
            .order_by(Screening.id)
        ).all()
    agreed = [payload["text"] for kind, payload in logged if kind == _CONSENTED]
    if agreed != ([] if consent is None else [consent.text_hash]):
        raise events.BrokenChain(session_id, "the agreement of its subject is another")
    if consent is not None and consent.text is not None and digest_of(consent.text) != consent.text_hash:
        raise events.BrokenChain(session_id, "the text that its subject agreed to was edited")
    asked = [payload["answers"] for kind, payload in logged if kind == events.ASKED]
    if asked != ([] if answers is None else [answers]):
        raise events.BrokenChain(session_id, "what its subject said about themselves was changed")
    screened = [
        (said["check"], said["passed"], said["result"])
        for kind, said in logged
        if kind == events.SCREENED and "turn" not in said  # a turn decides nothing
    ]
    if screened != [tuple(look) for look in looks]:
        raise events.BrokenChain(session_id, "what was found of its screen or its viewing conditions was changed")


def _hashes(said: Mapping[str, Any]) -> Iterator[str]:
    """What the protocol can have been hashed to when its study opened."""
    protocol = Protocol.model_validate(said)
    yield protocol.hash
    if {name: said.get(name) for name in _WRITTEN_IN} == _WRITTEN_IN:  # it opened before there were such settings
        told = protocol.model_dump(mode="json")
        yield digest_of({name: told[name] for name in FIRST | (said.keys() - _WRITTEN_IN.keys())})
