"""How tests ask the doctor, and read what it finds."""

from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli import program
from app.cli._doctor import Finding, Health
from app.db import Database
from app.settings import Settings
from app.studies import inventory


def doctor(*options: str) -> Result:
    return CliRunner().invoke(program(), ["doctor", *options])


def the_ill(findings: Iterator[Finding]) -> Finding:
    """The only ill finding; whoever reads it is told what to do."""
    (found,) = [finding for finding in findings if finding.state is Health.ILL]
    assert found.fix
    return found


def worst(findings: Iterator[Finding]) -> Health:
    states = [finding.state for finding in findings]
    return max(states, key=[Health.WELL, Health.NOTE, Health.ILL].index)


def a_picture(database: Database, study: int) -> str:
    return min(inventory.digests(database, study))


def stored(settings: Settings, digest: str) -> Path:
    return settings.data_dir / "media" / digest[:2] / digest[2:]
