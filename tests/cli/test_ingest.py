"""``beholder ingest`` on a real installation."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import main, program
from app.db import Database
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from tests.studies.pictures import fill


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
        "error: 6 comparisons are too few to hide 8 catch trials among. Fix: set catch_trials to at most 6"
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
