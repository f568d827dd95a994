"""What a subject says about themselves: read as the protocol asks it, and stored once."""

from collections.abc import Mapping
from enum import StrEnum

from app.clock import now
from app.db import Database
from app.db.models import Questionnaire
from app.errors import BadInput, Conflict
from app.sessions import events
from app.sessions.enrol import StudyClosed, StudyPaused
from app.sessions.progress import ConsentNeeded
from app.sessions.sitting import Sitting, Stage, held
from app.studies.fields import AnswerKind, Asked
from app.studies.plain import is_plain

LONGEST = 500  # characters of an answer in the subject's own words
_MOST_DIGITS = 9

Said = str | int


class Fault(StrEnum):
    """What is wrong with an answer."""

    MISSING = "missing"
    NO_OPTION = "no option"
    NO_NUMBER = "no number"
    OUT_OF_RANGE = "out of range"
    TOO_LONG = "too long"
    NOT_PLAIN = "not plain"


class BadAnswers(BadInput):
    """Some answers about the subject are missing, or do not fit their questions."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self.faults = dict(faults)
        told = ", ".join(f"{name} ({fault.value})" for name, fault in faults.items())
        super().__init__(
            f"Some answers are missing or do not fit: {told}", "correct these and send all again; nothing was stored"
        )


class AlreadyAsked(Conflict):
    """The questionnaire was answered before, and otherwise."""

    def __init__(self) -> None:
        super().__init__(
            "These questions were answered before, and an answer is stored once",
            "reload the page to go on; tell the experimenter if an answer was wrong",
        )


def read(fields: tuple[Asked, ...], said: Mapping[str, str]) -> dict[str, Said]:
    """The answers by the names of their fields, without those that were left empty; raises ``BadAnswers``."""
    answers, faults = dict[str, Said](), dict[str, Fault]()
    for asked in fields:
        found = _read(asked, said.get(asked.name, "").strip())
        if isinstance(found, Fault):
            faults[asked.name] = found
        elif found is not None:
            answers[asked.name] = found
    if faults:
        raise BadAnswers(faults)
    return answers


def answer(database: Database, session_token: str, said: Mapping[str, str]) -> None:
    """The subject's answers stand; the same answers sent again change nothing, others are refused."""
    with database.write() as db:
        sitting = held(db, session_token)
        stored = db.get(Questionnaire, sitting.session.id)
        if stored is None and not _waits(sitting):
            return
        answers = read(sitting.protocol.questionnaire, said)
        if stored is not None:
            if stored.answers != answers:
                raise AlreadyAsked
            return
        at = now()
        db.add(Questionnaire(session_id=sitting.session.id, answers=answers, answered_at=at))
        sitting.session.last_seen_at = at
        db.flush()
        events.append(db.connection(), sitting.session.id, events.ASKED, {"answers": answers}, at)


def _waits(sitting: Sitting) -> bool:
    """Whether the session stands at this page; raises where it cannot be answered yet, or no more."""
    if sitting.stage is Stage.CONSENT:
        raise ConsentNeeded
    if sitting.stage is Stage.PAUSED:
        raise (StudyClosed if sitting.study.state.has_ended else StudyPaused)(sitting.study)
    return sitting.stage is Stage.QUESTIONNAIRE


def _read(asked: Asked, said: str) -> Said | Fault | None:
    if not said:
        return Fault.MISSING if asked.required else None
    if asked.kind is AnswerKind.CHOICE:
        return said if said in asked.options else Fault.NO_OPTION
    if asked.kind is AnswerKind.NUMBER:
        return _number(asked, said)
    if len(said) > LONGEST:
        return Fault.TOO_LONG
    return said if is_plain(said) else Fault.NOT_PLAIN


def _number(asked: Asked, said: str) -> int | Fault:
    digits = said.replace("−", "-").removeprefix("-")
    if not digits.isdecimal() or len(digits) > _MOST_DIGITS:  # the digits of any script
        return Fault.NO_NUMBER
    number = int(digits) * (-1 if digits != said else 1)
    low, high = asked.least is not None and number < asked.least, asked.most is not None and number > asked.most
    return Fault.OUT_OF_RANGE if low or high else number
