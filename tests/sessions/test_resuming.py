"""Coming back: what others took over is gone, the rest stays, and a sitting begins anew after a rest."""

import pytest
from sqlalchemy import select

from app.db import Database
from app.db.models import Event, Pair, PairKind, Session, Side, StudyState, Trial, TrialKind
from app.results.session_rows import session_table
from app.sessions import events, recompute, votes
from app.sessions.checks import session_summaries
from app.sessions.enrol import begin, personal_link_of
from app.sessions.exclusions import SCREENING_RULE
from app.sessions.outcomes import screen_out
from app.sessions.progress import RestNotOver, open_trials, start_block, view
from app.sessions.sitting import Stage
from app.sessions.votes import Answer, record_vote
from app.studies.protocol import Protocol
from tests.sessions.conftest import Clock
from tests.sessions.planted import PLAIN, SECRET, join, play, session_id, set_state, study, trials_of

ONE_BLOCK = Protocol(
    **PLAIN, trials_per_session=20, block_size=20, catch_trials=2, catch_failures_allowed=1, practice_trials=0
)  # fmt: skip
SITTINGS = Protocol(
    **PLAIN, trials_per_session=24, block_size=12, catch_trials=0, practice_trials=0, sitting_minutes=5, rest_hours=10
)  # fmt: skip


def _held(database: Database, token: str) -> set[int]:
    """The pairs whose test trials the session may still answer."""
    open_now = {trial.token for trial in open_trials(database, token)}
    return {trial.pair_id for trial, _, _ in trials_of(database, token) if trial.token in open_now}


def _row(database: Database, token: str) -> Session:
    with database.read() as db:
        return db.scalars(select(Session).where(Session.token == token)).one()


def _abandoned(database: Database, clock: Clock, number: int, *, others: int) -> str:
    """A session abandoned after four answers, whose slots so many other sessions could take."""
    token = join(database, number)
    play(database, token, most=4)
    clock.forward(hours=25)
    for _ in range(others):
        play(database, join(database, number))
    return token


def test_reissued_slots_are_given_back_and_the_others_kept(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, scenes=10)  # 60 pairs: one other session takes a part of what returned
    token = _abandoned(database, clock, number, others=1)
    other = {trial.pair_id for trial, _, _ in trials_of(database, session_tokens(database, number)[-1])}
    before = {t.pair_id for t, _, vote in trials_of(database, token) if vote is None and t.kind is TrialKind.TEST}
    assert view(database, token).stage is Stage.RESTING  # looking changes nothing
    assert open_trials(database, token) == []
    start_block(database, token)
    kept = _held(database, token)
    catch = {t.pair_id for t, _, vote in trials_of(database, token) if vote is None and t.kind is TrialKind.CATCH}
    assert kept - catch == before - other
    given = [trial for trial, _, _ in trials_of(database, token) if trial.given_back_at]
    assert len(given) == len(before & other) > 0
    assert _row(database, token).planned == 22 - len(given)
    assert events.verify(database, session_id(database, token))  # seals cover what was issued
    seen = view(database, token)
    assert (seen.stage, seen.planned, seen.block_size) == (Stage.BLOCK, 22 - len(given), 22 - len(given))
    play(database, token)
    assert view(database, token).stage is Stage.END
    assert len(session_summaries(database, number)[-1].strip) == 22 - len(given)


def session_tokens(database: Database, number: int) -> list[str]:
    """The study's sessions in their order."""
    with database.read() as db:
        return list(db.scalars(select(Session.token).where(Session.study_id == number).order_by(Session.id)))


def test_nothing_is_given_back_where_nobody_else_was_issued_it(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, scenes=10)
    token = _abandoned(database, clock, number, others=0)
    start_block(database, token)
    assert len(open_trials(database, token)) == 18
    assert _row(database, token).planned == 22


def test_of_two_who_abandoned_one_pair_the_first_back_gives_up_what_came_once(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK.model_copy(update={"trials_per_session": 12}), tasks=("denoise",))  # 12 pairs
    gone = [join(database, number) for _ in range(2)]
    for token in gone:
        play(database, token, most=2)
    clock.forward(hours=25)
    play(database, join(database, number))  # all twelve, once
    for token in gone:
        start_block(database, token)
    first, second = [{t.pair_id for t, _, _ in trials_of(database, token) if t.given_back_at} for token in gone]
    assert first
    assert not first & second


