"""``beholder session``: what the monitor shows of sessions and does with them, at a terminal."""

import pytest
from typer.testing import CliRunner, Result

from app.cli import program
from app.db import Database, deeds
from app.db.models import Through
from app.results.report import report
from app.sessions import checks
from app.settings import Settings
from tests.sessions import planted

pytestmark = pytest.mark.one_database


@pytest.fixture
def study(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """An open study with one session at its end and one that has begun; commands find it by their environment."""
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BEHOLDER_DATABASE_URL", settings.database_url)
    number = planted.study(database)
    planted.play(database, planted.join(database, number))
    planted.join(database, number)
    return number


def said(*words: str) -> Result:
    return CliRunner().invoke(program(), [*words])


def lines(*words: str) -> list[str]:
    done = said(*words)
    assert done.exit_code == 0, done.output
    return [" ".join(line.split()) for line in done.output.splitlines()]


def test_sessions_are_listed_with_where_they_stand(study: int) -> None:
    begun, complete = lines("session", "list", str(study))
    assert begun.startswith("2 under way 0 of 15 0 of 0 failed – – ")
    assert complete.startswith("1 complete 15 of 15 0 of 3 failed 1.2 s ")
    assert lines("session", "list", str(study), "--state", "complete") == [complete]


def test_a_session_is_excluded_and_readmitted_for_a_reason_that_the_list_shows(study: int, database: Database) -> None:
    for move, told, counted in (("exclude", "is excluded", 0), ("readmit", "counts again", 1)):
        assert lines("session", move, str(study), "1", "--reason", f"{move} it") == [f"Session 1 {told}."]
        assert checks.valid_sessions(database, study, simulated=False) == counted
    decisions = lines("session", "list", str(study))[2:]
    assert decisions == [f"{move} by somebody at the machine (manual): {move} it" for move in ("exclude", "readmit")]
    logged = [(one.deed, one.through, one.account) for one in deeds.deeds(database, 2)]
    assert logged == [("session readmitted", Through.CLI, ""), ("session excluded", Through.CLI, "")]
    assert "session readmitted: study 1; session: 1" in lines("log", "--study", str(study))[0]


def test_a_withdrawal_is_confirmed_by_the_label_and_done_once(study: int, database: Database) -> None:
    label = checks.session_summaries(database, study)[1].label
    command = ("session", "withdraw", str(study), "1", "--reason", "by mail, in May", "--label")
    assert "is not the label" in str(said(*command, "somebody else").exception)
    assert lines(*command, label) == ["Session 1 is withdrawn."]
    assert "withdrawn" in lines("session", "list", str(study), "--state", "withdrawn")[0]
    assert checks.session_summaries(database, study)[1].label != label


def test_a_session_of_another_study_is_not_meant(study: int) -> None:
    refused = said("session", "exclude", str(study), "99", "--reason", "it was fast")
    assert "There is no session 99 in this study" in str(refused.exception)


def test_whom_a_service_sent_is_printed_as_csv(study: int) -> None:
    assert lines("session", "participants", str(study))[0].startswith("service,participant,submission,subject,")


def test_coverage_says_of_every_pair_how_far_it_has_come(study: int) -> None:
    told = lines("study", "coverage", str(study))
    assert len(told) == 6
    assert all(line.startswith(("denoise ", "superres ")) for line in told)
    assert sum(int(line.split()[1]) for line in told) == 12  # three more were catch trials


def test_the_ranking_is_shown_after_the_look_was_written_down(study: int, database: Database) -> None:
    told = lines("study", "ranking", str(study))
    assert any("gmsd" in line for line in told)
    (look,) = deeds.deeds(database, 9, study_id=study, deed="results looked at")
    assert (look.through, look.account) == (Through.CLI, "")
    assert look.details["votes"] == report(database, study).votes
    assert lines("log", "--deed", "results looked at", "--csv")[1].count(f",results looked at,{study},,") == 1
