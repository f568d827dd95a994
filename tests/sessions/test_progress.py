"""From consent to the completion code: which page comes when, and what starting a block does."""

from collections import Counter
from itertools import pairwise

import pytest

from app.db import Database
from app.db.models import Side, StudyState, TrialKind
from app.sessions import progress
from app.sessions.enrol import StudyClosed, StudyPaused, begin
from app.sessions.links import public_token
from app.sessions.progress import (
    BreakNotOver,
    ConsentChanged,
    ConsentNeeded,
    consent,
    open_trials,
    start_block,
    view,
)
from app.sessions.sitting import Stage
from app.sessions.votes import Answer, record_vote
from app.studies.protocol import Protocol
from tests.db import locks
from tests.sessions.conftest import Clock
from tests.sessions.planted import PLAIN, SECRET, SMALL, join, play, set_state, study, trials_of


def _answer_all(database: Database, token: str) -> None:
    for trial in open_trials(database, token):
        record_vote(database, token, trial.token, Answer(Side.LEFT, 2_000))


def test_the_walk_of_a_session(database: Database) -> None:
    token = begin(database, SECRET, public_token(database, SECRET, study(database)))
    walked = list[tuple[Stage, int, int, int]]()

    def note() -> None:
        seen = view(database, token)
        walked.append((seen.stage, seen.block, seen.answered, seen.block_size))

    note()
    consent(database, token, view(database, token).consent_hash)
    note()
    for _ in range(3):
        start_block(database, token)
        note()
        _answer_all(database, token)
        note()
    assert walked == [
        (Stage.CONSENT, 0, 0, 0),
        (Stage.INSTRUCTIONS, 0, 0, 0),
        (Stage.PRACTICE, 0, 0, 2),
        (Stage.PRACTICE_DONE, 0, 0, 2),
        (Stage.BLOCK, 1, 0, 8),
        (Stage.BREAK, 1, 8, 8),
        (Stage.BLOCK, 2, 8, 7),
        (Stage.END, 2, 15, 7),
    ]
    end = view(database, token)
    assert (end.planned, end.blocks, end.minutes_left) == (15, 2, 0)
    assert end.completion_code is not None
    assert len(end.completion_code) == 14
    start_block(database, token)  # after the end it changes nothing
    assert view(database, token) == end


def test_trials_are_stored_in_one_count_with_their_kinds(database: Database) -> None:
    token = join(database, study(database))
    play(database, token)
    rows = trials_of(database, token)
    assert [trial.position for trial, _, _ in rows] == list(range(17))
    kinds = Counter(trial.kind for trial, _, _ in rows)
    assert kinds == {TrialKind.PRACTICE: 2, TrialKind.TEST: 12, TrialKind.CATCH: 3}
    assert all((trial.block == 0) == (trial.kind is TrialKind.PRACTICE) for trial, _, _ in rows)
    assert all(trial.kind == pair.kind for trial, pair, _ in rows)


def test_a_page_knows_nothing_of_kinds_and_conditions(database: Database) -> None:
    token = join(database, study(database))
    play(database, token, most=3)
    shown = repr([view(database, token), *open_trials(database, token)])
    for word in ("gmsd", "mae", "ms_ssim", "degraded", "catch", "denoise", "scene", "kind"):
        assert word not in shown
    assert {(trial.width, trial.height) for trial in open_trials(database, token)} == {(12, 8)}


def test_starting_twice_issues_one_block(database: Database) -> None:
    token = join(database, study(database))
    start_block(database, token)
    first = open_trials(database, token)
    start_block(database, token)
    assert open_trials(database, token) == first


def test_open_trials_are_those_without_an_answer_in_order(database: Database) -> None:
    token = join(database, study(database, Protocol(**PLAIN, trials_per_session=12, practice_trials=0, catch_trials=3)))
    start_block(database, token)
    first = open_trials(database, token)
    assert [trial.position for trial in first] == list(range(15))
    record_vote(database, token, first[3].token, Answer(Side.LEFT, None))
    assert open_trials(database, token) == first[:3] + first[4:]


def test_without_practice_the_first_block_comes_first(database: Database) -> None:
    token = join(database, study(database, Protocol(**PLAIN, practice_trials=0, catch_trials=0)))
    start_block(database, token)
    assert (view(database, token).stage, view(database, token).block) == (Stage.BLOCK, 1)


