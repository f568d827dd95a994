"""A study goes from SQLite to the database that the tests run on, and back into SQLite: nothing is lost on either way.

With ``--database postgresql`` that is the way of a lab that moves to a server of its own, and of whoever takes a
study home from there.
"""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.archives.layout import MANIFEST, STUDY
from app.cli._doctor import contents
from app.db import Database
from app.db.upkeep import Health
from app.media import Media
from app.studies import measured, service
from tests.archives import lived
from tests.archives.conftest import Origin, Place


@pytest.fixture
def back(migrated: Path, tmp_path: Path) -> Iterator[Place]:
    """An installation on SQLite that has never seen the study."""
    folder = tmp_path / "back"
    folder.mkdir()
    shutil.copyfile(migrated, folder / "beholder.sqlite3")
    database = Database(f"sqlite:///{folder}/beholder.sqlite3")
    yield Place(database, Media(f"file://{folder}/store"), folder)
    database.close()


def members(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rows(files: dict[str, bytes]) -> dict[str, Any]:
    """What the files hold but for what is new on each side: the numbers of stimuli, and when values were brought in."""
    told: dict[str, Any] = {name: data for name, data in files.items() if name not in (MANIFEST, STUDY)}
    for name in ("stimuli.jsonl", "pairs.jsonl", "measure_sources.jsonl"):
        told[name] = [json.loads(line) for line in files[name].splitlines()]
    places = {row.pop("number"): place for place, row in enumerate(told["stimuli.jsonl"])}
    for pair in told["pairs.jsonl"]:
        pair.update({side: places[pair[side]] for side in ("reference", "a", "b")})
    for source in told["measure_sources.jsonl"]:
        del source["added_at"]
    return told


def of_study(archive: Path) -> dict[str, Any]:
    """What the archive says of the study itself, apart from the way that it has come."""
    told: dict[str, Any] = json.loads(members(archive)[STUDY])
    return {name: value for name, value in told.items() if name != "imported"}


@pytest.mark.parametrize("personal", [False, True])
def test_a_study_comes_back_as_it_left_whichever_database_it_was_in(
    origin: Origin, here: Place, back: Place, personal: bool
) -> None:
    left = origin.personal if personal else origin.archive
    there = here.export(here.take_in(left).study_id, personal=personal)
    again = back.export(back.take_in(there).study_id, personal=personal)
    for archive in (there, again):
        assert of_study(archive) == of_study(left)
        told, at_home = members(archive), members(left)
        assert [*told] == [*at_home]
        ours, theirs = rows(told), rows(at_home)
        assert [name for name in ours if ours[name] != theirs[name]] == []


def test_its_results_logs_and_values_are_the_same_on_both_sides(origin: Origin, here: Place, back: Place) -> None:
    there = here.take_in(origin.archive)
    home = back.take_in(here.export(there.study_id))
    wanted = lived.taken_away(origin.place.database, origin.study)
    for place, study in ((here, there.study_id), (back, home.study_id)):
        assert lived.taken_away(place.database, study) == wanted
        assert measured.held(place.database, study) == measured.held(origin.place.database, origin.study)
        assert service.get(place.database, study).protocol_hash
        found = [*contents.logs(place.database), *contents.votes(place.database), *contents.studies(place.database)]
        assert {finding.state for finding in found} == {Health.WELL}
        assert {one.state for one in contents.pictures(place.database, place.media, verify=True)} == {Health.WELL}
    assert back.database.is_sqlite
