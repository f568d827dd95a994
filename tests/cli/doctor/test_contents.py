"""What the doctor finds in pictures, photographs, logs and accounts."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from app.cli._doctor import Health, contents, people
from app.db import Database
from app.db.models import Account, Photograph, Split
from app.jobs import packaged
from app.jobs.photograph_sets import photographs
from app.jobs.photographs import add_photographs
from app.media import Media
from app.settings import Settings
from app.web import login
from tests.cli.doctor.asking import a_picture, doctor, stored, the_ill, worst


def test_a_lost_picture_is_named(study: int, settings: Settings, database: Database) -> None:
    digest = a_picture(database, study)
    stored(settings, digest).unlink()
    result = doctor()
    assert result.exit_code == 1
    assert digest in result.output
    assert "pause the study" in result.output


def test_an_altered_picture_is_found_by_verify(
    study: int, settings: Settings, database: Database, media: Media
) -> None:
    stored(settings, a_picture(database, study)).write_bytes(b"other bytes")
    assert worst(contents.pictures(database, media, verify=False)) is Health.WELL
    assert "1 of" in the_ill(contents.pictures(database, media, verify=True)).finding


def test_a_lost_photograph_is_named_and_may_be_taken_in_again(
    settings: Settings, database: Database, media: Media, tmp_path: Path
) -> None:
    (photo_file, other) = packaged.packaged()[:2]
    add_photographs(database, media, "both", [photo_file, other])
    assert worst(contents.photos(database, media, verify=True)) is Health.WELL
    photo = photographs(database, "both").test[0]
    stored(settings, photo.digest).unlink()
    found = the_ill(contents.photos(database, media, verify=False))
    assert photo.name in found.finding
    assert "--set 'both'" in found.fix
    add_photographs(database, media, "both", [photo_file, other])
    assert worst(contents.photos(database, media, verify=True)) is Health.WELL


def test_a_set_that_cannot_be_learned_from_is_noted(settings: Settings, database: Database, media: Media) -> None:
    add_photographs(database, media, "both", packaged.packaged()[:2])
    with database.write() as db:
        db.execute(delete(Photograph).where(Photograph.split == Split.TRAIN))
    (found,) = contents.photos(database, media, verify=False)
    assert (found.state, "none to learn from" in found.finding) == (Health.NOTE, True)


def test_missing_packages_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worst(contents.packages()) is Health.WELL
    monkeypatch.setattr(packaged, "_path", lambda photograph: None)
    (found,) = contents.packages()
    assert (found.state, ".[trainer]" in found.fix) == (Health.NOTE, True)


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("study")
def test_an_edited_vote_is_found(settings: Settings, database: Database) -> None:
    database.close()
    connection = sqlite3.connect(settings.data_dir / "beholder.sqlite3")
    connection.execute("DROP TRIGGER votes_no_update")
    connection.execute("UPDATE votes SET side = 'right' WHERE id = 1")
    connection.commit()
    connection.close()
    result = doctor("--verify")
    assert result.exit_code == 1
    assert "vote 1 was edited" in result.output


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("study")
def test_a_vote_that_was_slipped_in_is_found_without_verify(settings: Settings, database: Database) -> None:
    assert worst(contents.votes(database)) is Health.WELL
    with sqlite3.connect(settings.data_dir / "beholder.sqlite3") as raw:
        raw.execute("DROP TRIGGER votes_no_update")
        raw.execute("UPDATE votes SET digest = 'another' WHERE id = 2")
    raw.close()
    assert "1 were never logged: vote 2" in the_ill(contents.votes(database)).finding


def test_a_desk_that_nobody_can_open_is_noted(database: Database) -> None:
    (found,) = people.accounts(database)
    assert "beholder account create" in found.fix
    login.create_account(database, "ada", None)
    (found,) = people.accounts(database)
    assert found.fix == "run `beholder account link 'ada'`"
    login.one_time_link(database, "ada")
    (found,) = people.accounts(database)
    assert (found.state, "no password yet" in found.finding) == (Health.NOTE, True)
    with database.write() as db:
        db.execute(update(Account).values(password_hash="a hash"))
    assert worst(people.accounts(database)) is Health.WELL
