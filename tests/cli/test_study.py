"""``beholder study``: a file is checked, becomes a draft, and comes back as the file that makes it again."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import program
from app.db import Database
from app.studies.changes import DraftChanged
from tests.cli.conftest import Run
from tests.sessions import planted
from tests.studies.pictures import fill

pytestmark = pytest.mark.one_database
TEXT = """
title: Which loss restores best?
protocol: {catch_trials: 3, trials_per_session: 30}
stimuli:
  folder: pictures
  tasks: [denoise]
"""


def said(*words: str) -> Result:
    return CliRunner().invoke(program(), ["study", *words])


def test_a_file_is_checked_made_and_shown_as_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(tmp_path / "data"))
    fill(tmp_path / "pictures")
    file = tmp_path / "study.yaml"
    file.write_text(TEXT, encoding="utf-8")
    checked = said("check", str(file))
    assert checked.exit_code == 0, checked.output
    assert "Protocol: 1 to weigh\n  warning: The protocol asks for 4 practice trials" in checked.output
    assert "Words: done\n" in checked.output
    assert "Check and open: ready\n" in checked.output
    assert said("create", str(file)).output.startswith("Study 1 is a draft;")
    found = said("findings", "1").output
    assert "Protocol: 1 to weigh\n  warning: " in found
    assert "Words: not looked at\n" in found
    assert "A session has " in found
    shown = said("show", "1").output
    assert "state draft" in shown
    assert "9 pairs" in shown
    usual = said("catch", "1").output.splitlines()
    assert len(usual) == 3
    assert all(line.startswith("* denoise / ") and line.endswith(" / reference > degraded") for line in usual)
    chosen = said("catch", "1", "--pair", usual[0][2:]).output.splitlines()
    assert [line[0] for line in chosen] == ["*", " ", " "]
    written = said("show", "1", "--yaml").output
    assert usual[0][2:] in written
    file.write_text(written, encoding="utf-8")
    assert said("create", str(file)).output.startswith("Study 2 is a draft;")
    assert said("show", "2", "--yaml").output == written
    file.write_text(TEXT.replace("catch_trials: 3", "catch_trials: 12"), encoding="utf-8")
    checked = said("check", str(file))
    assert checked.exit_code == 1
    assert "Checks: 1 to mend\n  error: 9 comparisons are too few to hide 12 catch trials among." in checked.output
    file.write_text(TEXT.replace("trials_per", "trial_per"), encoding="utf-8")
    refused = said("create", str(file))
    assert "line 3: protocol: there is no key 'trial_per_session'" in str(refused.exception)


def test_a_draft_is_changed_by_a_file_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(tmp_path / "data"))
    fill(tmp_path / "pictures")
    file = tmp_path / "study.yaml"
    file.write_text(TEXT, encoding="utf-8")
    said("create", str(file))
    assert said("change", "1", str(file)).output == "Study 1 was so already.\n"
    scenes = said("show", "1", "--yaml").output
    file.write_text(
        TEXT.replace("Which loss", "Which objective").replace("catch_trials: 3", "catch_trials: 2")
        .replace("[denoise]", "{denoise: {conditions: [mae, nobody]}}"), encoding="utf-8",
    )  # fmt: skip
    refused = said("change", "1", str(file), "--pictures")
    assert "nobody" in str(refused.exception)
    assert said("show", "1", "--yaml").output == scenes
    file.write_text(file.read_text(encoding="utf-8").replace("nobody", "ms_ssim"), encoding="utf-8")
    assert said("change", "1", str(file), "--pictures").output.splitlines() == [
        "title: Which loss restores best? -> Which objective restores best?", "catch_trials: 3 -> 2",
        "3 pictures were taken out.",
    ]  # fmt: skip
    assert "3 pairs" in said("show", "1").output
    said("open", "1")
    assert "draft" in str(said("change", "1", str(file)).exception)


def test_a_study_is_stopped_under_its_subjects_by_the_word_of_the_command(beholder: Run, database: Database) -> None:
    study = planted.study(database)
    planted.join(database, study)
    for move in ("pause", "close"):
        refused = beholder("study", move, str(study))
        assert refused.returncode == 2
        assert "1 subject sits at their screen right now: say --anyway if you mean it" in refused.stderr
        assert "type" not in refused.stderr
        assert beholder("study", move, str(study), "--anyway").returncode == 0


def test_a_draft_that_has_moved_on_is_neither_changed_nor_frozen_by_whoever_names_what_they_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(tmp_path / "data"))
    fill(tmp_path / "pictures")
    file = tmp_path / "study.yaml"
    file.write_text(TEXT, encoding="utf-8")
    said("create", str(file))
    told = re.search(r"revision (\d+)", said("show", "1").output)
    assert told
    file.write_text(TEXT.replace("Which loss", "Which objective"), encoding="utf-8")
    said("change", "1", str(file), "--revision", told[1])
    pair = said("catch", "1").output.splitlines()[0][2:]
    for words in (("change", "1", str(file)), ("catch", "1", "--pair", pair), ("pilot", "1"), ("open", "1")):
        refused = said(*words, "--revision", told[1])
        assert isinstance(refused.exception, DraftChanged), words
    assert "state draft" in said("show", "1").output
    assert said("open", "1", "--revision", str(int(told[1]) + 1)).output.startswith("Study 1 is open.")
