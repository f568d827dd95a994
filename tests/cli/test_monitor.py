"""``beholder monitor`` as a person runs it."""

from app.db import Database
from app.studies import service
from app.studies.protocol import Protocol
from tests.cli.conftest import Run


def test_the_numbers_of_a_study_are_printed(beholder: Run, database: Database) -> None:
    told = beholder("monitor", str(service.create(database, "A study", Protocol(target_sessions=25))))
    assert {"started 0", "wanted 25"} <= {" ".join(line.split()) for line in told.stdout.splitlines()}
    assert told.returncode == ("!" in told.stdout)
    assert beholder("monitor", "99").returncode == 2
