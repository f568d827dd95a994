"""Those whom an experimenter invites: a label for each, and the personal link that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.clock import now
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor, note
from app.db.models import Session, Subject
from app.errors import BadInput, Conflict, NotFound
from app.sessions.enrol import SimulatedNotWelcome, StudyClosed
from app.sessions.links import personal_token
from app.studies import states

LONGEST_LABEL = 80  # characters


class BadLabel(BadInput):
    """The label cannot be shown in a table."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label[:80]!r} is no label for a subject", "write 1 to 80 printable characters")


class NotInvited(NotFound):
    """The study has invited nobody of this label."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"Nobody with the label {label[:80]!r} is invited to this study",
            "choose a label from its list of personal links (GET /api/v1/studies/{number}/invitations)",
        )


class BegunAlready(Conflict):
    """The subject has begun, so that the link belongs to answers."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label!r} has begun already, and their link leads back to their answers",
            "exclude the session on the monitor, with a reason; or withdraw it where its subject asks for that",
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """A subject and the token of their personal link."""

    label: str
    token: str
    started: bool
    completed: bool
    invited: bool  # by a label; everybody else came by the public or the pilot link

    @property
    def state(self) -> str:
        """How far the subject is, in a word or two."""
        return "complete" if self.completed else "under way" if self.started else "not begun"


def is_label(label: str) -> bool:
    """Whether a subject may be called so."""
    return 1 <= len(label) <= LONGEST_LABEL and label.isprintable()


def invite(
    database: Database,
    secret: bytes,
    study_id: int,
    labels: Sequence[str],
    *,
    simulated: bool = False,
    by: Actor = AT_THE_MACHINE,
) -> list[Invitation]:
    """A personal link for every label; a label that the study knows already gets the link it has."""
    wanted = list(dict.fromkeys(label.strip() for label in labels))
    for label in wanted:
        if not is_label(label):
            raise BadLabel(label)
    with database.write() as db:
        study = states.hold(db, study_id)
        if study.state.has_ended:
            raise StudyClosed(study)
        if simulated and not study.is_demo:
            raise SimulatedNotWelcome(study)
        known = set(db.scalars(select(Subject.label).where(Subject.study_id == study_id)))
        new = [label for label in wanted if label not in known]
        db.add_all(
            Subject(study_id=study.id, label=label, simulated=simulated, invited=True, created_at=now())
            for label in new
        )  # fmt: skip
        if new:
            note(db, by, "subjects invited", study_id=study_id, subjects=len(new))
    chosen = set(wanted)
    return [one for one in invitations(database, secret, study_id, simulated=simulated) if one.label in chosen]


def invitations(database: Database, secret: bytes, study_id: int, *, simulated: bool = False) -> list[Invitation]:
    """Every subject of the study with their personal link: the people, or the simulated ones."""
    with database.read() as db:
        rows = db.execute(
            select(
                Subject.id,
                Subject.link_key,
                Subject.label,
                Subject.invited,
                func.count(Session.id),
                func.count(Session.completed_at),
            )
            .outerjoin(Session, Session.subject_id == Subject.id)
            .where(Subject.study_id == study_id, Subject.simulated.is_(simulated))
            .group_by(Subject.id)
            .order_by(Subject.id)
        )
        return [
            Invitation(label, personal_token(secret, number, key), bool(begun), bool(done), invited)
            for number, key, label, invited, begun, done in rows
        ]


def take_back(database: Database, study_id: int, label: str, *, by: Actor = AT_THE_MACHINE) -> None:
    """The link of a subject who has not begun leads nowhere from now on, and the label is free again.

    The number that the link was made of is given to nobody else.
    """
    with database.write() as db:
        states.hold(db, study_id)  # nobody begins meanwhile
        subject = db.scalar(
            select(Subject).where(Subject.study_id == study_id, Subject.label == label, Subject.invited.is_(True))
        )
        if subject is None:
            raise NotInvited(label)
        if db.scalar(select(Session.id).where(Session.subject_id == subject.id).limit(1)) is not None:
            raise BegunAlready(label)
        note(db, by, "invitation taken back", study_id=study_id, subject=subject.id)  # a number: labels name people
        db.delete(subject)
