"""The sessions in an archive, one after the other: of each its own lines, and never more than those in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.archives.held import Held
from app.archives.opened import Opened
from app.archives.refusals import Wrong
from app.archives.sitting_rows import (
    ConsentRow,
    EventRow,
    ExclusionRow,
    OfSession,
    QuestionnaireRow,
    ScreeningRow,
    SessionRow,
    ShowingRow,
    TrialRow,
    VoteRow,
)

_MOST = 100_000  # lines of one table that belong to one session; a long one has some thousand
Row = TypeVar("Row", bound=OfSession)


@dataclass(frozen=True, slots=True)
class SittingRows:
    """All that an archive says of one session."""

    session: SessionRow
    consents: list[ConsentRow]
    questionnaires: list[QuestionnaireRow]
    screenings: list[ScreeningRow]
    trials: list[TrialRow]
    votes: list[VoteRow]
    showings: list[ShowingRow]
    exclusions: list[ExclusionRow]
    events: list[EventRow]


def sittings(archive: Opened) -> Iterator[SittingRows]:
    """The sessions in their order; raises ``Wrong`` where a line stands where its session is not."""
    held = Held("a session")
    consents = _Lines("consents", archive.table("consents", ConsentRow, held))
    questionnaires = _Lines("questionnaires", archive.table("questionnaires", QuestionnaireRow, held))
    screenings = _Lines("screenings", archive.table("screenings", ScreeningRow, held))
    trials = _Lines("trials", archive.table("trials", TrialRow, held))
    votes = _Lines("votes", archive.table("votes", VoteRow, held))
    showings = _Lines("showings", archive.table("showings", ShowingRow, held))
    exclusions = _Lines("exclusions", archive.table("exclusions", ExclusionRow, held))
    events = _Lines("events", archive.table("events", EventRow, held))
    seen = set[int]()
    for session in archive.table("sessions", SessionRow, None):
        held.let_go()
        number = session.number
        if number in seen:
            raise Wrong(f"sessions.jsonl has number {number} twice")
        seen.add(number)
        yield SittingRows(
            session, consents.of(number), questionnaires.of(number), screenings.of(number), trials.of(number),
            votes.of(number), showings.of(number), exclusions.of(number), events.of(number),
        )  # fmt: skip
    for lines in (consents, questionnaires, screenings, trials, votes, showings, exclusions, events):
        lines.require_end()


class _Lines(Generic[Row]):
    """A table that is read along with the sessions."""

    def __init__(self, table: str, rows: Iterator[Row]) -> None:
        self._table = table
        self._rows = rows
        self._next = next(rows, None)

    def of(self, session: int) -> list[Row]:
        found = list[Row]()
        while self._next is not None and self._next.session == session:
            found.append(self._next)
            if len(found) > _MOST:
                raise Wrong(f"{self._table}.jsonl has more than {_MOST:,} lines of session {session}")
            self._next = next(self._rows, None)
        return found

    def require_end(self) -> None:
        if self._next is not None:
            raise Wrong(
                f"{self._table}.jsonl has a line of session {self._next.session} that does not stand in the order of "
                "sessions.jsonl, or belongs to no session there"
            )
