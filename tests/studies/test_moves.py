"""The moves of a study's life: what a pilot freezes, what is written of each move, and what two people do at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from app.clock import now
from app.db import Database
from app.db.audit import Actor
from app.db.migrate import downgrade, migrate
from app.db.models import AuditEntry, Pair, Stimulus, Study, StudyState, Through
from app.media import Media
from app.sessions import enrol, links
from app.studies import freezing, moves, service
from app.studies.changes import DraftChanged
from app.studies.protocol import Protocol
from app.studies.states import StudyNotDraft
from app.studies.stimuli import ingest_folder
from app.studies.trouble import picture_lost

ADA = Actor(None, "ada", Through.DESK)
SECRET = b"a secret of the tests"


@pytest.fixture
def ready(database: Database, media: Media, draft: int, folder: Path) -> int:
    """A draft with everything it needs."""
    ingest_folder(database, media, draft, folder)
    return draft


def entries(database: Database, study: int) -> list[AuditEntry]:
    with database.read() as db:
        return list(db.scalars(select(AuditEntry).where(AuditEntry.study_id == study).order_by(AuditEntry.id)))


def pairs(database: Database, study: int) -> int:
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(Pair).where(Pair.study_id == study)).one()


def test_a_pilot_is_frozen_and_opening_it_changes_nothing_that_it_froze(
    database: Database, media: Media, ready: int
) -> None:
    moves.start_pilot(database, media, ready)
    piloted, shown = service.get(database, ready), pairs(database, ready)
    assert (piloted.state, piloted.protocol_hash, piloted.opened_at) == (
        StudyState.PILOT, Protocol(catch_trials=3).hash, None,
    )  # fmt: skip
    with pytest.raises(StudyNotDraft, match="Duplicate it"):
        service.edit(database, ready, title="Another")
    moves.open_study(database, media, ready)
    opened = service.get(database, ready)
    assert opened.opened_at is not None
    assert (opened.protocol_hash, pairs(database, ready)) == (piloted.protocol_hash, shown)


def test_what_is_frozen_is_what_whoever_opens_it_has_read_and_asking_again_is_no_mistake(
    database: Database, media: Media, ready: int
) -> None:
    read = service.get(database, ready).revision
    service.edit(database, ready, title="Another")
    for move in (moves.start_pilot, moves.open_study):
        with pytest.raises(DraftChanged, match="study renamed"):
            move(database, media, ready, revision=read)
    assert (service.get(database, ready).state, pairs(database, ready)) == (StudyState.DRAFT, 0)
    moves.open_study(database, media, ready, revision=read + 1)
    moves.open_study(database, media, ready, revision=read)  # whoever lost the reply
    assert service.get(database, ready).state is StudyState.OPEN


def test_a_pilot_that_nobody_has_begun_can_be_changed_and_begun_again(
    database: Database, media: Media, ready: int
) -> None:
    moves.start_pilot(database, media, ready)
    shown = pairs(database, ready)
    moves.end_pilot(database, ready)
    view = service.get(database, ready)
    assert (view.state, view.protocol_hash, pairs(database, ready)) == (StudyState.DRAFT, None, 0)
    service.edit(database, ready, protocol=Protocol(catch_trials=2))
    moves.start_pilot(database, media, ready)
    assert (service.get(database, ready).protocol_hash, pairs(database, ready)) == (
        Protocol(catch_trials=2).hash,
        shown,
    )


def test_a_pilot_that_somebody_has_begun_stays_what_they_saw(database: Database, media: Media, ready: int) -> None:
    moves.start_pilot(database, media, ready)
    enrol.begin(database, SECRET, links.pilot_token(database, SECRET, ready))
    with pytest.raises(moves.PilotHasSessions, match="1 session has begun") as refused:
        moves.end_pilot(database, ready)
    assert "duplicate the study" in refused.value.message
    assert service.get(database, ready).state is StudyState.PILOT


def test_a_pilot_whose_picture_is_gone_says_which_and_cannot_open(
    database: Database, media: Media, ready: int, tmp_path: Path
) -> None:
    moves.start_pilot(database, media, ready)
    with database.read() as db:
        digest = db.scalars(select(Stimulus.picture_digest).where(Stimulus.condition == "mae")).first()
    assert digest
    (path,) = [file for file in tmp_path.rglob(digest[2:]) if file.is_file()]
    kept = path.read_bytes()
    path.unlink()
    picture_lost(database, ready, digest)
    view = service.get(database, ready)
    assert view.state is StudyState.PILOT
    assert "Mae of scene" in str(view.trouble)
    with pytest.raises(freezing.StudyNotReady, match="has lost"):
        moves.open_study(database, media, ready)
    path.write_bytes(kept)
    moves.open_study(database, media, ready)
    assert service.get(database, ready).trouble is None


def test_every_move_is_in_the_audit_log_once_with_who_made_it(database: Database, media: Media, ready: int) -> None:
    for _ in range(2):  # the second time nothing is left to be done
        moves.start_pilot(database, media, ready, by=ADA)
    moves.end_pilot(database, ready, by=ADA)
    moves.open_study(database, media, ready, by=ADA)
    for move in (moves.pause, moves.resume, moves.close, moves.archive, moves.unarchive):
        for _ in range(2):
            move(database, ready, by=ADA)
    written = [entry for entry in entries(database, ready) if entry.account == "ada"]
    assert [entry.deed for entry in written] == [
        "pilot started", "pilot ended", "study opened", "study paused", "study resumed", "study closed",
        "study archived", "study unarchived",
    ]  # fmt: skip
    view = service.get(database, ready)
    assert written[2].details == {"hashes": {"protocol": view.protocol_hash, "plan": view.protocol.plan_hash}}
    assert written[5].details == {"was": "open"}
    other = service.create(database, "Left", Protocol())
    moves.delete(database, other, by=ADA)
    assert [(entry.deed, entry.details) for entry in entries(database, other) if entry.account == "ada"] == [
        ("draft deleted", {"title": "Left"})
    ]


def test_a_move_that_is_refused_leaves_nothing_in_the_log(database: Database, media: Media, draft: int) -> None:
    before = len(entries(database, draft))
    with pytest.raises(freezing.StudyNotReady):
        moves.open_study(database, media, draft, by=ADA)
    assert len(entries(database, draft)) == before


def test_of_many_who_move_a_study_at_once_one_does_and_all_find_it_moved(
    database: Database, media: Media, ready: int
) -> None:
    steps = (
        lambda: moves.start_pilot(database, media, ready, by=ADA),
        lambda: moves.open_study(database, media, ready, by=ADA),
        lambda: moves.pause(database, ready, by=ADA),
        lambda: moves.close(database, ready, by=ADA),
        lambda: moves.archive(database, ready, by=ADA),
    )
    shown = set()
    with ThreadPoolExecutor(4) as people:
        for step in steps:
            for done in [people.submit(step) for _ in range(4)]:
                done.result()
            shown.add(pairs(database, ready))
    assert len(shown) == 1
    assert [entry.deed for entry in entries(database, ready) if entry.account == "ada"] == [
        "pilot started", "study opened", "study paused", "study closed", "study archived",
    ]  # fmt: skip


def test_a_pilot_ended_while_somebody_begins_it_has_either_no_session_or_its_pairs(
    database: Database, media: Media, ready: int
) -> None:
    def begin() -> bool:
        try:
            enrol.begin(database, SECRET, links.pilot_token(database, SECRET, ready))
        except enrol.StudyNotOpenYet:
            return False
        return True

    def end() -> bool:
        try:
            moves.end_pilot(database, ready)
        except moves.PilotHasSessions:
            return False
        return True

    with ThreadPoolExecutor(2) as people:
        for _ in range(4):
            moves.start_pilot(database, media, ready)
            begun, ended = people.submit(begin), people.submit(end)
            assert begun.result() is not ended.result()
            if begun.result():
                break


def test_an_older_program_finds_no_pilot_open_and_no_rehearsal_taking_anybody(peopled: Database) -> None:
    downgrade(peopled, "0009")
    with peopled.engine.connect() as connection:
        rows = {row.title: row.state for row in connection.execute(text("SELECT title, state FROM studies"))}
        undated = connection.execute(text("SELECT count(*) FROM studies WHERE opened_at IS NULL AND state <> 'draft'"))
        assert undated.scalar_one() == 0
    assert rows == {"pilot": "paused", "archived": "closed", "rehearsal": "closed", "draft": "draft"}
    migrate(peopled)
    with peopled.read() as db:
        assert db.scalars(select(func.count()).select_from(Study)).one() == 4


@pytest.fixture
def peopled(database: Database) -> Database:
    """A study in each state that an older program does not know, a rehearsal, and a draft."""
    for title in ("pilot", "archived", "rehearsal", "draft"):
        service.create(database, title, Protocol())
    with database.write() as db:
        for title, values in (
            ("pilot", {"state": StudyState.PILOT}),
            ("archived", {"state": StudyState.ARCHIVED, "opened_at": now(), "archived_at": now()}),
            ("rehearsal", {"state": StudyState.PILOT, "rehearsal_of": 4}),
        ):
            db.execute(update(Study).where(Study.title == title).values(**values))
    return database
