"""A session's requests end in the same database, in whatever order and however often they arrive."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.db import Database
from app.db.models import Consent, Event, Outcome, Session, Showing, Side, Trial, Vote
from app.media import Media
from app.sessions import events, links
from app.settings import Settings
from app.web.app import create_app
from tests.web import small_study

_PLANNED = 6
_SCREEN = {"pixel_ratio": 1.25, "pane_width": 640, "pane_height": 480, "exact": True}
Send = Callable[[], Response]


@pytest.fixture
def client(settings: Settings, database: Database, media: Media) -> Iterator[TestClient]:
    web = create_app(settings, database, media)
    with TestClient(web, base_url="http://localhost", follow_redirects=False) as client:
        yield client


@pytest.fixture
def link(settings: Settings, database: Database, media: Media, tmp_path: Path) -> str:
    study = small_study.create(
        database, media, small_study.paint(tmp_path / "pictures", 32, 24), block_size=3, catch_trials=0,
        catch_failures_allowed=0, practice_trials=1,
    )  # fmt: skip
    return f"/join/{links.public_token(database, settings.secret(), study)}"


class Device:
    """A subject's browser, whose requests are repeated and reach the server in any order."""

    def __init__(self, client: TestClient, link: str, chance: random.Random) -> None:
        self._client = client
        self._chance = chance
        self.session: str = client.post(link).headers["location"]
        text = client.get(self.session).text.split('name="text_hash" value="')[1].split('"')[0]
        agreed = {"text_hash": text, "agreed": "yes"}
        self._told: list[Send] = [
            lambda: client.post(f"{self.session}/consent", data=agreed, headers={"Accept": "application/json"}),
            self._start,
        ]
        self._votes = set[str]()
        self.tokens = list[str]()

    def sits(self) -> None:
        """The session is played to its end."""
        while "completion code" not in self._client.get(self.session).text:
            self._everything()
            listed = self._client.get(f"{self.session}/trials").json()["trials"]
            self._answers([trial for trial in listed if trial["token"] not in self._votes])

    def _start(self) -> Response:
        return self._client.post(f"{self.session}/start", headers={"Accept": "application/json"})

    def _answers(self, trials: list[dict[str, Any]]) -> None:
        for trial in trials:
            self._votes.add(trial["token"])
            self.tokens.append(trial["token"])
            self._told.append(self._vote(trial))
        if trials:
            self._told.append(self._batch(trials[0]["position"]))

    def _vote(self, trial: dict[str, Any]) -> Send:
        side, key = _side(trial["position"]), f"answer-{trial['position']}"
        said = {"side": side, "elapsed_ms": 900 + trial["position"], "key": key, "screen": _SCREEN}
        return lambda: self._client.put(trial["vote"], json=said)

    def _batch(self, position: int) -> Send:
        said = {"key": f"batch-of-events-{position}", "events": [{"kind": "shown", "t": 1.0, "trial": position}]}
        return lambda: self._client.post(f"{self.session}/events", json=said)

    def _everything(self) -> None:
        """All requests so far, some of them twice, in any order, until the server has taken each."""
        waiting = self._told + self._chance.sample(self._told, self._chance.randint(0, len(self._told)))
        while waiting:
            self._chance.shuffle(waiting)
            replies = [(send, send()) for send in waiting]
            assert all(reply.status_code in (200, 201, 303, 409) for _, reply in replies)
            waiting = [send for send, reply in replies if reply.status_code == 409]


def _side(position: int) -> str:
    return "left" if position % 3 else "right"


def _state(database: Database, session: str) -> dict[str, Any]:
    """All that the database holds of a session, without what time and chance decide."""
    with database.read() as db:
        row = db.scalars(select(Session).where(Session.token == session.rsplit("/", 1)[1])).one()
        of_trials = select(Trial, Vote, Showing).outerjoin(Vote, Vote.trial_id == Trial.id)
        of_trials = of_trials.outerjoin(Showing, Showing.trial_id == Trial.id).where(Trial.session_id == row.id)
        trials = db.execute(of_trials.order_by(Trial.position)).all()
        log = db.execute(select(Event.kind, Event.payload).where(Event.session_id == row.id)).all()
        positions = {trial.id: trial.position for trial, _, _ in trials}
        consents = list(db.scalars(select(Consent.text_hash).where(Consent.session_id == row.id)))
    assert events.verify(database, row.id)
    return {
        "outcome": row.outcome,
        "consents": consents,
        "trials": [(trial.position, trial.block) for trial, _, _ in trials],
        "votes": [(vote.side, vote.elapsed_ms, vote.late) for _, vote, _ in trials],
        "screens": [(seen.pixel_ratio, seen.pane_width, seen.exact) for _, _, seen in trials],
        "log": Counter((kind, _timeless(payload, positions)) for kind, payload in log),
        "tokens": [trial.token for trial, _, _ in trials],
    }


def _timeless(payload: dict[str, Any], positions: dict[int, int]) -> str:
    known = {name: positions.get(value, value) if name == "trial" else value for name, value in payload.items()}
    return str(sorted((name, value) for name, value in known.items() if name not in ("vote", "seal")))


def test_requests_in_any_order_and_number_end_in_the_same_database(
    client: TestClient, link: str, database: Database
) -> None:
    def sit(chance: random.Random) -> dict[str, Any]:
        device = Device(client, link, chance)
        device.sits()
        state = _state(database, device.session)
        assert sorted(device.tokens) == sorted(state.pop("tokens"))  # what was shown is what is there
        return state

    expected = sit(random.Random(0))
    assert expected["outcome"] is Outcome.COMPLETED
    assert [side for side, _, late in expected["votes"] if not late] == [Side(_side(n)) for n in range(_PLANNED + 1)]
    assert expected["log"]["completed", str([("answered", _PLANNED)])] == 1

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False))
    def ends_alike(chance: random.Random) -> None:
        assert sit(chance) == expected

    ends_alike()
