"""``beholder token``: made and printed once, listed without it, revoked."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import program


def test_a_token_is_printed_once_listed_and_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(tmp_path / "data"))

    def said(*words: str) -> str:
        return CliRunner().invoke(program(), words).output

    said("account", "create", "ada", "--link")
    made = said("token", "create", "ada", "nightly", "--scope", "results:read", "--days", "30").strip()
    assert made.startswith("bh_")
    assert len(made) == 3 + 43
    again = CliRunner().invoke(program(), ["token", "create", "ada", "nightly", "--scope", "jobs:read"])
    assert again.exit_code == 1
    assert "There is a live token 'nightly' already" in str(again.exception or again.output)
    listed = said("token", "list", "ada")
    assert "nightly" in listed
    assert "live" in listed
    assert "(results:read)" in listed
    assert made not in listed
    assert said("token", "revoke", "ada", "1") == "Token 1 of ada is revoked.\n"
    assert "revoked" in said("token", "list", "ada")
