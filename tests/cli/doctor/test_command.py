"""``beholder doctor`` finds what is wrong, says what to do, and changes nothing."""

import json
from collections.abc import Iterator

import pytest

from app.cli._doctor import Finding, Health, examine, ground, people
from app.settings import Settings
from tests.cli.doctor.asking import doctor, the_ill


@pytest.mark.usefixtures("study")
def test_a_healthy_installation_is_called_well() -> None:
    result = doctor("--verify")
    assert result.exit_code == 0, result.output
    assert "ill" not in [line.split()[0] for line in result.output.splitlines()]
    assert "the logs and votes of 1 session are as written" in result.output
    assert "there and as they were taken in" in result.output


@pytest.mark.usefixtures("study")
def test_scripts_get_the_same_as_a_list() -> None:
    result = doctor("--json")
    findings = json.loads(result.output)
    assert result.exit_code == 0
    assert {tuple(finding) for finding in findings} == {("check", "state", "finding", "fix")}
    assert {"settings", "data folder", "secret", "disk", "database", "migrations", "store", "pictures", "photographs",
            "studies", "triggers", "votes", "backups", "clock", "login", "workers", "leases", "weights", "device",
            "engine"} == {
        finding["check"] for finding in findings
    }  # fmt: skip
    assert {finding["state"] for finding in findings} <= {"well", "note"}


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("study")
def test_nothing_is_changed_by_looking(settings: Settings) -> None:
    def everything() -> dict[str, tuple[object, object]]:
        passing = ("beholder.sqlite3-shm", "probe")  # SQLite's shared memory; where the store tries itself
        kept = [path for path in settings.data_dir.rglob("*") if path.name not in passing and path.is_file()]
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in kept}

    before = everything()
    assert doctor("--verify").exit_code == 0
    assert everything() == before


def test_a_folder_that_is_not_there_is_not_made(here: Settings) -> None:
    result = doctor()
    assert result.exit_code == 1
    assert f"ill   data folder: there is no folder {here.data_dir}" in result.output
    assert not here.data_dir.exists()


@pytest.mark.sqlite_only
def test_an_absent_database_is_told_and_not_made(here: Settings) -> None:
    here.data_dir.mkdir()
    result = doctor()
    assert result.exit_code == 1
    assert "→ run `beholder migrate` to make it" in result.output
    assert list(here.data_dir.iterdir()) == []


def test_settings_that_cannot_be_used_are_told_and_nothing_else_is_looked_at(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEHOLDER_PORT", "many")
    found = list(examine(verify=False))
    assert the_ill(iter(found)).finding.startswith("These settings cannot be used: BEHOLDER_PORT")
    assert {finding.check for finding in found} == {"settings"}
    assert doctor().exit_code == 1


def test_an_unknown_setting_is_noted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHOLDER_POTR", "8000")
    (found,) = ground.settings(settings)
    assert (found.state, "did you mean BEHOLDER_PORT?" in found.finding) == (Health.NOTE, True)


def test_a_look_that_goes_wrong_hides_no_other(study: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> Iterator[Finding]:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(people, "accounts", breaks)
    found = list(examine(verify=False))
    assert "ZeroDivisionError: of all things" in the_ill(iter(found)).finding
    assert "workers" in {finding.check for finding in found}
