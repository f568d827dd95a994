"""What hashes and logs vouch for besides votes and trials: protocols, agreements, and what is known of subjects."""

from sqlalchemy import select

from app.db import Database
from app.db.models import Consent, Event, Questionnaire, Screening, Study
from app.jobs.contract import digest_of
from app.sessions import events
from app.studies.eras import hashes

_CONSENTED = "consented"


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
