"""``beholder photographs`` does what the pages do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import program
from tests.studies.test_photo_archive import packed, png


def test_a_set_is_added_listed_shown_described_removed_and_brought_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("BEHOLDER_DATABASE_URL", raising=False)

    def said(*words: str) -> str:
        done = CliRunner().invoke(program(), ["photographs", *words])
        return f"{done.output}{done.exception or ''}"

    moors = tmp_path / "moors"
    moors.mkdir()
    for number in range(4):
        (moors / f"fell {number}.png").write_bytes(png(number))
    (moors / "README.txt").write_text("by ada", encoding="ascii")
    added = said("add", "moors", str(moors), "--test", "fell 3", "--source", "ada")
    assert "moors: 3 to learn from, 1 to judge on." in added
    assert "Left alone, being no pictures by their names: 1 file." in added
    assert "warning: Nobody has said under which licence" in added
    more = packed(tmp_path / "more.zip", {"in/fell 9.png": png(9)})
    assert "4 to learn from, 1 to judge on" in said("add", "moors", str(more), "--test", "")
    said("describe", "moors", "--licence", "CC0")
    assert said("list") == "moors  4 + 1  CC0  ada\n"
    shown = said("show", "moors")
    assert "test   80 × 80  fell 3  fell 3.png" in shown
    assert "Fix:" in shown
    assert "bring" not in said("restore", "moors")
    assert said("remove", "moors") == "moors is gone.\n"
    assert "There is no set of photographs called 'moors'" in said("show", "moors")
    assert "neither a folder nor a zip file" in said("add", "moors", str(tmp_path / "nowhere"))
