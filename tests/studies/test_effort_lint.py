"""How long a session is at its pilots' pace, what the catch rule can do, and whether there is an anchor."""

from pathlib import Path

import pytest
from sqlalchemy import update

from app.db import Database
from app.db.models import Side, Study, StudyState
from app.media import Media
from app.results.outlook import in_lines, outlook
from app.sessions import enrol, links, progress, votes
from app.studies import copies, service
from app.studies.finding import Severity
from app.studies.pace import ASSUMED, Pace, pace_of
from app.studies.protocol import Protocol
from app.studies.stimuli import ingest_folder
from tests.sessions import planted
from tests.studies.pictures import fill

SECRET = planted.SECRET


def warnings(database: Database, media: Media, study: int) -> str:
    return "\n".join(f.text for f in service.lint(database, media, study) if f.severity is Severity.WARNING)


def piloted(database: Database, ms: int, *, simulated: bool = False) -> int:
    """A pilot in which somebody has answered two blocks, each trial in that time."""
    number = planted.study(database)
    with database.write() as db:
        db.execute(update(Study).where(Study.id == number).values(state=StudyState.PILOT))
    session = enrol.begin(database, SECRET, links.pilot_token(database, SECRET, number), simulated=simulated)
    progress.consent(database, session, progress.view(database, session).consent_hash)
    for _ in range(3):
        progress.start_block(database, session)
        for trial in progress.open_trials(database, session):
            votes.record_vote(database, session, trial.token, votes.Answer(Side.LEFT, ms))
    return number


def pace(database: Database, number: int) -> Pace:
    with database.read() as db:
        return pace_of(db, db.get_one(Study, number))


def test_the_pace_is_that_of_the_pilots_with_the_grey_between_and_pauses_cut(database: Database) -> None:
    told = pace(database, piloted(database, 4_000))
    assert (told.ms, told.sessions) == (4_000 + Protocol().blank_ms, 1)
    assert "as 1 pilot session took" in told.in_words
    assert pace(database, piloted(database, 3_600_000)).ms == 60_000 + Protocol().blank_ms


def test_a_copy_has_the_pace_of_what_it_is_a_copy_of_until_it_has_pilots_of_its_own(database: Database) -> None:
    first = piloted(database, 4_000)
    copy = copies.duplicate(database, first)
    told = pace(database, copy)
    assert (told.study_id, told.ms) == (first, 4_000 + Protocol().blank_ms)


def test_nobody_and_simulated_subjects_tell_no_pace(database: Database) -> None:
    assert pace(database, planted.study(database)) == ASSUMED
    assert pace(database, piloted(database, 1, simulated=True)) == ASSUMED
    assert "assumed" in ASSUMED.in_words


@pytest.fixture
def long(database: Database, media: Media, tmp_path: Path) -> int:
    """A draft whose sessions have 480 trials: 40 minutes at the usual pace."""
    number = service.create(
        database, "Long", Protocol(trials_per_session=470, catch_trials=10, dummy_trials=0, practice_trials=0)
    )
    names = [f"method{n:02}" for n in range(12)] + ["input"]
    scenes = [f"scene{n}" for n in range(7)]
    folder = fill(tmp_path / "pictures", tasks=["denoise"], conditions=names, scenes=scenes)
    ingest_folder(database, media, number, folder)
    return number


def test_a_session_over_half_an_hour_is_warned_of_with_the_number_that_would_fit(
    database: Database, media: Media, long: int
) -> None:
    (found,) = [f for f in service.lint(database, media, long) if "BT.500 asks for at most 30" in f.text]
    assert "A session of 480 trials takes about 40 minutes at 5.0 s a trial, which is assumed" in found.text
    assert "set `trials_per_session` to at most 350" in found.fix
    protocol = service.get(database, long).protocol
    service.edit(database, long, protocol=protocol.model_copy(update={"trials_per_session": 350}))
    assert "BT.500 asks for at most 30" not in warnings(database, media, long)
    service.edit(database, long, protocol=protocol.model_copy(update={"sitting_minutes": 30}))
    assert "BT.500 asks for at most 30" not in warnings(database, media, long)


def test_an_anchor_is_a_baseline_by_name_or_what_went_in(
    database: Database, media: Media, long: int, tmp_path: Path
) -> None:
    assert "has no anchor" not in warnings(database, media, long)
    other = service.create(database, "Without", Protocol(catch_trials=3))
    folder = fill(tmp_path / "without")
    ingest_folder(database, media, other, folder)
    assert "denoise has no anchor" in warnings(database, media, other)
    for task in folder.iterdir():
        for scene in (task / "degraded").iterdir():
            shown = task / "as_it_was" / scene.name
            shown.parent.mkdir(exist_ok=True)
            shown.write_bytes(scene.read_bytes())
    ingest_folder(database, media, other, folder)
    assert "has no anchor" not in warnings(database, media, other)


@pytest.mark.parametrize(
    ("protocol", "told"),
    [
        (Protocol(), "kept with a probability of 18.8 %, and somebody wrong in a quarter of the trials with 63.3 %"),
        (Protocol(catch_trials=3, allow_tie=True), "random is kept with a probability of 25.9 %"),
        (Protocol(catch_trials=10), None),
        (Protocol(catch_trials=0), "no rule excludes anybody"),
    ],
)
def test_a_weak_catch_rule_is_told_with_its_power(
    database: Database, media: Media, protocol: Protocol, told: str | None
) -> None:
    found = warnings(database, media, service.create(database, "Rule", protocol))
    assert told in found if told else "random" not in found


def test_what_to_expect_is_told_in_numbers_that_the_protocol_gives(database: Database, long: int) -> None:
    seen = outlook(database, long)
    assert (seen.study.planned, seen.minutes) == (480, 40.0)
    assert (round(seen.random_kept or 0, 4), round(seen.inattentive_kept or 0, 3)) == (0.0107, 0.244)
    (task,) = seen.expected.tasks
    assert task.half_width is not None
    protocol = service.get(database, long).protocol
    assert (seen.protocol_hash, seen.plan_hash) == (protocol.hash, protocol.plan_hash)
    lines = "\n".join(in_lines(seen))
    assert "480 trials, about 40 minutes" in lines
    assert f"±{task.half_width:.2f} logits" in lines
    other = protocol.model_copy(update={"plan_alpha": 0.01})
    assert (other.plan_hash != protocol.plan_hash, other.hash != protocol.hash) == (True, True)
    assert protocol.model_copy(update={"catch_trials": 9}).plan_hash == protocol.plan_hash
