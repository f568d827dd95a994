"""Which picture stands in which pane of a trial; nothing in the address says so."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.db import Database
from app.db.models import Outcome, Pair, Picture, Session, Stimulus, Trial
from app.errors import NotFound
from app.sessions.outcomes import Withdrawn
from app.sessions.votes import TrialNotFound

_a, _b, _reference = aliased(Stimulus), aliased(Stimulus), aliased(Stimulus)
_FIND = (
    select(
        Trial.a_on_left, Session.study_id, Session.outcome,
        _a.picture_digest, _b.picture_digest, _reference.picture_digest,
    )
    .join(Session, Session.id == Trial.session_id)
    .join(Pair, Pair.id == Trial.pair_id)
    .join(_a, _a.id == Pair.a_id)
    .join(_b, _b.id == Pair.b_id)
    .join(_reference, _reference.id == Pair.reference_id)
    .where(Session.token == bindparam("session"), Trial.token == bindparam("trial"))
)  # fmt: skip
_SIZE = select(Picture.size).where(Picture.digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture in a pane."""

    digest: str
    size: int  # bytes, as they were ingested
    study_id: int


class PaneNotFound(NotFound):
    """A trial has three panes, and this is none of them."""

    def __init__(self, pane: str) -> None:
        super().__init__(f"A trial has no pane {pane!r}", "ask for left, reference or right")


def shown_in(database: Database, session_token: str, trial_token: str, pane: str) -> Shown:
    """The picture in that pane of the session's trial."""
    if pane not in ("left", "right", "reference"):
        raise PaneNotFound(pane)
    with database.read() as db:
        found = db.execute(_FIND, {"session": session_token, "trial": trial_token}).one_or_none()
        if found is None:
            raise TrialNotFound
        a_on_left, study_id, outcome, a, b, reference = found
        if outcome is Outcome.WITHDRAWN:
            raise Withdrawn
        digest = reference if pane == "reference" else a if (pane == "left") is a_on_left else b
        return Shown(digest, db.scalars(_SIZE, {"digest": digest}).one(), study_id)
