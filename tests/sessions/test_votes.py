"""A vote is written once, for its own trial, whoever sends it how often."""

import random

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.db.models import Exclusion, Outcome, Side, Stimulus, Study, StudyState, Vote
from app.sessions import events
from app.sessions.checks import readmit
from app.sessions.pictures import PaneNotFound, shown_in
from app.sessions.progress import open_trials, start_block, view
from app.sessions.sitting import Stage
from app.sessions.votes import AbsurdTime, AlreadyAnswered, Answer, NoTies, TrialNotFound, record_vote
from app.studies.protocol import Protocol
from tests.actors import somebody
from tests.sessions.planted import (
    PLAIN,
    SMALL,
    careless,
    honest,
    join,
    play,
    session_id,
    set_state,
    study,
    trials_of,
    truth,
)

NO_PRACTICE = Protocol(**PLAIN, trials_per_session=12, catch_trials=3, practice_trials=0)


def _is_over(database: Database, token: str) -> bool:
    return view(database, token).stage is Stage.END


def _votes(database: Database) -> int:
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(Vote)).one()


def _started(database: Database, protocol: Protocol = NO_PRACTICE) -> tuple[int, str, list[str]]:
    number = study(database, protocol)
    token = join(database, number)
    start_block(database, token)
    return number, token, [trial.token for trial in open_trials(database, token)]


def test_a_vote_sent_twice_counts_once(database: Database) -> None:
    _, token, (trial, *_) = _started(database)
    first = record_vote(database, token, trial, Answer(Side.LEFT, 900))
    second = record_vote(database, token, trial, Answer(Side.LEFT, 4_000))
    assert (first.created, second.created) == (True, False)
    assert (second.side, second.received_at, second.late) == (Side.LEFT, first.received_at, False)
    assert _votes(database) == 1
    with database.read() as db:
        assert db.scalars(select(Vote.elapsed_ms)).one() == 900
    events.verify(database, session_id(database, token))


def test_another_answer_to_the_same_trial_is_refused_with_what_stands(database: Database) -> None:
    _, token, (trial, *_) = _started(database)
    first = record_vote(database, token, trial, Answer(Side.LEFT, 900))
    with pytest.raises(AlreadyAnswered, match="answered before, with left") as refused:
        record_vote(database, token, trial, Answer(Side.RIGHT, 900))
    assert refused.value.status == 409
    assert (refused.value.stored.side, refused.value.stored.received_at) == (Side.LEFT, first.received_at)
    assert _votes(database) == 1


def test_a_foreign_trial_cannot_be_answered_or_seen(database: Database) -> None:
    number, token, (trial, *_) = _started(database)
    other = join(database, number)
    for session, wanted in ((other, trial), (token, "no such trial"), ("no such session", trial)):
        with pytest.raises(TrialNotFound, match="no such trial") as refused:
            record_vote(database, session, wanted, Answer(Side.LEFT, 900))
        assert refused.value.status == 404
        with pytest.raises(TrialNotFound):
            shown_in(database, session, wanted, "left")
    assert _votes(database) == 0


@pytest.mark.parametrize("elapsed", [-1, 24 * 3600 * 1000 + 1, 10**12, 10**4298])
def test_an_absurd_time_is_refused(database: Database, elapsed: int) -> None:
    _, token, (trial, *_) = _started(database)
    with pytest.raises(AbsurdTime, match="elapsed_ms counts") as refused:
        record_vote(database, token, trial, Answer(Side.LEFT, elapsed))
    assert len(refused.value.message) < 200  # the number itself may be as long as the sender likes
    assert _votes(database) == 0


@pytest.mark.parametrize("elapsed", [None, 0, 1, 24 * 3600 * 1000])
def test_too_fast_or_too_slow_is_for_the_analysis_to_say(database: Database, elapsed: int | None) -> None:
    _, token, (trial, *_) = _started(database)
    assert record_vote(database, token, trial, Answer(Side.RIGHT, elapsed)).created


def test_a_tie_is_an_answer_where_the_protocol_says_so(database: Database) -> None:
    _, token, (trial, *_) = _started(database)
    with pytest.raises(NoTies, match="choose left or right"):
        record_vote(database, token, trial, Answer(Side.TIE, 900))
    _, token, (trial, *_) = _started(database, NO_PRACTICE.model_copy(update={"allow_tie": True}))
    assert record_vote(database, token, trial, Answer(Side.TIE, 900)).created


