"""Subjects whom a recruiting service sends: what its links bring along, and which session such a subject goes on with.

docs/decisions/0013 says why a number alone is enough for one service and not for another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session as OrmSession

from app.db.models import ExternalId, Service, Session, Subject
from app.errors import BadInput, Conflict

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_NOT_YET = "ASSIGNMENT_ID_NOT_AVAILABLE"  # what MTurk sends while somebody only looks at a task
SUBMIT_TO = frozenset({"https://www.mturk.com", "https://workersandbox.mturk.com"})
_PARTICIPANT = {
    "PROLIFIC_PID": Service.PROLIFIC, "workerId": Service.MTURK, "assignmentId": Service.MTURK,
    "survey_code": Service.SONA, "id": Service.SONA,
}  # fmt: skip
_OTHERS = {
    Service.PROLIFIC: ("STUDY_ID", "SESSION_ID"),
    Service.MTURK: ("hitId", "assignmentId", "turkSubmitTo"),
    Service.SONA: (),
}


class BadParticipant(BadInput):
    """The link of a recruiting service does not say who comes."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The link brings no usable {name}: 1 to 128 letters, digits, dots, dashes and underscores",
            "let the recruiting service fill in its links, as docs/recruiting.md shows",
        )


class OnlyAPreview(Conflict):
    """The recruiting service shows the study to somebody who has not accepted it."""

    def __init__(self) -> None:
        super().__init__("This is a preview, in which nothing begins", "accept the task first, then open it again")


class TakesPartAlready(Conflict):
    """Somebody of this number takes part already, and nothing proves that it is the same person."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody with this number of the recruiting service takes part already",
            "go on in the browser that the session was begun in, or by its personal link",
        )


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a subject, under which number, and what it wants handed back at the end."""

    service: Service
    participant: str
    fields: dict[str, str]
    preview: bool = False

    @property
    def hidden(self) -> dict[str, str]:
        """The same as a service's link says it: ``read`` understands it again."""
        participant = {Service.PROLIFIC: "PROLIFIC_PID", Service.MTURK: "workerId", Service.SONA: "survey_code"}
        return {participant[self.service]: self.participant, **self.fields}


def read(said: Mapping[str, str]) -> Sender | None:
    """Who sent the subject, by the parameters of the link; None where no service did."""
    service = next((service for name, service in _PARTICIPANT.items() if name in said), None)
    if service is None:
        return None
    fields = {name: said[name] for name in _OTHERS[service] if said.get(name)}
    if fields.get("assignmentId") == _NOT_YET:
        return Sender(service, "", {}, preview=True)
    submit_to = fields.pop("turkSubmitTo", "").rstrip("/")
    if submit_to in SUBMIT_TO:  # anything else is no place to send a form to
        fields["turkSubmitTo"] = submit_to
    name = next(name for name, of in _PARTICIPANT.items() if of is service and (name in said or name == "workerId"))
    checked = {name: said.get(name, "")} | {other: fields[other] for other in fields if other != "turkSubmitTo"}
    for parameter, value in checked.items():
        if not _NUMBER.fullmatch(value):
            raise BadParticipant(parameter)
    return Sender(service, said[name], fields)


def known(db: OrmSession, study_id: int, sender: Sender | None, *, pilot: bool) -> Session | None:
    """The session that the sender's subject has in the study: a pilot's behind a pilot link, and the others' else."""
    if sender is None or sender.preview:
        return None
    return db.scalar(
        select(Session)
        .join(ExternalId, ExternalId.subject_id == Session.subject_id)
        .where(*_same(study_id, sender), Session.pilot.is_(pilot))
        .order_by(Session.id.desc())
        .limit(1)
    )


def proves(db: OrmSession, session: Session, sender: Sender, held: str | None) -> bool:
    """Whether whoever comes with these parameters may go on with that session."""
    if session.token == held or sender.service is Service.PROLIFIC:
        return True
    if sender.service is Service.SONA:  # small numbers that anybody can try
        return False
    row = db.get_one(ExternalId, session.subject_id)
    return bool(sender.fields.get("assignmentId")) and row.fields.get("assignmentId") == sender.fields["assignmentId"]


def goes_on(db: OrmSession, session: Session, sender: Sender) -> None:
    """What the service wants handed back is what it said last: a returned place there may be taken again."""
    if session.outcome is None:
        db.get_one(ExternalId, session.subject_id).fields = dict(sender.fields)


def attach(db: OrmSession, study_id: int, subject: Subject, sender: Sender, *, pilot: bool) -> None:
    """The subject is the service's participant; a number that only a pilot had goes over to whoever counts."""
    row = db.scalar(select(ExternalId).where(*_same(study_id, sender)))
    if row is not None:
        if pilot:
            raise TakesPartAlready
        db.delete(row)
        db.flush()
    db.add(
        ExternalId(
            subject_id=subject.id, study_id=study_id, service=sender.service, participant=sender.participant,
            fields=dict(sender.fields),
        )
    )  # fmt: skip
    db.flush()


def _same(study_id: int, sender: Sender) -> tuple[ColumnElement[bool], ...]:
    return (
        ExternalId.study_id == study_id,
        ExternalId.service == sender.service,
        ExternalId.participant == sender.participant,
    )
