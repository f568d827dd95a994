"""Sessions that were found to be sound, as rows that are ready to be written, until the database is held for them.

They wait in a file of their own, so that nothing is unpacked, read or looked at while votes wait for the transaction,
and so that what is written is what was looked at, whatever becomes of the archive meanwhile.
"""

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.archives.sittings import SittingRows
from app.errors import AppError
from app.reserve import require_room

_AT_ONCE = 5_000  # rows
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """A session's rows by the names of their tables' columns; numbers are still those of the archive."""

    number: int
    subject: int
    session: Columns
    trials: list[Columns]  # with the keys "number", "token" and "pair"
    votes: list[Columns]  # with the key "trial", as the next
    showings: list[Columns]
    consents: list[Columns]
    questionnaires: list[Columns]
    screenings: list[Columns]
    exclusions: list[Columns]
    events: list[Columns]


class NoRoomForSessions(AppError):
    """The disk of the data folder cannot take an archive's sessions."""

    status = 507

    def __init__(self, folder: Path, why: OSError) -> None:
        super().__init__(
            f"The disk under {folder} has no room for the archive's sessions ({why.strerror}); nothing was imported",
            "make room there and import it again",
        )


class Spool:
    """The sessions in their order."""

    def __init__(self, folder: Path, file: BinaryIO) -> None:
        self._folder, self._file, self._count = folder, file, 0

    def add(self, rows: SittingRows) -> None:
        """One more session is ready; raises ``NoRoomForSessions``, also where votes would be left too little room."""
        # nobody but this process has written into the file, and it has no name: nothing else is ever unpickled
        said = pickle.dumps(_ready(rows), pickle.HIGHEST_PROTOCOL)
        try:
            require_room(self._folder, len(said))
            self._file.write(said)
        except OSError as error:
            raise NoRoomForSessions(self._folder, error) from None
        self._count += 1

    def batches(self) -> Iterator[list[Ready]]:
        """Some sessions at a time, of some thousand rows together, or of one session."""
        self._file.seek(0)
        batch, rows = list[Ready](), 0
        for _ in range(self._count):
            ready: Ready = pickle.load(self._file)
            batch.append(ready)
            rows += len(ready.trials) + len(ready.votes) + len(ready.showings) + len(ready.events)
            if rows > _AT_ONCE:
                yield batch
                batch, rows = [], 0
        if batch:
            yield batch


@contextmanager
def spool(folder: Path) -> Iterator[Spool]:
    """Inside, an empty one, in a file without a name in the folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=folder) as file:
        yield Spool(folder, file)


def _ready(rows: SittingRows) -> Ready:
    return Ready(
        rows.session.number, rows.session.subject, _said(rows.session, "number", "subject"), _all(rows.trials),
        _all(rows.votes), _all(rows.showings), _all(rows.consents), _all(rows.questionnaires), _all(rows.screenings),
        _all(rows.exclusions), _all(rows.events),
    )  # fmt: skip


def _all(rows: list[Any]) -> list[Columns]:
    return [_said(row, "session") for row in rows]


def _said(row: Any, *but: str) -> Columns:
    """What a line says, by the names of the table's columns."""
    return {name: getattr(row, name) for name in type(row).model_fields if name not in but}
