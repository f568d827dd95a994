"""Accounts made at the command line."""

import re

from app.db import Database
from app.settings import Settings
from app.web.login import sign_in, sign_in_once
from tests.cli.conftest import Run

PASSWORD = "a few words in a row"


def test_an_account_with_a_password_signs_in(beholder: Run, database: Database) -> None:
    said = beholder("account", "create", "ada", text=f"{PASSWORD}\n{PASSWORD}\n")
    assert said.returncode == 0, said.stderr
    assert "http://localhost:8000/login" in said.stdout
    assert PASSWORD not in said.stdout + said.stderr
    assert sign_in(database, "ada", PASSWORD, hours=1)


def test_a_one_time_link_signs_in(beholder: Run, database: Database, settings: Settings) -> None:
    for command in (("account", "create", "ada", "--link"), ("account", "link", "ada")):
        said = beholder(*command, BASE_URL="https://lab.example")
        found = re.search(r"https://lab\.example/login/once/(\S+)", said.stdout)
        assert found, said.stderr
        assert sign_in_once(database, found[1], hours=1)


def test_refusals_are_sentences(beholder: Run, database: Database) -> None:
    short = beholder("account", "create", "ada", text="short\nshort\n")
    assert (short.returncode, "A password has at least" in short.stderr) == (2, True)
    unknown = beholder("account", "link", "grace")
    assert (unknown.returncode, "There is no account 'grace'" in unknown.stderr) == (2, True)
    assert beholder("account", "create", "ada", "--link").returncode == 0
    again = beholder("account", "create", "ada", "--link")
    assert (again.returncode, "There is already an account 'ada'" in again.stderr) == (2, True)
