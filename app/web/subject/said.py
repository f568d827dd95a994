"""What a study says to its subjects: in the session's language where it kept a default text, else as it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.jobs.contract import digest_of
from app.sessions.progress import SessionView
from app.studies.fields import Asked
from app.studies.wording import CONSENT, INSTRUCTIONS, QUESTION, QUESTIONNAIRE
from app.web.texts import Texts

_DEFAULTS = frozenset({QUESTION, CONSENT, INSTRUCTIONS})


def study_text(text: str, texts: Texts) -> str:
    """The question, the consent text or the instructions as a subject reads them."""
    return texts.raw(text) if text in _DEFAULTS else text


def consent_text(view: SessionView, texts: Texts) -> str:
    """The exact text that the session's consent page shows."""
    return study_text(view.consent_text, texts)


def consent_hash(view: SessionView, texts: Texts) -> str:
    """The identity of that text, sent with the agreement and stored with it."""
    return digest_of(consent_text(view, texts))


def in_language(view: SessionView, texts: Texts) -> SessionView:
    """The view with the study's texts as the session's pages show them."""
    return replace(
        view, question=study_text(view.question, texts), instructions=study_text(view.instructions, texts),
        consent_text=consent_text(view, texts), consent_hash=consent_hash(view, texts),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the questionnaire as its page shows it."""

    asked: Asked
    label: str
    options: dict[str, str]  # what is read for each; stored is the option as the protocol has it, in any language
    said: str  # as it was sent, so that nothing is lost where something was wrong
    wrong: str  # what was wrong with it; empty where nothing was


def questions(
    view: SessionView, texts: Texts, said: Mapping[str, str], wrong: Mapping[str, str]
) -> tuple[Question, ...]:
    """The questionnaire with what was said so far, by the names of the fields."""
    return tuple(_question(asked, texts, said, wrong) for asked in view.questionnaire)


def _question(asked: Asked, texts: Texts, said: Mapping[str, str], wrong: Mapping[str, str]) -> Question:
    ours = asked in QUESTIONNAIRE  # one that was changed stays as it is: half of it translated is worse than none
    options = {option: texts.raw(option) if ours else option for option in asked.options}
    label = texts.raw(asked.label) if ours else asked.label
    return Question(asked, label, options, said.get(asked.name, ""), wrong.get(asked.name, ""))