def test_an_answer_to_a_trial_given_back_is_kept_and_breaks_nothing(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, scenes=10)
    token = _abandoned(database, clock, number, others=3)
    start_block(database, token)
    given = [trial for trial, _, _ in trials_of(database, token) if trial.given_back_at]
    still = open_trials(database, token)
    assert given
    late = [record_vote(database, token, trial.token, Answer(Side.LEFT, 900)) for trial in given]
    assert all(vote.created for vote in late)
    if still:
        play(database, token)
    assert view(database, token).stage is Stage.END
    assert view(database, token).answered == view(database, token).planned == 22 - len(given)
    row = session_table(database, number).rows[0]
    assert row.work.answered == row.planned
    assert events.verify(database, session_id(database, token))


def test_a_session_of_which_nothing_is_left_is_complete_when_it_resumes(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, tasks=("denoise",), scenes=7)  # 21 pairs
    token = join(database, number)
    start_block(database, token)
    last = [trial for trial, _, _ in trials_of(database, token) if trial.kind is TrialKind.TEST][-1]
    for trial in open_trials(database, token):
        if trial.token != last.token:
            record_vote(database, token, trial.token, Answer(_right(database, trial.token), 900))
    clock.forward(hours=25)
    for _ in range(2):  # 20 of the 21 pairs, twice
        play(database, join(database, number))
    start_block(database, token)
    ended = view(database, token)
    assert (ended.stage, ended.answered, ended.planned) == (Stage.END, 21, 21)
    assert ended.completion_code


def _right(database: Database, trial_token: str) -> Side:
    with database.read() as db:
        on_left = db.scalars(select(Trial.a_on_left).where(Trial.token == trial_token)).one()
    return Side.LEFT if on_left else Side.RIGHT


def test_who_has_judged_nothing_gives_nothing_back_and_gets_no_code(database: Database, clock: Clock) -> None:
    protocol = ONE_BLOCK.model_copy(update={"trials_per_session": 12, "catch_trials": 0})
    number = study(database, protocol, tasks=("denoise",))  # 12 pairs, all in every session
    token = join(database, number)
    start_block(database, token)
    clock.forward(hours=25)
    play(database, join(database, number))
    start_block(database, token)
    seen = view(database, token)
    assert (seen.stage, seen.answered, seen.planned, seen.completion_code) == (Stage.BLOCK, 0, 12, None)
    assert len(open_trials(database, token)) == 12
    with database.write_connection() as connection:
        votes.complete(connection, session_id(database, token), 0, protocol, clock())
    assert view(database, token).completion_code is None


def test_the_number_of_a_block_given_back_whole_is_not_used_again(database: Database, clock: Clock) -> None:
    protocol = ONE_BLOCK.model_copy(update={"trials_per_session": 18, "block_size": 6, "catch_trials": 0})
    number = study(database, protocol)  # 24 pairs
    token = join(database, number)
    play(database, token, most=6)
    start_block(database, token)
    clock.forward(hours=25)
    for _ in range(2):
        play(database, join(database, number))
        clock.forward(seconds=1)
    start_block(database, token)
    trials = [trial for trial, _, _ in trials_of(database, token)]
    assert {trial.given_back_at is not None for trial in trials if trial.block == 2} == {True}
    assert view(database, token).block == 3
    assert events.verify(database, session_id(database, token))
    play(database, token)
    assert (view(database, token).stage, view(database, token).answered) == (Stage.END, 12)
    found = recompute.blocks(database, session_id(database, token))
    assert [block.number for block in found] == [1, 2, 3]
    assert all(block.stored == block.computed for block in found)


def test_the_personal_link_gives_back_too(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, scenes=10)
    token = _abandoned(database, clock, number, others=3)
    link = personal_link_of(database, SECRET, token)
    assert begin(database, SECRET, link) == token
    assert view(database, token).stage is Stage.BLOCK
    assert any(trial.given_back_at for trial, _, _ in trials_of(database, token))


