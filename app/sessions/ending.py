"""How a session's end looks to its subject: which code, and which way back to whoever sent them."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from sqlalchemy import select

from app.db import Database
from app.db.models import ExternalId, Outcome, Service, Session, Study
from app.sessions.external import SUBMIT_TO
from app.sessions.sitting import SessionNotFound
from app.studies.ends import PLACES
from app.studies.protocol import Protocol
from app.studies.states import protocol_of

_PLACE = re.compile(rf"\{{({'|'.join(PLACES)})\}}")
_SUBMIT = "/mturk/externalSubmit"
_NAMES = {Service.PROLIFIC: "Prolific", Service.MTURK: "Amazon Mechanical Turk", Service.SONA: "SONA"}


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where the subject goes from the last page: a link, or a form where ``fields`` go along."""

    address: str
    service: Service | None
    fields: dict[str, str]

    @property
    def place(self) -> str:
        """The name of the place, for a subject to read; names are not translated."""
        return _NAMES[self.service] if self.service else urlsplit(self.address).hostname or self.address

    @property
    def origin(self) -> str:
        """The one place to which the page's form may be sent."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Ending:
    """What the last page says."""

    outcome: Outcome | None  # as the subject may know it: failed checks look like the others unless the protocol tells
    code: str | None
    back: WayBack | None
    sent: bool  # whether a recruiting service sent the subject


def ending(database: Database, session_token: str) -> Ending:
    """How the session has ended, as its subject may know it; raises ``SessionNotFound``."""
    with database.read() as db:
        found = db.execute(
            select(Session, Study, ExternalId)
            .join(Study, Study.id == Session.study_id)
            .outerjoin(ExternalId, ExternalId.subject_id == Session.subject_id)
            .where(Session.token == session_token)
        ).one_or_none()
    if found is None:
        raise SessionNotFound
    session, study, external = found
    protocol = protocol_of(study)
    code = shown_code(protocol, session.outcome, session.completion_code)
    as_told = told(protocol, session.outcome)
    return Ending(as_told, code, _back(protocol, as_told, code, external), external is not None)


def shown_code(protocol: Protocol, outcome: Outcome | None, code: str | None) -> str | None:
    """The session's code; none for who failed the checks where only the address, and no code, tells them apart."""
    if outcome is Outcome.FAILED_CHECKS and protocol.failed_url and not protocol.failed_code:
        return None
    return code


def told(protocol: Protocol, outcome: Outcome | None) -> Outcome | None:
    """The outcome as its subject may know it."""
    if outcome is Outcome.FAILED_CHECKS and not (protocol.failed_code or protocol.failed_url):
        return Outcome.COMPLETED
    return outcome


def _back(protocol: Protocol, known: Outcome | None, code: str | None, external: ExternalId | None) -> WayBack | None:
    if known is Outcome.COMPLETED:
        template = protocol.completed_url
    elif known is Outcome.FAILED_CHECKS:  # the address of the others does for them only if it carries their own code
        template = protocol.failed_url or ("{code}" in protocol.completed_url and protocol.completed_url) or ""
    else:
        template = protocol.screened_out_url if known is Outcome.SCREENED_OUT else ""
    values = _values(external) | {"code": code or ""}
    if template and all(values[name] for name in _PLACE.findall(template)):
        filled = _PLACE.sub(lambda place: quote(values[place[1]], safe=""), template)
        return WayBack(filled, external.service if external else None, {})
    if known in (Outcome.COMPLETED, Outcome.FAILED_CHECKS) and external and external.service is Service.MTURK:
        return _submission(external, code)
    return None


def _values(external: ExternalId | None) -> dict[str, str]:
    """What the service said, under the names that a protocol's addresses have for it."""
    if external is None:
        return {"participant": "", "study": "", "session": ""}
    said = external.fields
    return {
        "participant": external.participant,
        "study": said.get("STUDY_ID") or said.get("hitId") or "",
        "session": said.get("SESSION_ID") or said.get("assignmentId") or "",
    }


def _submission(external: ExternalId, code: str | None) -> WayBack | None:
    """MTurk's own last step: the assignment is handed in at the one of its two places that it named."""
    host, assignment = external.fields.get("turkSubmitTo"), external.fields.get("assignmentId")
    if host not in SUBMIT_TO or not assignment:
        return None
    return WayBack(host + _SUBMIT, Service.MTURK, {"assignmentId": assignment, "code": code or "none"})
