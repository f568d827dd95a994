"""How a session ends before its last trial: by a rule of its protocol, or because its subject has withdrawn."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session as OrmSession

from app.db.models import ExclusionAction, Outcome, Session, Study
from app.errors import Gone
from app.sessions.events import BY_PROTOCOL
from app.sessions.exclusions import SCREENING_RULE, decide
from app.studies.states import protocol_of


class Withdrawn(Gone):
    """The session's subject has withdrawn: nothing of theirs is taken in any more."""

    def __init__(self, trial: str = "") -> None:
        self.trial = trial
        super().__init__("This session was withdrawn, so that nothing more is stored", "close the page")

    def extras(self) -> dict[str, Any]:
        """The trial, where an answer was sent: a page that reads its own there forgets the answer."""
        return {"trial": self.trial} if self.trial else {}


def screen_out(db: OrmSession, session: Session, reason: str, at: datetime) -> None:
    """The session is over and never counts, for a reason that is written down; one that has ended already stays so.

    The caller holds the session's row locked.
    """
    if session.outcome is not None:
        return
    study = db.get_one(Study, session.study_id)
    session.outcome, session.last_seen_at = Outcome.SCREENED_OUT, at
    session.completion_code = protocol_of(study).screened_out_code or None
    db.flush()
    decide(
        db.connection(), session.id, ExclusionAction.EXCLUDE, rule=SCREENING_RULE, reason=reason, by=BY_PROTOCOL, at=at
    )