def test_a_pilot_keeps_everything(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, scenes=10)
    token = join(database, number, pilot=True)
    play(database, token, most=4)
    clock.forward(hours=25)
    for _ in range(3):
        play(database, join(database, number))
    start_block(database, token)
    assert len(open_trials(database, token)) == 18


def test_screened_out_subjects_leave_no_slots_behind(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, tasks=("denoise",), scenes=7)  # 21 pairs
    token = join(database, number)
    start_block(database, token)
    held = {trial.pair_id for trial, _, _ in trials_of(database, token) if trial.kind is TrialKind.TEST}
    with database.write() as db:
        screen_out(db, db.get_one(Session, session_id(database, token)), "a test", clock())
    other = join(database, number)
    start_block(database, other)
    assert len(held & {trial.pair_id for trial, _, _ in trials_of(database, other)}) >= 19


def test_a_sitting_ends_after_its_minutes_within_a_block_too(database: Database, clock: Clock) -> None:
    token = join(database, study(database, SITTINGS))
    assert view(database, token).rest_after_ms == 300_000
    start_block(database, token)
    shown = open_trials(database, token)
    for trial in shown[:5]:
        record_vote(database, token, trial.token, Answer(Side.LEFT, 60_000))
    resting = view(database, token)
    assert resting.stage is Stage.RESTING
    assert (resting.rest_after_ms, resting.minutes) == (0, 5)
    assert resting.rest_until is not None
    assert (resting.rest_until - clock()).total_seconds() == 36_000
    assert open_trials(database, token) == []
    assert record_vote(database, token, shown[5].token, Answer(Side.LEFT, 60_000)).created  # it was on the screen
    with pytest.raises(RestNotOver, match="next sitting may begin"):
        start_block(database, token)
    clock.forward(hours=10)
    over = view(database, token)
    assert (over.stage, over.rest_until) == (Stage.RESTING, None)
    start_block(database, token)
    on = view(database, token)
    assert (on.stage, on.rest_after_ms, on.block_answered) == (Stage.BLOCK, 300_000, 6)
    assert [trial.token for trial in open_trials(database, token)] == [trial.token for trial in shown[6:]]


def test_between_two_blocks_the_rest_comes_before_the_break(database: Database, clock: Clock) -> None:
    token = join(database, study(database, SITTINGS))
    start_block(database, token)
    for trial in open_trials(database, token):
        record_vote(database, token, trial.token, Answer(Side.LEFT, 25_000))
    assert view(database, token).stage is Stage.RESTING
    clock.forward(hours=11)
    start_block(database, token)
    assert (view(database, token).stage, view(database, token).block) == (Stage.BLOCK, 2)
    play(database, token)
    assert view(database, token).stage is Stage.END  # the end comes before any rest


def test_a_rest_taken_by_oneself_begins_a_new_sitting(database: Database, clock: Clock) -> None:
    token = join(database, study(database, SITTINGS))
    start_block(database, token)
    for trial in open_trials(database, token)[:3]:
        record_vote(database, token, trial.token, Answer(Side.LEFT, 60_000))
    assert view(database, token).rest_after_ms == 120_000
    clock.forward(hours=10)
    link = personal_link_of(database, SECRET, token)
    begin(database, SECRET, link)
    assert view(database, token).rest_after_ms == 300_000
    with database.read() as db:
        kinds = db.scalars(select(Event.kind).where(Event.session_id == session_id(database, token))).all()
    assert kinds.count("resumed") == 1


def test_a_paused_study_says_so_before_any_rest(database: Database, clock: Clock) -> None:
    number = study(database, ONE_BLOCK, scenes=10)
    token = _abandoned(database, clock, number, others=0)
    set_state(database, number, StudyState.PAUSED)
    assert view(database, token).stage is Stage.PAUSED


PASS = Protocol(
    **PLAIN, trials_per_session=12, block_size=12, catch_trials=2, practice_trials=3, practice_pass=3,
    practice_attempts=2,
)  # fmt: skip


def _practise(database: Database, token: str, *, right: bool) -> None:
    start_block(database, token)
    for trial in open_trials(database, token):
        known = _right(database, trial.token)
        other = Side.RIGHT if known is Side.LEFT else Side.LEFT
        record_vote(database, token, trial.token, Answer(known if right else other, 900))


