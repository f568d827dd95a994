"""Studies made from others: what a duplicate takes over, what differs between two, and what a rehearsal leaves."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import Database, checkup
from app.db.audit import Actor
from app.db.models import (
    Account,
    AuditEntry,
    Membership,
    Pair,
    Picture,
    Role,
    Side,
    Stimulus,
    Study,
    StudyState,
    Subject,
    Through,
)
from app.media import Media
from app.sessions import checks, enrol, links, progress, trying, votes
from app.studies import copies, freezing, moves, rehearsals, service
from app.studies.differences import Change, differences
from app.studies.fields import Gate
from app.studies.protocol import Protocol
from app.studies.states import StudyNotFound
from app.studies.stimuli import ingest_folder
from app.web import login
from tests.studies.pictures import fill

SECRET = b"a secret of the tests"
PLAIN = Protocol(catch_trials=3, questionnaire=(), display_gate=Gate.OFF)


@pytest.fixture
def ready(database: Database, media: Media, folder: Path) -> int:
    """A draft with everything it needs, and nothing to be answered before its first pair."""
    number = service.create(database, "Restoration", PLAIN, seed=7)
    ingest_folder(database, media, number, folder)
    return number


def count(database: Database, table: type, study: int) -> int:
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(table).where(table.study_id == study)).one()  # type: ignore[attr-defined]


def took_part(database: Database, token: str) -> str:
    """A session behind the link, with every open trial of its first two blocks answered."""
    session = enrol.begin(database, SECRET, token)
    progress.consent(database, session, progress.view(database, session).consent_hash)
    for _ in range(2):
        progress.start_block(database, session)
        for trial in progress.open_trials(database, session):
            votes.record_vote(database, session, trial.token, votes.Answer(Side.LEFT, 900))
    return session


def test_a_duplicate_is_a_draft_of_its_own_with_the_same_pictures_and_protocol(
    database: Database, media: Media, ready: int
) -> None:
    moves.open_study(database, media, ready)
    took_part(database, links.public_token(database, SECRET, ready))
    login.create_account(database, "ada", None)
    with database.read() as db:
        ada = Actor(db.scalars(select(Account.id)).one(), "ada", Through.DESK)
    number = copies.duplicate(database, ready, by=ada)
    one, other = service.get(database, ready), service.get(database, number)
    assert (other.state, other.title, other.duplicate_of) == (StudyState.DRAFT, "Restoration (copy)", ready)
    assert (other.protocol, other.pairs, other.protocol_hash) == (one.protocol, one.pairs, None)
    assert other.seed != one.seed
    assert (count(database, Subject, number), count(database, Pair, number)) == (0, 0)
    assert count(database, Stimulus, number) == count(database, Stimulus, ready)
    with database.read() as db:
        assert db.get_one(Membership, (number, ada.account_id)).role is Role.OWNER
        written = db.scalars(select(AuditEntry).where(AuditEntry.study_id == number)).one()
    assert (written.deed, written.account, written.details) == ("study duplicated", "ada", {"copy_of": ready})
    moves.open_study(database, media, number)
    assert service.get(database, number).protocol_hash == one.protocol_hash


def test_a_study_is_filled_by_simulated_subjects_as_a_demonstration_of_it(
    database: Database, media: Media, ready: int
) -> None:
    moves.open_study(database, media, ready)
    with pytest.raises(enrol.SimulatedNotWelcome, match="duplicate it as a demonstration"):
        enrol.begin(database, SECRET, links.public_token(database, SECRET, ready), simulated=True)
    number = copies.duplicate(database, ready, demonstration=True)
    moves.open_study(database, media, number)
    enrol.begin(database, SECRET, links.public_token(database, SECRET, number), simulated=True)
    (session,) = checks.session_summaries(database, number)
    assert (service.get(database, number).title, session.simulated) == ("Restoration (demonstration)", True)
    assert (session.pilot, session.state) == (False, "under way")  # as somebody who counts there
    assert checks.session_summaries(database, ready) == []
    assert service.get(database, copies.duplicate(database, number)).is_demo  # it never becomes one for people


def test_the_longest_title_can_be_copied_again_and_again(database: Database) -> None:
    number = service.create(database, "x" * 200, Protocol())
    for _ in range(3):
        number = copies.duplicate(database, number)
    assert service.get(database, number).title == "x" * 193 + " (copy)"


def test_a_copy_outlives_the_draft_it_was_made_from(database: Database, ready: int) -> None:
    number = copies.duplicate(database, ready)
    moves.delete(database, ready)
    view = service.get(database, number)
    assert (view.duplicate_of, view.pairs) == (None, 18)


def test_what_differs_is_told_setting_by_setting_and_condition_by_condition(
    database: Database, media: Media, ready: int, tmp_path: Path
) -> None:
    number = copies.duplicate(database, ready)
    assert [one.name for one in differences(database, ready, number).settings] == ["title"]
    service.edit(
        database, number, title="Restoration",
        protocol=PLAIN.model_copy(
            update={"practice_scenes": ("boat", "cat"), "plan_alpha": 0.01, "break_minutes": 1.5}
        ),
    )  # fmt: skip
    ingest_folder(database, media, number, fill(tmp_path / "more", tasks=["deblur"]))
    with database.write() as db:
        gone = db.scalars(
            select(Stimulus).where(
                Stimulus.study_id == number, Stimulus.task == "denoise", Stimulus.condition == "mae",
                Stimulus.scene == "cat",
            )
        ).one()  # fmt: skip
        other = db.scalars(
            select(Stimulus).where(
                Stimulus.study_id == number, Stimulus.task == "denoise", Stimulus.condition == "gmsd"
            )
        ).first()
        assert other is not None
        db.delete(gone)
        digest = "d" * 64
        db.add(Picture(digest=digest, width=12, height=8, size=1))
        db.flush()
        other.picture_digest = digest
    found = differences(database, ready, number)
    assert {one.name: (one.before, one.after) for one in found.settings} == {
        "practice_scenes": ("", "boat\ncat"), "break_minutes": ("0", "1.5"),
    }  # fmt: skip
    assert [(one.name, one.before, one.after) for one in found.plan] == [("plan_alpha", "0.05", "0.01")]
    assert all(one.what.endswith(".") for one in (*found.settings, *found.plan))
    shown = {(one.task, one.condition): (one.change, len(one.scenes)) for one in found.pictures}
    assert shown["deblur", "mae"] == (Change.ADDED, 3)
    assert shown["denoise", "mae"] == (Change.REMOVED, 1)
    assert shown["denoise", "gmsd"] == (Change.REPLACED, 1)
    assert len(shown) == 5 + 2
    back = differences(database, number, ready)
    assert {one.change for one in back.pictures if one.task == "deblur"} == {Change.REMOVED}
    assert differences(database, number, number).are_none


def test_a_draft_is_tried_as_it_is_and_nothing_of_it_is_data(database: Database, media: Media, ready: int) -> None:
    before = service.get(database, ready)
    token = trying.try_it(database, media, SECRET, ready)
    session = took_part(database, token)
    assert progress.view(database, session).study_title == "Restoration"
    assert service.get(database, ready) == before
    assert [study.id for study in service.listing(database)] == [ready]
    assert [number for number, _ in checkup.studies(database)] == [ready]
    with database.read() as db:
        rehearsal = links.read_pilot(db, SECRET, token).id
    with pytest.raises(StudyNotFound):
        service.get(database, rehearsal)
    with pytest.raises(enrol.StudyNotOpenYet):
        enrol.begin(database, SECRET, links.public_token(database, SECRET, rehearsal))
    assert checks.session_summaries(database, ready) == []


def test_a_rehearsal_shows_the_draft_as_it_is_now_and_the_one_before_it_ends(
    database: Database, media: Media, ready: int
) -> None:
    unbegun = rehearsals.rehearse(database, media, ready)
    begun = rehearsals.rehearse(database, media, ready)
    with database.read() as db:
        assert db.get(Study, unbegun) is None
    took_part(database, links.pilot_token(database, SECRET, begun))
    service.edit(database, ready, protocol=PLAIN.model_copy(update={"question": "Which is sharper?"}))
    token = trying.try_it(database, media, SECRET, ready)
    assert enrol.landing(database, SECRET, token).question == "Which is sharper?"
    with pytest.raises(enrol.StudyClosed):
        enrol.begin(database, SECRET, links.pilot_token(database, SECRET, begun))


@pytest.mark.parametrize("move", ["pilot", "open", "delete"])
def test_rehearsals_end_when_their_draft_does(database: Database, media: Media, ready: int, move: str) -> None:
    begun = rehearsals.rehearse(database, media, ready)
    took_part(database, links.pilot_token(database, SECRET, begun))
    if move == "delete":
        moves.delete(database, ready)
    elif move == "open":
        moves.open_study(database, media, ready)
    else:
        moves.start_pilot(database, media, ready)
    with pytest.raises(enrol.StudyClosed):
        enrol.landing(database, SECRET, links.pilot_token(database, SECRET, begun))
    with database.read() as db:
        assert db.get_one(Study, begun).state is StudyState.CLOSED


def test_a_pilot_and_an_open_study_are_tried_themselves_and_an_ended_one_by_a_rehearsal(
    database: Database, media: Media, ready: int
) -> None:
    own = links.pilot_token(database, SECRET, ready)
    moves.start_pilot(database, media, ready)
    assert trying.try_it(database, media, SECRET, ready) == own
    moves.open_study(database, media, ready)
    assert trying.try_it(database, media, SECRET, ready) == own
    for move in (moves.pause, moves.close, moves.archive):
        move(database, ready)
        token = trying.try_it(database, media, SECRET, ready)
        assert token != own
        assert enrol.landing(database, SECRET, token).pilot


def test_what_cannot_be_shown_cannot_be_tried(database: Database, media: Media, draft: int) -> None:
    with pytest.raises(freezing.StudyNotReady, match="no pictures"):
        trying.try_it(database, media, SECRET, draft)
    with database.read() as db:
        assert db.scalars(select(func.count()).select_from(Study)).one() == 1
