"""``beholder study export`` and ``import`` on a real installation."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.archives.refusals import ImportedAlready, NotAStudyArchive
from app.cli import program
from app.db import Database
from app.db.models import StudyState
from app.media import Media
from app.settings import Settings
from app.studies import service
from tests.web import small_study


@pytest.fixture
def study(database: Database, media: Media, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """A study in the installation that the environment names."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    return small_study.create(database, media, small_study.paint(tmp_path / "pictures", 16, 12))


def test_a_study_goes_into_a_file_and_comes_out_of_it_as_another(
    database: Database, study: int, tmp_path: Path
) -> None:
    file = tmp_path / "whole.zip"
    written = CliRunner().invoke(program(), ["study", "export", str(study), str(file)])
    assert written.exit_code == 0, written.output
    assert "'A small study', 0 sessions, without what is personal." in written.output
    read = CliRunner().invoke(program(), ["study", "import", str(file)])
    assert read.exit_code == 0, read.output
    assert written.output.splitlines()[-1] == read.output.splitlines()[1]  # the digest
    assert f"'A small study' is study {study + 1} here: 10 pictures, 0 sessions and 0 votes." in read.output
    assert service.get(database, study + 1).state is StudyState.CLOSED
    again = CliRunner().invoke(program(), ["study", "import", str(file)])
    assert isinstance(again.exception, ImportedAlready)
    assert CliRunner().invoke(program(), ["study", "import", str(file), "--again"]).exit_code == 0
    assert len(service.listing(database)) == 3


@pytest.mark.one_database
def test_a_design_gets_a_name_of_its_own_in_a_folder(study: int, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    argv = ["study", "export", str(study), str(tmp_path / "out"), "--design"]
    assert "its design alone" in CliRunner().invoke(program(), argv).output
    (file,) = (tmp_path / "out").iterdir()
    assert file.name.startswith(f"design-{study}-")
    assert "its design alone" in CliRunner().invoke(program(), ["study", "import", str(file)]).output


@pytest.mark.one_database
def test_what_is_no_archive_is_refused(study: int, tmp_path: Path) -> None:
    for file in (tmp_path / "none.zip", tmp_path):
        refused = CliRunner().invoke(program(), ["study", "import", str(file)])
        assert isinstance(refused.exception, NotAStudyArchive)