@pytest.mark.parametrize("state", [StudyState.PAUSED, StudyState.CLOSED])
def test_answers_to_trials_already_shown_are_taken_late(database: Database, state: StudyState) -> None:
    number, token, trials = _started(database)
    assert not record_vote(database, token, trials[0], Answer(Side.LEFT, 900)).late
    set_state(database, number, state)
    late, over = list[bool](), list[bool]()
    for trial in trials:
        late.append(record_vote(database, token, trial, Answer(Side.LEFT, 900)).late)
        over.append(_is_over(database, token))
    assert late == [False] + [True] * 14
    assert over == [False] * 14 + [True]
    assert view(database, token).stage is Stage.END
    events.verify(database, session_id(database, token))


def test_answers_may_arrive_in_any_order_and_number(database: Database) -> None:
    _, token, trials = _started(database)
    rng = random.Random(8)
    sides = {trial: rng.choice((Side.LEFT, Side.RIGHT)) for trial in trials}
    sent = [trial for trial in trials for _ in range(rng.randint(1, 4))]
    rng.shuffle(sent)
    over = list[bool]()
    for trial in sent:
        record_vote(database, token, trial, Answer(sides[trial], 5))
        over.append(_is_over(database, token))
    stored = {trial.token: vote.side for trial, _, vote in trials_of(database, token) if vote}
    assert stored == sides
    last = over.index(True)
    assert set(sent[: last + 1]) == set(trials)
    assert set(sent[:last]) != set(trials)
    assert all(over[last:])


def test_of_studies_that_differ_in_their_codes_alone_each_gives_its_own(database: Database) -> None:
    codes = []
    for code in ("ONE", "TWO"):
        _, token, _ = _started(database, NO_PRACTICE.model_copy(update={"completed_code": code}))
        play(database, token, honest)
        codes.append(view(database, token).completion_code)
    with database.read() as db:
        assert len(set(db.scalars(select(Study.protocol_hash)))) == 1
    assert codes == ["ONE", "TWO"]


def test_a_vote_takes_the_protocol_of_its_own_study_whatever_another_says_under_its_hash(database: Database) -> None:
    other = study(database, NO_PRACTICE.model_copy(update={"allow_tie": False}))
    number, token, trials = _started(database, NO_PRACTICE.model_copy(update={"allow_tie": True}))
    with database.write() as db:
        db.get_one(Study, other).protocol_hash = db.get_one(Study, number).protocol_hash
    assert record_vote(database, token, trials[0], Answer(Side.TIE, 900)).created


def test_the_completion_code_comes_with_the_last_answer_only(database: Database) -> None:
    number, token, trials = _started(database)
    for trial in trials[:-1]:
        record_vote(database, token, trial, Answer(Side.LEFT, 900))
        assert view(database, token).completion_code is None
    record_vote(database, token, trials[-1], Answer(Side.LEFT, 900))
    code = view(database, token).completion_code
    assert code
    assert not set(code) & set("0O1IL")
    other = join(database, number)
    play(database, other)
    assert view(database, other).completion_code not in (None, code)


def test_practice_does_not_bring_the_end_nearer(database: Database) -> None:
    token, over = join(database, study(database)), list[bool]()
    while not _is_over(database, token):
        start_block(database, token)
        for trial in open_trials(database, token):
            record_vote(database, token, trial.token, Answer(Side.LEFT, 900))
            over.append(_is_over(database, token))
    assert over == [False] * 16 + [True]


def test_practice_says_what_was_right_and_nothing_else_does(database: Database) -> None:
    token = join(database, study(database))
    start_block(database, token)
    first, second = open_trials(database, token)
    known = truth(database, first.token)
    assert record_vote(database, token, first.token, Answer(honest(known), 9)).practice_correct is True
    assert record_vote(database, token, first.token, Answer(honest(known), 9)).practice_correct is True
    wrong = careless(truth(database, second.token))
    assert record_vote(database, token, second.token, Answer(wrong, 9)).practice_correct is False
    assert all(vote.practice_correct is None for vote in play(database, token))


