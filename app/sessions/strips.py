"""A session's trials as the monitor shows them, and what they say about its answers."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session as OrmSession

from app.db.models import Session, Side, Trial, TrialKind, Vote
from app.sessions.exclusions import catch_failed


@dataclass(frozen=True, slots=True)
class Mark:
    """One trial in the monitor's strip; ``correct`` is known for answered catch trials alone."""

    position: int
    answered: bool
    kind: TrialKind
    correct: bool | None = None

    @property
    def is_catch(self) -> bool:
        """Whether the session is judged by it."""
        return self.kind is TrialKind.CATCH


@dataclass(frozen=True, slots=True)
class Shown:
    """A trial that was issued, and its answer."""

    position: int
    kind: TrialKind
    pair_id: int
    a_on_left: bool
    side: Side | None
    elapsed_ms: int | None

    @property
    def chose_a(self) -> bool | None:
        """Whether the answer is the pair's first picture; None for "can't tell"."""
        return None if self.side is Side.TIE else (self.side is Side.LEFT) is self.a_on_left


def trials_of(db: OrmSession, *within: ColumnElement[bool]) -> dict[int, list[Shown]]:
    """The trials of each of these sessions in order, without practice and without slots that went to others."""
    rows = db.execute(
        select(
            Trial.session_id, Trial.position, Trial.kind, Trial.pair_id, Trial.a_on_left, Vote.side, Vote.elapsed_ms
        )
        .join(Session, Session.id == Trial.session_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(*within, Trial.kind != TrialKind.PRACTICE, Trial.given_back_at.is_(None))
        .order_by(Trial.position)
    )  # fmt: skip
    found = defaultdict[int, list[Shown]](list)
    for session_id, position, kind, pair_id, a_on_left, side, elapsed_ms in rows:
        found[session_id].append(Shown(position, kind, pair_id, a_on_left, side, elapsed_ms))
    return found


def mark(shown: Shown) -> Mark:
    """A trial as the strip draws it."""
    is_catch = shown.kind is TrialKind.CATCH
    correct = not catch_failed(shown.a_on_left, shown.side) if is_catch and shown.side is not None else None
    return Mark(shown.position, shown.side is not None, shown.kind, correct)


def agreement(trials: list[Shown]) -> tuple[int, int]:
    """How many pairs were answered twice, and how many of them alike."""
    first = {shown.pair_id: shown for shown in trials if shown.kind is TrialKind.TEST and shown.side is not None}
    again = [shown for shown in trials if shown.kind is TrialKind.REPEAT and shown.side is not None]
    both = [(shown, first[shown.pair_id]) for shown in again if shown.pair_id in first]
    return len(both), sum(shown.chose_a is before.chose_a for shown, before in both)
