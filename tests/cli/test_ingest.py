"""``beholder ingest`` on a real installation."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import main, program
from app.cli.ingest import NothingToIngest
from app.db import Database
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from tests.studies import archives
from tests.studies.pictures import fill, with_chunk


@pytest.fixture
def draft(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """A draft in the installation that the environment names."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    return service.create(database, "Restoration", Protocol(catch_trials=8))


def test_a_folder_comes_in_and_what_is_left_to_do_is_said(database: Database, draft: int, tmp_path: Path) -> None:
    folder = fill(tmp_path / "pictures", tasks=["denoise"], scenes=["cat", "boat"])
    done = CliRunner().invoke(program(), ["ingest", str(draft), str(folder)])
    assert done.exit_code == 0
    assert "10 of 10 pictures are new: denoise; 2 scenes; conditions gmsd, mae, ms_ssim" in done.output
    assert (
        "error: 6 comparisons are too few to hide 8 catch trials among. Fix: set `catch_trials` to at most 6"
        in done.output
    )
    assert service.get(database, draft).pairs == 6
    again = CliRunner().invoke(program(), ["ingest", str(draft), str(folder), "--replace"])
    assert "10 of 10 pictures are new" in again.output


def test_a_refusal_is_one_report_and_exit_code_2(
    database: Database, draft: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = fill(tmp_path / "pictures", tasks=["denoise"])
    (folder / "denoise/mae/cat.png").unlink()
    (folder / "denoise/gmsd/cat.png").write_bytes(b"no picture")
    monkeypatch.setattr("sys.argv", ["beholder", "ingest", str(draft), str(folder)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "has 2 problems" in said
    assert "denoise/mae/cat.png is missing" in said
    assert "denoise/gmsd/cat.png is not a PNG" in said
    assert service.get(database, draft).pairs == 0


def test_a_zip_comes_in_like_its_folder_and_what_was_taken_out_is_said(
    database: Database, draft: int, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "pictures", tasks=["denoise"])
    for path in folder.glob("denoise/mae/*.png"):
        path.write_bytes(with_chunk(path.read_bytes(), b"tEXt", b"method\0mae"))
    archive = tmp_path / "pictures.zip"
    archive.write_bytes(archives.packed(folder, around="pictures/"))
    for source in (archive, folder):
        refused = CliRunner().invoke(program(), ["ingest", str(draft), str(source)])
        assert "carries text (tEXt)" in str(refused.exception)
        assert f"{source} has 3 problems" in str(refused.exception)
    done = CliRunner().invoke(program(), ["ingest", str(draft), str(archive), "--strip"])
    assert "15 of 15 pictures are new" in done.output
    assert "3 pictures: text (tEXt) taken out" in done.output
    again = CliRunner().invoke(program(), ["ingest", str(draft), str(folder), "--strip"])
    assert "0 of 15 pictures are new" in again.output


@pytest.mark.parametrize("name", ["nowhere", "nowhere.zip"])
def test_what_is_neither_folder_nor_zip_is_refused(draft: int, tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(program(), ["ingest", str(draft), str(tmp_path / name)])
    assert isinstance(done.exception, NothingToIngest)
    assert "is neither a folder nor a zip file" in done.exception.message


KILLED = """
import os, sys
from app.cli import main
from app.media import Media
kept, left = Media.put, int(sys.argv.pop())
def put(self, data):
    global left
    left -= 1
    return kept(self, data) if left >= 0 else os._exit(9)
Media.put = put
main()
"""


def test_an_ingest_that_is_killed_brought_nothing_in_and_can_be_done_again(
    database: Database, settings: Settings, draft: int, tmp_path: Path
) -> None:
    archive = tmp_path / "pictures.zip"
    archive.write_bytes(archives.packed(fill(tmp_path / "pictures")))
    before = sorted(path for path in settings.data_dir.iterdir())
    killed = subprocess.run([sys.executable, "-c", KILLED, "ingest", str(draft), str(archive), "7"], check=False)
    assert killed.returncode == 9
    assert {path.name for path in settings.data_dir.iterdir()} - {path.name for path in before} <= {
        "media", "beholder.sqlite3.lock"
    }  # fmt: skip
    assert service.get(database, draft).pairs == 0
    done = CliRunner().invoke(program(), ["ingest", str(draft), str(archive)])
    assert "30 of 30 pictures are new" in done.output
