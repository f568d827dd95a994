"""``beholder study``: a file is checked, becomes a draft, and comes back as the file that makes it again."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import program
from app.db import Database
from app.db.models import Role
from app.errors import AppError
from app.media import Media
from app.settings import Settings
from app.studies import members, service
from app.studies.changes import DraftChanged
from app.studies.protocol import Protocol
from app.web import account_invitations
from app.web.login import create_account
from tests.cli.conftest import Run
from tests.sessions import planted
from tests.studies.pictures import fill
from tests.web import trained

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


@pytest.fixture
def draft(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """A draft of its own; commands find it by their environment."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    return service.create(database, "Which loss?", Protocol(catch_trials=3))


def test_single_settings_are_given_to_a_draft_and_all_others_stay(
    draft: int, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "consent.txt").write_text("I agree: it is fine.\nReally.\n", encoding="utf-8")
    told = said(
        "set", str(draft), "target_sessions=12", "allow_tie=true", "question=Which is better: left?", "title=Losses",
        f"consent_text=@{tmp_path / 'consent.txt'}", "languages=[en, de]",
    )  # fmt: skip
    assert told.exit_code == 0, told.exception
    assert "title: Which loss? -> Losses" in told.output
    after = service.get(database, draft)
    expected = Protocol(
        catch_trials=3, target_sessions=12, allow_tie=True, question="Which is better: left?",
        consent_text="I agree: it is fine.\nReally.", languages=("en", "de"),
    )  # fmt: skip
    assert (after.title, after.protocol) == ("Losses", expected)
    assert said("set", str(draft), "allow_tie=true").output == f"Study {draft} was so already.\n"
    assert said("set", str(draft), "catch_trials=4", "--revision", "0").exit_code == 0  # nobody has changed that
    assert isinstance(said("set", str(draft), "target_sessions=4", "--revision", "0").exception, DraftChanged)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("catch_trials", "is no name=value"), ("catch_trial=3", "catch_trial"), ("catch_trials=no", "catch_trials"),
        ("catch_trials=[", "is not YAML"), ("consent_text=@nowhere.txt", "cannot be read"),
        ("catch_failures_allowed=3", "would never exclude anybody"),
    ],
)  # fmt: skip
def test_what_is_no_setting_or_does_not_fit_changes_nothing(
    draft: int, database: Database, typed: str, told: str
) -> None:
    refused = said("set", str(draft), "target_sessions=12", typed)
    assert isinstance(refused.exception, AppError)
    assert told in str(refused.exception)
    assert service.get(database, draft).protocol == Protocol(catch_trials=3)


def test_renderings_that_came_later_enter_a_draft_at_a_terminal(draft: int, database: Database, media: Media) -> None:
    jobs = trained.launched(database, media).renderings["denoise", "mae"]
    trained.rendered(database, media, jobs)
    told = said("add", str(draft), str(jobs))
    assert told.exit_code == 0, told.exception
    assert "pictures are new: denoise;" in told.output
    assert said("add", str(draft), "999").exit_code != 0


def test_members_and_open_invitations_of_a_study_are_listed(draft: int, database: Database) -> None:
    create_account(database, "ada", None)
    members.give(database, draft, "ada", Role.ANALYST)
    for whom in ("Kim", "Rosa"):
        account_invitations.make(database, whom, study_id=draft, role=Role.VIEWER)
    account_invitations.revoke(database, 1)
    told = said("members", str(draft)).output.splitlines()
    assert told[0].startswith("analyst ")
    assert told[0].endswith("  ada")
    assert told[1].startswith("invitation 2 to viewer, until ")
    assert told[1].endswith(": Rosa")
    assert len(told) == 2
