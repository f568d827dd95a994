"""Simulated subjects take a real study through the real pages, and the study finds what they prefer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.media import Media
from app.results.report import report
from app.sessions import checks, events, invitations
from app.sessions.links import public_token
from app.settings import Settings
from app.simulation.crowd import crowd, strengths
from app.simulation.observer import BradleyTerryObserver
from app.simulation.subject import LinkForPeople, SimulatedSubject
from app.studies import moves, service, stimuli
from app.studies.protocol import Protocol
from app.web.app import create_app
from tests.studies.pictures import CONDITIONS, SCENES, TASKS, fill

PLANTED = {
    task: dict(zip(CONDITIONS[::step], (2.0, 0.0, -2.0), strict=True))
    for task, step in zip(TASKS, (1, -1), strict=True)
}
PROTOCOL = Protocol(catch_trials=8, catch_failures_allowed=1, block_size=10, practice_trials=2)


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    database: Database
    media: Media
    study: int

    def visitor(self) -> TestClient:
        return TestClient(create_app(self.settings, self.database, self.media), base_url="http://localhost")


@pytest.fixture
def house(settings: Settings, database: Database, media: Media, tmp_path: Path) -> House:
    return House(settings, database, media, _open(database, media, fill(tmp_path / "stimuli"), is_demo=True))


def _open(database: Database, media: Media, folder: Path, *, is_demo: bool) -> int:
    study = service.create(database, "Planted", PROTOCOL, is_demo=is_demo, seed=3)
    stimuli.ingest_folder(database, media, study, folder)
    moves.open_study(database, media, study)
    return study


@pytest.fixture
def one_subject(house: House) -> Iterator[SimulatedSubject]:
    observer = BradleyTerryObserver(strengths(house.database, house.study, PLANTED), Random(5))
    with house.visitor() as client:
        yield SimulatedSubject(
            client, f"/join/{public_token(house.database, house.settings.secret(), house.study)}", observer
        )


def test_the_study_finds_the_planted_ranking_and_excludes_who_clicks_at_random(house: House) -> None:
    members = crowd(strengths(house.database, house.study, PLANTED), seed=1)
    labels = [member.label for member in members]
    links = invitations.invite(house.database, house.settings.secret(), house.study, labels, simulated=True)
    for member, link in zip(members, links, strict=True):
        with house.visitor() as client:
            SimulatedSubject(client, f"/p/{link.token}", member.observer).sit()
    found = {task.task: [row.condition for row in task.rows] for task in report(house.database, house.study).tasks}
    assert found == {task: sorted(liking, key=lambda name: -liking[name]) for task, liking in PLANTED.items()}
    sessions = checks.session_summaries(house.database, house.study)
    assert [s.label for s in sessions if s.excluded] == [m.label for m in members if not m.attentive]
    for session in sessions:
        events.verify(house.database, session.id)


def test_a_subject_answers_every_pair_once_and_reads_a_completion_code(
    house: House, one_subject: SimulatedSubject
) -> None:
    answered = one_subject.sit()
    session = checks.session_summaries(house.database, house.study)[0]
    assert answered == PROTOCOL.planned(len(TASKS) * len(SCENES) * 3) + PROTOCOL.practice_trials
    assert session.completed_at is not None
    assert session.simulated


def test_a_vote_sent_twice_counts_once(house: House, one_subject: SimulatedSubject) -> None:
    one_subject.sit(at_most=PROTOCOL.practice_trials + 1)
    trial = one_subject.trials()[0]
    first, second = one_subject.vote(trial, "left"), one_subject.vote(trial, "left")
    assert (first.status_code, second.status_code) == (201, 200)
    assert checks.session_summaries(house.database, house.study)[0].answered == 2


def test_a_study_that_is_no_demonstration_refuses_simulated_subjects(house: House, tmp_path: Path) -> None:
    study = _open(house.database, house.media, fill(tmp_path / "others"), is_demo=False)
    with house.visitor() as client, pytest.raises(LinkForPeople, match="no simulated subject"):
        SimulatedSubject(
            client,
            f"/join/{public_token(house.database, house.settings.secret(), study)}",
            BradleyTerryObserver({}, Random(1)),
        ).sit()
    assert checks.session_summaries(house.database, study) == []
