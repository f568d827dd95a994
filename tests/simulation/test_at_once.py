"""Many simulated subjects at the same time: every answer that was given is stored, once."""

from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from app.cli import program
from app.db.models import Event, Session, Showing, Vote
from app.sessions import events, links
from app.settings import Settings
from app.simulation.patience import Patient
from tests.e2e.house import House
from tests.web import small_study

CROWD = 40
ANSWERS = 10  # of a session of the small study, practice included


def test_forty_at_once_end_with_every_answer_stored(tmp_path: Path, settings: Settings) -> None:
    house = House(tmp_path / "house", settings.database_url)
    house.open()
    try:
        study = small_study.create(house.database, house.media, house.pictures)
        pilot = f"{house.address}/join/{links.pilot_token(house.database, house.settings.secret(), study)}"
        said = CliRunner().invoke(
            program(), ["simulate", pilot, "--subjects", str(CROWD), "--at-once", str(CROWD), "--clickers", str(CROWD)]
        )
        assert said.exit_code == 0, said.output
        assert f"{CROWD} subjects, {CROWD * ANSWERS} answers taken" in said.output
        with house.database.read() as db:
            assert db.scalar(select(func.count()).select_from(Vote)) == CROWD * ANSWERS
            assert db.scalar(select(func.count()).select_from(Showing)) == CROWD * ANSWERS
            assert db.scalar(select(func.count()).where(Event.kind == events.SAVED)) == CROWD * ANSWERS
            sessions = db.scalars(select(Session)).all()
        assert len(sessions) == CROWD
        assert all(session.completed_at for session in sessions)
        for session in sessions[::10]:
            events.verify(house.database, session.id)
    finally:
        house.close()


class _Busy(httpx2.BaseTransport):
    """Answers what it is told, in this order."""

    def __init__(self, *replies: int | Exception) -> None:
        self.replies = list(replies)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The next of them."""
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return httpx2.Response(reply)


def _asked(method: str, *replies: int | Exception, tries: int = 4) -> int:
    patient = Patient(tries, sleep=lambda seconds: None)
    patient.inner.close()
    patient.inner = _Busy(*replies)  # type: ignore[assignment]
    with httpx2.Client(transport=patient) as client:
        return client.request(method, "http://lab/").status_code


def test_a_busy_server_is_asked_again() -> None:
    assert _asked("PUT", 503, httpx2.ReadError("cut"), httpx2.ConnectError("away"), 201) == 201
    assert _asked("POST", 429, httpx2.ConnectError("away"), 303) == 303
    assert _asked("GET", 503, 503, tries=2) == 503


def test_a_form_that_may_have_been_taken_is_not_sent_again() -> None:
    with pytest.raises(httpx2.ReadError):
        _asked("POST", httpx2.ReadError("cut"), 303)
