"""An import is one transaction: killed, refused or raced, there is all of it or nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from app import reserve
from app.archives import intake, lines
from app.archives.opened import Opened
from app.archives.refusals import ArchiveRefused, ImportedAlready
from app.archives.spool import NoRoomForSessions
from app.archives.standing import Standing
from app.db.models import AuditEntry, Event, Stimulus, Study, Trial, Vote
from app.settings import Settings
from app.studies import service
from tests.archives import lived
from tests.archives.conftest import Origin, Place

KILLED = """
import os, signal, sys
from pathlib import Path
from app.archives import intake
from app.db import Database
from app.media import Media

def tell(what, done):
    if (what, done) == ("written", 3):
        os.kill(os.getpid(), signal.SIGKILL)

archive, url, store = sys.argv[1:]
intake.take_in(Database(url), Media(store), Path(archive), "a.zip", Path(archive).parent, tell=tell)
"""


def _rows(here: Place) -> int:
    with here.database.read() as db:
        return sum(
            db.scalar(select(func.count()).select_from(table)) or 0
            for table in (Study, Stimulus, Trial, Vote, Event, AuditEntry)
        )


def test_of_an_import_that_is_killed_nothing_is_there(origin: Origin, here: Place, settings: Settings) -> None:
    argv = [sys.executable, "-c", KILLED, str(origin.archive), settings.database, settings.media]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, env={**os.environ})
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert _rows(here) == 0
    here.take_in(origin.archive)
    assert _rows(here) > 100


def test_of_two_who_bring_the_same_archive_at_once_one_is_told(origin: Origin, here: Place) -> None:
    def bring(_: int) -> str:
        try:
            return f"study {here.take_in(origin.archive).study_id}"
        except ImportedAlready as error:
            return f"as {error.study_ids}"

    with ThreadPoolExecutor(2) as threads:
        told = sorted(threads.map(bring, range(2)))
    number = service.listing(here.database)[0].id
    assert told == [f"as ({number},)", f"study {number}"]
    assert len(service.listing(here.database)) == 1


@pytest.mark.one_database
def test_what_is_written_is_what_was_looked_at_whatever_becomes_of_the_file(
    origin: Origin, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = here.folder / "copy.zip"
    copy.write_bytes(origin.archive.read_bytes())
    keep = intake._keep_pictures

    def tampering(*arguments: object) -> None:
        keep(*arguments)  # type: ignore[arg-type]
        whole = bytearray(copy.read_bytes())
        at = whole.index(b"votes.jsonl") + 40
        whole[at] ^= 1
        with copy.open("r+b") as file:
            file.write(whole)

    monkeypatch.setattr(intake, "_keep_pictures", tampering)
    study = here.take_in(copy).study_id
    monkeypatch.undo()
    with pytest.raises(ArchiveRefused, match=r"votes\.jsonl is damaged"):
        here.take_in(copy, again=True)
    assert lived.taken_away(here.database, study) == lived.taken_away(origin.place.database, origin.study)


@pytest.mark.one_database
def test_sessions_that_wait_leave_the_last_of_the_disk_to_votes(
    origin: Origin, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = reserve.RESERVE + 5_000
    monkeypatch.setattr(reserve.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(NoRoomForSessions, match="which are kept for votes") as refused:
        here.take_in(origin.archive)
    assert refused.value.status == 507
    assert _rows(here) == 0


@pytest.mark.sqlite_only
def test_votes_wait_for_no_line_that_is_unpacked_or_looked_at(
    origin: Origin, here: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, file = list[str](), settings.data_dir / "beholder.sqlite3"

    def watched(read: Callable[..., Any]) -> Callable[..., Any]:
        def look(*arguments: Any, **named: Any) -> Any:
            with closing(sqlite3.connect(file, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")  # as a vote does
            looked.append(read.__name__)
            return read(*arguments, **named)

        return look

    for place, name in ((lines, "parsed"), (Standing, "require"), (Opened, "_pieces")):
        monkeypatch.setattr(place, name, watched(getattr(place, name)))
    here.take_in(origin.archive)
    assert {"parsed", "require", "_pieces"} == set(looked)


@pytest.mark.one_database
def test_progress_is_told_picture_by_picture_and_session_by_session(origin: Origin, here: Place) -> None:
    told = list[tuple[str, int]]()
    intake.take_in(
        here.database,
        here.media,
        Path(origin.archive),
        "a.zip",
        here.folder,
        tell=lambda what, done: told.append((what, done)),
    )
    assert told == [(what, n) for what, most in (("pictures", 10), ("sessions", 6), ("written", 6))
                    for n in range(1, most + 1)]  # fmt: skip