def test_practice_between_conditions_has_no_right_answer(database: Database) -> None:
    protocol = Protocol(**PLAIN, catch_trials=0, practice_trials=8, practice_scenes=("scene0",))
    token = join(database, study(database, protocol))
    start_block(database, token)
    for trial in open_trials(database, token):
        known = truth(database, trial.token)
        vote = record_vote(database, token, trial.token, Answer(Side.LEFT, 9))
        assert known.pair.scene == "scene0"
        assert (vote.practice_correct is None) == (known.pair.a_id != known.pair.reference_id)


def test_one_failure_is_told_as_one(database: Database) -> None:
    token = join(database, study(database, SMALL.model_copy(update={"catch_trials": 1, "catch_failures_allowed": 0})))
    play(database, token, careless)
    assert [reason for _, _, reason in _decisions(database)] == [
        "1 wrong answer to catch trials (1 planned, 0 allowed)"
    ]


def _decisions(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as db:
        return [(row.rule, row.decided_by, row.reason) for row in db.scalars(select(Exclusion).order_by(Exclusion.id))]


def test_more_failures_than_allowed_exclude_the_session(database: Database) -> None:
    protocol = SMALL.model_copy(update={"trials_per_session": 24, "catch_trials": 5})
    token = join(database, study(database, protocol))
    play(database, token, careless)
    assert _decisions(database) == [("catch", "protocol", "2 wrong answers to catch trials (5 planned, 1 allowed)")]
    assert view(database, token).stage is Stage.END  # the subject is not told, and gets the code
    assert view(database, token).outcome is Outcome.FAILED_CHECKS
    events.verify(database, session_id(database, token))


def test_as_many_failures_as_allowed_exclude_nobody(database: Database) -> None:
    failed = 0

    def slips_once(known: object) -> Side:
        nonlocal failed
        if known.kind == "catch" and not failed:  # type: ignore[attr-defined]
            failed += 1
            return careless(known)  # type: ignore[arg-type]
        return honest(known)  # type: ignore[arg-type]

    play(database, join(database, study(database)), slips_once)
    assert failed == 1
    assert _decisions(database) == []


def test_failing_practice_excludes_nobody(database: Database) -> None:
    token = join(database, study(database))
    play(database, token, careless, most=2)
    play(database, token)
    assert _decisions(database) == []


def test_a_tie_in_a_catch_trial_is_a_failure(database: Database) -> None:
    protocol = SMALL.model_copy(update={"allow_tie": True})
    play(database, join(database, study(database, protocol)), lambda known: Side.TIE)
    assert [rule for rule, _, _ in _decisions(database)] == ["catch"]


def test_somebody_who_was_readmitted_is_not_excluded_again(database: Database) -> None:
    token = join(database, study(database, SMALL.model_copy(update={"catch_trials": 6, "block_size": 12})))
    while not _decisions(database):
        play(database, token, careless, most=1)
    readmit(database, session_id(database, token), "The screen was broken.", somebody("ada"))
    play(database, token, careless)
    assert [rule for rule, _, _ in _decisions(database)] == ["catch", "manual"]
    assert view(database, token).outcome is Outcome.COMPLETED


def test_panes_show_the_sides_that_are_stored(database: Database) -> None:
    number, token, _ = _started(database)
    for trial, pair, _ in trials_of(database, token):
        shown = {pane: shown_in(database, token, trial.token, pane).digest for pane in ("left", "right", "reference")}
        assert shown["reference"] == f"{number} {pair.task} reference {pair.scene}"
        with database.read() as db:
            a, b = (db.get(Stimulus, which) for which in (pair.a_id, pair.b_id))
        assert a is not None
        assert b is not None
        expected = (a.picture_digest, b.picture_digest)
        assert (shown["left"], shown["right"]) == (expected if trial.a_on_left else expected[::-1])
    with pytest.raises(PaneNotFound):
        shown_in(database, token, trial.token, "top")


def test_a_vote_cannot_be_changed_even_by_hand(database: Database) -> None:
    _, token, (trial, *_) = _started(database)
    record_vote(database, token, trial, Answer(Side.LEFT, 900))
    for statement in ("UPDATE votes SET side = 'right'", "DELETE FROM votes"):
        with pytest.raises(IntegrityError, match="append-only"), database.write() as db:
            db.execute(text(statement))
