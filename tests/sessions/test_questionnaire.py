"""What subjects say about themselves is read as the protocol asks it, and stored once."""

import pytest
from sqlalchemy import select

from app.db import Database
from app.db.models import Event, Questionnaire, StudyState
from app.sessions import events, questionnaire
from app.sessions.enrol import StudyClosed, StudyPaused, begin
from app.sessions.links import public_token
from app.sessions.progress import ConsentNeeded, view
from app.sessions.questionnaire import AlreadyAsked, BadAnswers, Fault
from app.sessions.sitting import Stage
from app.studies.fields import Asked
from app.studies.protocol import Protocol
from app.studies.wording import QUESTIONNAIRE
from tests.sessions.planted import PLAIN, SECRET, join, session_id, set_state, study

ASKING = Protocol(**PLAIN | {"questionnaire": QUESTIONNAIRE}, trials_per_session=4, catch_trials=0, practice_trials=0)
WHOLE = {"age": "34", "sex": "other", "vision": "not well", "expertise": "in a study"}
STORED = {**WHOLE, "age": 34}
FIELDS = tuple(
    Asked.model_validate(line)
    for line in ("age | Age? | number 16-120", "of | Of what? | text | optional", "no | Number? | number | optional")
)


def stored(database: Database, token: str) -> tuple[list[object], list[object]]:
    """The rows and the lines of the log about the session's questionnaire."""
    number = session_id(database, token)
    with database.read() as db:
        rows = db.scalars(select(Questionnaire.answers).where(Questionnaire.session_id == number))
        lines = select(Event.payload).where(Event.session_id == number, Event.kind == events.ASKED)
        return list(rows), list(db.scalars(lines))


def test_the_answers_are_stored_once_with_a_line_in_the_log(database: Database) -> None:
    token = join(database, study(database, ASKING))
    assert view(database, token).stage is Stage.QUESTIONNAIRE
    questionnaire.answer(database, token, WHOLE)
    questionnaire.answer(database, token, {**WHOLE, "age": " 34 "})
    with pytest.raises(AlreadyAsked):
        questionnaire.answer(database, token, {**WHOLE, "age": "35"})
    assert stored(database, token) == ([STORED], [{"answers": STORED}])
    assert view(database, token).stage is Stage.INSTRUCTIONS
    assert events.verify(database, session_id(database, token))


def test_answers_that_do_not_fit_store_nothing_and_each_is_named(database: Database) -> None:
    token = join(database, study(database, ASKING))
    with pytest.raises(BadAnswers) as refused:
        questionnaire.answer(database, token, {"age": "7", "sex": "green", "vision": ""})
    assert refused.value.faults == {
        "age": Fault.OUT_OF_RANGE, "sex": Fault.NO_OPTION, "vision": Fault.MISSING, "expertise": Fault.MISSING,
    }  # fmt: skip
    assert stored(database, token) == ([], [])
    assert view(database, token).stage is Stage.QUESTIONNAIRE


def test_nobody_is_asked_before_they_agreed_or_while_the_study_rests(database: Database) -> None:
    number = study(database, ASKING)
    with pytest.raises(ConsentNeeded):
        questionnaire.answer(database, begin(database, SECRET, public_token(database, SECRET, number)), WHOLE)
    token = join(database, number)
    for state, refusal in ((StudyState.PAUSED, StudyPaused), (StudyState.CLOSED, StudyClosed)):
        set_state(database, number, state)
        with pytest.raises(refusal):
            questionnaire.answer(database, token, WHOLE)
    assert stored(database, token) == ([], [])


def test_a_study_that_asks_nothing_stores_nothing(database: Database) -> None:
    token = join(database, study(database, Protocol(**PLAIN, trials_per_session=4, catch_trials=0)))
    questionnaire.answer(database, token, WHOLE)
    assert stored(database, token) == ([], [])


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"age": "16"}, {"age": 16}),
        ({"age": "３４", "of": " Ünïcode 日本 ", "no": "-5"}, {"age": 34, "of": "Ünïcode 日本", "no": -5}),
        ({"age": "120", "of": "", "no": "−5", "other": "1"}, {"age": 120, "no": -5}),
    ],
)
def test_answers_are_read_as_people_type_them(said: dict[str, str], read: dict[str, object]) -> None:
    assert questionnaire.read(FIELDS, said) == read


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("", Fault.MISSING), ("   ", Fault.MISSING), ("15", Fault.OUT_OF_RANGE), ("121", Fault.OUT_OF_RANGE),
        ("thirty", Fault.NO_NUMBER), ("3.5", Fault.NO_NUMBER), ("1e2", Fault.NO_NUMBER), ("--5", Fault.NO_NUMBER),
        ("9" * 5000, Fault.NO_NUMBER), ("²", Fault.NO_NUMBER), ("\x00", Fault.NO_NUMBER),
    ],
)  # fmt: skip
def test_a_number_is_a_whole_one_within_its_ends(said: str, fault: Fault) -> None:
    with pytest.raises(BadAnswers) as refused:
        questionnaire.read(FIELDS, {"age": said})
    assert refused.value.faults == {"age": fault}


@pytest.mark.parametrize(
    ("said", "fault"), [("x" * 501, Fault.TOO_LONG), ("a\x00b", Fault.NOT_PLAIN), ("\u202eevil", Fault.NOT_PLAIN)]
)
def test_words_are_plain_and_not_too_long(said: str, fault: Fault) -> None:
    with pytest.raises(BadAnswers) as refused:
        questionnaire.read(FIELDS, {"age": "20", "of": said})
    assert refused.value.faults == {"of": fault}
