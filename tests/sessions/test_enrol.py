"""Links lead to a landing page without effect; sessions begin, resume and end as the study's state allows."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.db.base import Base
from app.db.models import Event, Session, StudyState, Subject
from app.errors import AppError
from app.sessions import checks, events, resuming
from app.sessions.enrol import (
    BadLocale,
    SimulatedNotWelcome,
    StudyClosed,
    StudyNotOpenYet,
    StudyPaused,
    begin,
    landing,
    personal_link_of,
)
from app.sessions.invitations import BadLabel, invitations, invite
from app.sessions.links import BadLink, pilot_token, public_token
from app.sessions.progress import consent, open_trials, start_block, view
from app.sessions.sitting import SessionNotFound, Stage
from app.sessions.votes import Answer, record_vote
from app.studies import service
from app.studies.protocol import Protocol
from tests.sessions.planted import SECRET, SMALL, honest, join, play, session_id, set_state, study, trials_of, truth


def _dump(database: Database) -> list[tuple[object, ...]]:
    with database.read() as db:
        return [
            (name, *row) for name, table in sorted(Base.metadata.tables.items()) for row in db.execute(select(table))
        ]


def test_looking_has_no_effect(database: Database) -> None:
    number = study(database)
    token = join(database, number)
    start_block(database, token)
    personal = personal_link_of(database, SECRET, token)
    before = _dump(database)
    for link in (public_token(database, SECRET, number), personal):
        landing(database, SECRET, link)
    view(database, token)
    open_trials(database, token)
    invitations(database, SECRET, number)
    assert _dump(database) == before


def test_the_landing_page_knows_where_it_leads(database: Database) -> None:
    number = study(database, is_demo=True)
    public = landing(database, SECRET, public_token(database, SECRET, number))
    assert (public.study_title, public.is_demo, public.state) == ("Restoration", True, StudyState.OPEN)
    assert (public.personal, public.resumable, public.question) == (False, False, SMALL.question)
    (ada,) = invite(database, SECRET, number, ["Ada"])
    assert not landing(database, SECRET, ada.token).resumable
    begin(database, SECRET, ada.token)
    again = landing(database, SECRET, ada.token)
    assert (again.personal, again.resumable) == (True, True)


def test_a_pilot_link_leads_to_a_session_that_says_so_from_the_start(database: Database) -> None:
    number = study(database)
    link = pilot_token(database, SECRET, number)
    assert landing(database, SECRET, link).pilot
    assert not landing(database, SECRET, public_token(database, SECRET, number)).pilot
    begin(database, SECRET, link)
    begin(database, SECRET, public_token(database, SECRET, number))
    assert [(s.label, s.pilot) for s in checks.session_summaries(database, number)] == [("2", False), ("pilot 1", True)]


def test_a_public_link_makes_a_new_subject_each_time(database: Database) -> None:
    number = study(database)
    invite(database, SECRET, number, ["2"])
    tokens = {begin(database, SECRET, public_token(database, SECRET, number)) for _ in range(3)}
    assert len(tokens) == 3
    with database.read() as db:
        assert set(db.scalars(select(Subject.label))) == {"2", "3", "4", "5"}


def test_numbers_that_were_given_by_hand_are_left_out_however_many(database: Database) -> None:
    number = study(database)
    invite(database, SECRET, number, [f"pilot {n}" if n % 3 == 0 else str(n) for n in range(46, 91)])
    for link in (public_token(database, SECRET, number), pilot_token(database, SECRET, number)):
        begin(database, SECRET, link)
    with database.read() as db:
        labels = set(db.scalars(select(Subject.label).where(Subject.label.in_(["91", "pilot 92"]))))
    assert labels == {"91", "pilot 92"}


def test_a_personal_link_resumes_on_any_device_at_the_same_trial_and_sides(database: Database) -> None:
    number = study(database)
    (ada,) = invite(database, SECRET, number, ["Ada"])
    token = begin(database, SECRET, ada.token)
    assert begin(database, SECRET, ada.token, locale="de") == token
    join_again = personal_link_of(database, SECRET, token)
    assert join_again == ada.token
    play_to = join(database, number)  # somebody else in between
    play(database, play_to, most=4)
    consent(database, token, SMALL.consent_hash)
    play(database, token, most=5)
    before, shown = trials_of(database, token), open_trials(database, token)
    assert begin(database, SECRET, ada.token) == token
    start_block(database, token)
    assert open_trials(database, token) == shown
    rows = [(trial.token, trial.pair_id, trial.a_on_left) for trial, _, _ in before]
    assert [(trial.token, trial.pair_id, trial.a_on_left) for trial, _, _ in trials_of(database, token)] == rows


def test_nobody_fills_the_log_by_coming_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "_MOST", 2)
    number = study(database)
    (ada,) = invite(database, SECRET, number, ["Ada"])
    token = begin(database, SECRET, ada.token)
    assert {begin(database, SECRET, ada.token) for _ in range(5)} == {token}
    with database.read() as db:
        kinds = list(db.scalars(select(Event.kind).order_by(Event.number)))
    assert kinds == [events.BEGAN, events.RESUMED, events.RESUMED]
    events.verify(database, session_id(database, token))


def test_a_finished_subject_comes_back_to_the_completion_code(database: Database) -> None:
    number = study(database)
    token = join(database, number)
    play(database, token)
    code = view(database, token).completion_code
    link = personal_link_of(database, SECRET, token)
    set_state(database, number, StudyState.CLOSED)
    assert landing(database, SECRET, link).resumable
    assert begin(database, SECRET, link) == token
    assert view(database, token).completion_code == code
    assert code


STATES: dict[StudyState, type[AppError]] = {
    StudyState.DRAFT: StudyNotOpenYet,
    StudyState.PAUSED: StudyPaused,
    StudyState.CLOSED: StudyClosed,
}


@pytest.mark.parametrize("state", STATES)
def test_only_an_open_study_takes_new_subjects(database: Database, state: StudyState) -> None:
    number = study(database)
    (ada,) = invite(database, SECRET, number, ["Ada"])
    set_state(database, number, state)
    for link in (public_token(database, SECRET, number), ada.token):
        with pytest.raises(STATES[state], match="Restoration"):
            begin(database, SECRET, link)
        if state is not StudyState.PAUSED:
            with pytest.raises(STATES[state]):
                landing(database, SECRET, link)
    with database.read() as db:
        assert db.scalars(select(func.count()).select_from(Session)).one() == 0
        assert db.scalars(select(func.count()).select_from(Subject)).one() == 1


def test_a_paused_study_lets_its_subjects_back_in_to_wait(database: Database) -> None:
    number = study(database)
    token = join(database, number)
    set_state(database, number, StudyState.PAUSED)
    assert landing(database, SECRET, personal_link_of(database, SECRET, token)).state is StudyState.PAUSED
    assert begin(database, SECRET, personal_link_of(database, SECRET, token)) == token
    assert view(database, token).stage is Stage.PAUSED


def test_an_unfinished_session_of_a_closed_study_is_over(database: Database) -> None:
    number = study(database)
    token = join(database, number)
    link = personal_link_of(database, SECRET, token)
    set_state(database, number, StudyState.CLOSED)
    with pytest.raises(StudyClosed, match="takes no more answers") as refused:
        begin(database, SECRET, link)
    assert refused.value.status == 410


@pytest.mark.parametrize("link", ["", "x", "1.x", "99.x"])
def test_a_link_that_nobody_made_leads_nowhere(database: Database, link: str) -> None:
    study(database)
    for open_link in (landing, begin):
        with pytest.raises(BadLink):
            open_link(database, SECRET, link)


@pytest.mark.parametrize("made", [public_token, pilot_token])
def test_a_link_of_another_installation_leads_nowhere(
    database: Database, made: Callable[[Database, bytes, int], str]
) -> None:
    number = study(database)
    for open_link in (landing, begin):
        with pytest.raises(BadLink):
            open_link(database, SECRET, made(database, b"other", number))


def test_simulated_subjects_take_part_in_demonstrations_only(database: Database) -> None:
    real, demo = study(database), study(database, is_demo=True)
    with pytest.raises(SimulatedNotWelcome, match="no simulated subject") as refused:
        begin(database, SECRET, public_token(database, SECRET, real), simulated=True)
    assert refused.value.status == 403
    token = begin(database, SECRET, public_token(database, SECRET, demo), simulated=True)
    assert view(database, token).simulated
    assert not view(database, begin(database, SECRET, public_token(database, SECRET, demo))).simulated


def test_simulated_subjects_try_any_study_by_its_pilot_link_and_never_count(database: Database) -> None:
    real = study(database)
    shown = view(database, begin(database, SECRET, pilot_token(database, SECRET, real), simulated=True))
    assert shown.simulated
    (summary,) = checks.session_summaries(database, real)
    assert summary.pilot
    assert summary.simulated
    with pytest.raises(SimulatedNotWelcome):
        begin(database, SECRET, invite(database, SECRET, real, ["ada"])[0].token, simulated=True)


def test_an_invitation_can_be_shown_again(database: Database) -> None:
    number = study(database)
    first = invite(database, SECRET, number, [" Ada ", "Ben", "Ada"])
    assert [invitation.label for invitation in first] == ["Ada", "Ben"]
    assert invite(database, SECRET, number, ["Ben"]) == first[1:]
    token = begin(database, SECRET, first[0].token)
    assert [(i.label, i.started, i.completed) for i in invitations(database, SECRET, number)] == [
        ("Ada", True, False),
        ("Ben", False, False),
    ]
    consent(database, token, SMALL.consent_hash)
    play(database, token)
    assert invitations(database, SECRET, number)[0].completed


@pytest.mark.parametrize("label", ["", "  ", "x" * 81, "a\nb"])
def test_a_label_must_be_readable(database: Database, label: str) -> None:
    number = study(database)
    with pytest.raises(BadLabel, match="1 to 80 printable characters"):
        invite(database, SECRET, number, ["Ada", label])
    assert invitations(database, SECRET, number) == []


def test_a_draft_may_invite_and_a_closed_study_may_not(database: Database) -> None:
    draft = service.create(database, "Soon", Protocol())
    assert len(invite(database, SECRET, draft, ["Ada"])) == 1
    number = study(database)
    set_state(database, number, StudyState.CLOSED)
    with pytest.raises(StudyClosed):
        invite(database, SECRET, number, ["Ada"])


@pytest.mark.parametrize("locale", ["", "e", "en\n", "<b>", "x" * 40])
def test_a_language_must_be_a_language_tag(database: Database, locale: str) -> None:
    with pytest.raises(BadLocale):
        begin(database, SECRET, public_token(database, SECRET, study(database)), locale=locale)


UNKNOWN: dict[str, Callable[[Database], object]] = {
    "view": lambda database: view(database, "no such session"),
    "start": lambda database: start_block(database, "no such session"),
    "trials": lambda database: open_trials(database, "no such session"),
    "link": lambda database: personal_link_of(database, SECRET, "no such session"),
}


@pytest.mark.parametrize("call", UNKNOWN)
def test_an_unknown_session_is_said_kindly(database: Database, call: str) -> None:
    with pytest.raises(SessionNotFound, match="open your link again"):
        UNKNOWN[call](database)


def test_two_sessions_of_different_studies_do_not_mix(database: Database) -> None:
    tokens = [join(database, study(database)) for _ in range(2)]
    for token in tokens:
        start_block(database, token)
    trial = open_trials(database, tokens[0])[0]
    with pytest.raises(AppError, match="no such trial"):
        record_vote(database, tokens[1], trial.token, Answer(honest(truth(database, trial.token)), None))