def test_practice_that_is_not_passed_may_be_tried_again(database: Database) -> None:
    token = join(database, study(database, PASS))
    _practise(database, token, right=False)
    seen = view(database, token)
    assert (seen.stage, seen.block) == (Stage.PRACTICE_DONE, 0)
    assert seen.practice is not None
    assert (seen.practice.right, seen.practice.wanted, seen.practice.attempts_left) == (0, 3, 1)
    assert not seen.practice.passed
    start_block(database, token)
    again = view(database, token)
    assert (again.stage, again.block_answered, again.block_size, again.answered) == (Stage.PRACTICE, 0, 3, 0)
    blocks = [trial.block for trial, _, _ in trials_of(database, token)]
    assert blocks == [0, 0, 0, -1, -1, -1]
    pairs = [trial.pair_id for trial, _, _ in trials_of(database, token)]
    assert len(set(pairs)) == 6  # others than before
    _practise(database, token, right=True)
    done = view(database, token)
    assert done.practice is not None
    assert done.practice.passed
    play(database, token)
    assert view(database, token).stage is Stage.END
    assert [trial.position for trial, _, _ in trials_of(database, token)] == list(range(20))
    assert events.verify(database, session_id(database, token))


def test_who_never_passes_practice_is_screened_out(database: Database) -> None:
    number = study(database, PASS)
    token = join(database, number)
    for _ in range(2):
        _practise(database, token, right=False)
    seen = view(database, token)
    assert (seen.stage, seen.practice and seen.practice.attempts_left) == (Stage.PRACTICE_DONE, 0)
    start_block(database, token)
    assert view(database, token).stage is Stage.END
    [row] = session_summaries(database, number)
    assert row.excluded is not None
    assert row.excluded.rule == SCREENING_RULE
    assert "0 right in the last of 2 attempts, 3 wanted" in row.excluded.reason
    start_block(database, token)
    assert len(trials_of(database, token)) == 6


def test_practice_without_a_pass_mark_says_nothing_of_passing(database: Database) -> None:
    token = join(database, study(database, PASS.model_copy(update={"practice_pass": 0})))
    _practise(database, token, right=False)
    assert view(database, token).practice is None
    start_block(database, token)
    assert view(database, token).stage is Stage.BLOCK


def test_repeats_and_dummies_stand_in_the_summary(database: Database) -> None:
    protocol = Protocol(
        **PLAIN | {"dummy_trials": 2}, trials_per_session=20, block_size=10, catch_trials=2, practice_trials=2,
        repeat_percent=20,
    )  # fmt: skip
    number = study(database, protocol)
    token = join(database, number)
    assert _row(database, token).planned == 28
    play(database, token)  # always prefers the first condition
    kinds = [trial.kind for trial, _, _ in trials_of(database, token)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        TrialKind.PRACTICE: 2, TrialKind.DUMMY: 2, TrialKind.TEST: 20, TrialKind.CATCH: 2, TrialKind.REPEAT: 4,
    }  # fmt: skip
    [row] = session_summaries(database, number)
    assert (row.answered, row.planned, row.repeats, row.repeats_agreed) == (28, 28, 4, 4)
    assert [mark.kind for mark in row.strip if mark.kind is TrialKind.DUMMY] == [TrialKind.DUMMY] * 2
    contrary = join(database, number)
    play(database, contrary, lambda known: Side.LEFT if known.kind is not TrialKind.CATCH else known.reference_side)
    assert session_summaries(database, number)[0].repeats_agreed == 0
    assert view(database, contrary).stage is Stage.END


def test_a_study_without_pairs_for_dummies_has_none(database: Database) -> None:
    protocol = Protocol(
        **PLAIN | {"dummy_trials": 2}, trials_per_session=12, block_size=6, catch_trials=0, practice_trials=0
    )  # fmt: skip
    number = study(database, protocol)
    with database.write() as db:
        for pair in db.scalars(select(Pair).where(Pair.study_id == number, Pair.kind != PairKind.TEST)):
            db.delete(pair)
    token = join(database, number)
    play(database, token)
    assert (view(database, token).stage, view(database, token).planned) == (Stage.END, 12)
