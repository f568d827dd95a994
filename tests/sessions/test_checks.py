"""The monitor tells what happened, and decisions about sessions can be taken back."""

import pytest
from sqlalchemy import select

from app.db import Database
from app.db.models import Exclusion, Side, TrialKind
from app.sessions import events
from app.sessions.checks import (
    AlreadyExcluded,
    NoSuchSession,
    NotExcluded,
    ReasonNeeded,
    exclude,
    readmit,
    session_summaries,
)
from app.sessions.coverage import coverage
from app.sessions.invitations import invite
from app.studies.states import StudyNotFound
from tests.actors import somebody
from tests.sessions.conftest import Clock
from tests.sessions.planted import (
    SECRET,
    SMALL,
    Truth,
    careless,
    excluded_sessions,
    honest,
    join,
    play,
    session_id,
    study,
    trials_of,
)


def test_an_exclusion_is_taken_back_by_a_second_row(database: Database) -> None:
    number = study(database)
    session, other = (session_id(database, join(database, number)) for _ in range(2))
    exclude(database, session, "  Slept\nthrough it. ", somebody("ada"))
    assert excluded_sessions(database, number) == {session}
    exclude(database, session, "Slept through it.", somebody("ben"))  # the same again is no mistake, and no second row
    with pytest.raises(AlreadyExcluded, match="Slept through it"):
        exclude(database, session, "Again.", somebody("ada"))
    readmit(database, session, "It was somebody else.", somebody("ben"))
    readmit(database, session, "It was somebody else.", somebody("ben"))
    assert excluded_sessions(database, number) == set()
    with pytest.raises(NotExcluded):
        readmit(database, session, "Again.", somebody("ben"))
    exclude(database, session, "It was not.", somebody("ada"))
    exclude(database, other, "Asked for it.", somebody("ada"))
    assert excluded_sessions(database, number) == {session, other}
    with database.read() as db:
        rows = list(db.scalars(select(Exclusion).where(Exclusion.session_id == session).order_by(Exclusion.id)))
    assert [(row.action.value, row.rule, row.reason, row.decided_by) for row in rows] == [
        ("exclude", "manual", "Slept through it.", "ada"),
        ("readmit", "manual", "It was somebody else.", "ben"),
        ("exclude", "manual", "It was not.", "ada"),
    ]
    events.verify(database, session)


def test_exclusions_of_another_study_do_not_count_here(database: Database) -> None:
    first, second = study(database), study(database)
    exclude(database, session_id(database, join(database, second)), "A test.", somebody("ada"))
    assert excluded_sessions(database, first) == set()


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_a_decision_needs_a_reason(database: Database, reason: str) -> None:
    number = study(database)
    session = session_id(database, join(database, number))
    with pytest.raises(ReasonNeeded):
        exclude(database, session, reason, somebody("ada"))
    with pytest.raises(NoSuchSession, match="sessions"):
        exclude(database, session + 1, "A test.", somebody("ada"))
    assert excluded_sessions(database, number) == set()


def test_a_summary_tells_what_a_session_did(database: Database, clock: Clock) -> None:
    number = study(database, SMALL.model_copy(update={"trials_per_session": 24, "catch_trials": 5}))
    token = join(database, number, pilot=True)
    clock.forward(minutes=3)
    play(database, token, lambda known: Side.LEFT if known.kind is TrialKind.TEST else careless(known), most=20)
    (row,) = session_summaries(database, number)
    assert (row.label, row.simulated, row.pilot) == ("pilot 1", False, True)
    assert (row.last_seen_at - row.started_at).total_seconds() == 180
    assert (row.answered, row.planned, row.completed_at) == (18, 29, None)
    assert (row.median_ms, row.left_rate) == (1200, 1.0)
    shown = [(trial, vote) for trial, _, vote in trials_of(database, token) if trial.block]
    assert len(row.strip) == len(shown)
    for mark, (trial, vote) in zip(row.strip, shown, strict=True):
        assert (mark.position, mark.answered) == (trial.position, vote is not None)
        assert mark.is_catch == (trial.kind is TrialKind.CATCH)
        assert mark.correct == (False if mark.is_catch and vote else None)
    assert row.catch_failures == sum(mark.correct is False for mark in row.strip) > 1
    assert row.excluded is not None
    assert (row.excluded.rule, row.excluded.by) == ("catch", "protocol")
    assert "wrong answers to catch trials" in row.excluded.reason


def test_a_pilot_that_the_catch_rule_stopped_is_a_pilot_and_a_subject_is_excluded(database: Database) -> None:
    number = study(database, SMALL.model_copy(update={"trials_per_session": 24, "catch_trials": 5}))
    for pilot in (False, True):
        play(database, join(database, number, pilot=pilot), careless)
    assert all(row.excluded for row in session_summaries(database, number))
    states = {row.pilot: row.state for row in session_summaries(database, number)}
    assert states == {False: "excluded", True: "pilot"}


def test_an_honest_subject_passes_every_catch_trial(database: Database) -> None:
    number = study(database)
    token = join(database, number)
    play(database, token)
    (row,) = session_summaries(database, number)
    assert [mark.correct for mark in row.strip if mark.is_catch] == [True, True, True]
    assert (row.catch_failures, row.excluded) == (0, None)
    assert row.completed_at is not None


def test_a_session_that_has_not_begun_to_judge_has_no_rates(database: Database) -> None:
    number = study(database)
    invite(database, SECRET, number, ["Ada"])
    assert session_summaries(database, number) == []
    join(database, number)
    (row,) = session_summaries(database, number)
    assert (row.answered, row.strip, row.median_ms, row.left_rate) == (0, (), None, None)
    with pytest.raises(StudyNotFound):
        session_summaries(database, 99)


def test_coverage_counts_valid_judgements_only(database: Database) -> None:
    number = study(database)

    def judged() -> int:
        return sum(pair.judged for task in coverage(database, number) for pair in task.pairs)

    assert judged() == 0
    good, bad, pilot = join(database, number), join(database, number), join(database, number, pilot=True)
    play(database, good)
    assert judged() == 12
    play(database, bad, careless)
    play(database, pilot)
    assert judged() == 12
    readmit(database, session_id(database, bad), "A test.", somebody("ada"))
    assert judged() == 24
    exclude(database, session_id(database, good), "A test.", somebody("ada"))
    assert judged() == 12
    first = coverage(database, number)[0]
    assert first.task == "denoise"
    assert [(pair.a, pair.b, pair.target) for pair in first.pairs] == [
        ("gmsd", "mae", 20),
        ("gmsd", "ms_ssim", 20),
        ("mae", "ms_ssim", 20),
    ]
    for pair in first.pairs:
        assert 4 * pair.least <= pair.judged <= 4 * pair.most


def test_a_demonstration_counts_simulated_subjects_and_people_apart(database: Database) -> None:
    number = study(database, is_demo=True)
    play(database, join(database, number))
    assert sum(pair.judged for task in coverage(database, number) for pair in task.pairs) == 0
    play(database, join(database, number, simulated=True))
    assert sum(pair.judged for task in coverage(database, number) for pair in task.pairs) == 12


def test_a_one_sided_subject_is_seen(database: Database) -> None:
    number = study(database)

    def leans(known: Truth) -> Side:
        return Side.LEFT if known.kind is TrialKind.TEST else honest(known)

    play(database, join(database, number), leans)
    assert session_summaries(database, number)[0].left_rate == 1.0
