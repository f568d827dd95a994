"""A study that has been run, its archive, and an installation that has none of it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.archives import intake
from app.archives.export import Wanted, export
from app.archives.intake import Taken
from app.db import Database
from app.media import Media
from tests.archives import lived
from tests.web import small_study


@dataclass(frozen=True)
class Place:
    """An installation."""

    database: Database
    media: Media
    folder: Path

    def export(self, study: int, *, sessions: bool = True, personal: bool = False) -> Path:
        """The archive of a study, as a file."""
        archive = export(self.database, self.media, study, Wanted(sessions, personal), self.folder)
        path = self.folder / archive.file_name
        path.write_bytes(b"".join(archive.chunks()))
        return path

    def take_in(self, archive: Path | bytes, *, again: bool = False) -> Taken:
        """What an archive has become here."""
        if isinstance(archive, bytes):
            (self.folder / "brought.zip").write_bytes(archive)
            archive = self.folder / "brought.zip"
        return intake.take_in(self.database, self.media, archive, "brought.zip", self.folder, again=again)


@dataclass(frozen=True)
class Origin:
    """Where a study was made, with its number; tests look at it and change nothing."""

    place: Place
    study: int
    archive: Path  # without what is personal
    personal: Path
    design: Path


@pytest.fixture(scope="session")
def origin(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    folder = tmp_path_factory.mktemp("origin")
    shutil.copyfile(migrated, folder / "beholder.sqlite3")
    database = Database(f"sqlite:///{folder}/beholder.sqlite3")
    place = Place(database, Media(f"file://{folder}/store"), folder)
    small_study.create(database, place.media, small_study.paint(folder / "others", 16, 12))  # so that numbers differ
    study = lived.create(database, place.media, small_study.paint(folder / "pictures", 32, 24))
    yield Origin(
        place, study, place.export(study), place.export(study, personal=True), place.export(study, sessions=False)
    )
    database.close()


@pytest.fixture
def here(database: Database, media: Media, tmp_path: Path) -> Place:
    (tmp_path / "here").mkdir()
    return Place(database, media, tmp_path / "here")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return small_study.paint(tmp_path / "pictures", 32, 24)