def test_a_later_block_that_has_nothing_does_not_bring_the_first_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = join(database, study(database, SMALL.model_copy(update={"practice_trials": 0})))
    start_block(database, token)
    _answer_all(database, token)
    asked = list[int]()

    def nothing(_db: object, _sitting: object, block: int, _at: object) -> bool:
        asked.append(block)
        return False

    monkeypatch.setattr(progress, "issue", nothing)
    start_block(database, token)
    assert asked == [2]


def test_nothing_is_shown_before_consent(database: Database) -> None:
    token = begin(database, SECRET, public_token(database, SECRET, study(database)))
    with pytest.raises(ConsentNeeded):
        start_block(database, token)
    with pytest.raises(ConsentChanged, match="reload the page"):
        consent(database, token, "another text")
    assert open_trials(database, token) == []
    for _ in range(2):
        consent(database, token, SMALL.consent_hash)
    assert view(database, token).stage is Stage.INSTRUCTIONS


def test_an_enforced_break_is_kept(database: Database, clock: Clock) -> None:
    token = join(database, study(database, SMALL.model_copy(update={"break_minutes": 5})))
    for _ in range(2):  # no break between practice and the first block
        start_block(database, token)
        _answer_all(database, token)
    resting = view(database, token)
    assert resting.stage is Stage.BREAK
    assert resting.break_until is not None
    assert (resting.break_until - clock()).total_seconds() == 300
    clock.forward(minutes=4.9)
    with pytest.raises(BreakNotOver, match="rest your eyes until"):
        start_block(database, token)
    clock.forward(minutes=0.2)
    assert view(database, token).break_until is None
    start_block(database, token)
    assert view(database, token).stage is Stage.BLOCK


def test_a_break_that_is_only_offered_has_no_end(database: Database) -> None:
    token = join(database, study(database))
    play(database, token, most=10)
    assert (view(database, token).stage, view(database, token).break_until) == (Stage.BREAK, None)


@pytest.mark.parametrize(("state", "error"), [(StudyState.PAUSED, StudyPaused), (StudyState.CLOSED, StudyClosed)])
def test_a_paused_or_closed_study_issues_nothing_new(
    database: Database, state: StudyState, error: type[Exception]
) -> None:
    number = study(database)
    token = join(database, number)
    start_block(database, token)
    shown = open_trials(database, token)
    set_state(database, number, state)
    start_block(database, token)  # trials are open: nothing new is asked for
    assert open_trials(database, token) == shown
    _answer_all(database, token)
    assert (view(database, token).stage, view(database, token).study_state) == (Stage.PAUSED, state)
    with pytest.raises(error):
        start_block(database, token)
    set_state(database, number, StudyState.OPEN)
    start_block(database, token)
    assert view(database, token).stage is Stage.BLOCK


def test_time_is_told_at_the_subjects_own_pace(database: Database) -> None:
    protocol = Protocol(**PLAIN, trials_per_session=24, block_size=12, catch_trials=0, practice_trials=0)
    token = join(database, study(database, protocol))
    assert (view(database, token).minutes, view(database, token).minutes_left) == (0, 2)
    start_block(database, token)
    for trial in open_trials(database, token):
        record_vote(database, token, trial.token, Answer(Side.LEFT, 30_000))
    assert (view(database, token).minutes, view(database, token).minutes_left) == (6, 6)


def test_no_scene_follows_itself_across_blocks(database: Database) -> None:
    protocol = Protocol(**PLAIN, trials_per_session=18, block_size=2, catch_trials=0, practice_trials=0)
    token = join(database, study(database, protocol, scenes=3))
    play(database, token)
    scenes = [pair.scene for _, pair, _ in trials_of(database, token)]
    boundaries = list(pairwise(scenes))[1:13:2]  # towards the end only one scene may be left
    assert sum(a == b for a, b in boundaries) == 0


def test_a_step_holds_the_session_before_it_looks_where_it_stands(database: Database) -> None:
    token = begin(database, SECRET, public_token(database, SECRET, study(database)))
    for step in (lambda: consent(database, token, SMALL.consent_hash), lambda: start_block(database, token)):
        with locks.statements(database) as said:
            step()
        assert "FROM sessions" in said[0]
        assert said[0].endswith(("FOR UPDATE", "FOR NO KEY UPDATE"))
