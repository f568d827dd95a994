"""What a study says to its subjects: in the session's language where there is such a text, else as it was written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.jobs.contract import digest_of
from app.sessions.enrol import Landing
from app.sessions.progress import SessionView
from app.studies.fields import Asked
from app.studies.tongues import alike
from app.studies.wording import CONSENT, INSTRUCTIONS, QUESTION, QUESTIONNAIRE
from app.studies.words import translation
from app.web.texts import Texts

_DEFAULTS = {"question": QUESTION, "consent_text": CONSENT, "instructions": INSTRUCTIONS}


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the study as a subject reads it."""

    text: str
    language: str | None = None  # its tag where it is another than the page's, "" where nobody knows; None where not


def as_read(view: SessionView | Landing, name: str, texts: Texts) -> Said:
    """The question, the consent text or the instructions: translated by the experimenter or by us, else as written."""
    if own := getattr(translation(view.translations, texts.tag), name):
        return Said(own)
    written: str = getattr(view, name)
    if written == _DEFAULTS[name]:
        return Said(texts.raw(written))
    return Said(written, _foreign(view.languages, texts))


def title(view: SessionView | Landing, texts: Texts) -> Said:
    """The study's title: translated by the experimenter, else as it was written."""
    own = translation(view.translations, texts.tag).title
    return Said(own) if own else Said(view.study_title, _foreign(view.languages, texts) or None)


def consent_text(view: SessionView, texts: Texts) -> str:
    """The exact text that the session's consent page shows."""
    return as_read(view, "consent_text", texts).text


def consent_hash(view: SessionView, texts: Texts) -> str:
    """The identity of that text, sent with the agreement and stored with it."""
    return digest_of(consent_text(view, texts))


def in_language(view: SessionView, texts: Texts) -> SessionView:
    """The view with the study's texts as the session's pages show them."""
    question, consented, instructions = (as_read(view, name, texts).text for name in _DEFAULTS)
    return replace(
        view, study_title=title(view, texts).text, question=question, consent_text=consented, instructions=instructions,
        consent_hash=consent_hash(view, texts),
    )  # fmt: skip


def tongues(view: SessionView | Landing, texts: Texts, names: Iterable[str] = tuple(_DEFAULTS)) -> dict[str, str]:
    """The language of each text that is in another one than the page, by its tag; "" where nobody knows it."""
    found = {name: as_read(view, name, texts).language for name in names}
    found["title"] = title(view, texts).language
    return {name: language for name, language in found.items() if language is not None}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the questionnaire as its page shows it."""

    asked: Asked
    label: str
    options: dict[str, str]  # what is read for each; stored is the option as the protocol has it, in any language
    language: str | None  # as of a text
    said: str  # as it was sent, so that nothing is lost where something was wrong
    wrong: str  # what was wrong with it; empty where nothing was


def questions(
    view: SessionView, texts: Texts, sent: Mapping[str, str], wrong: Mapping[str, str]
) -> tuple[Question, ...]:
    """The questionnaire with what was said so far, by the names of the fields."""
    own = {asked.name: asked for asked in translation(view.translations, texts.tag).questionnaire}
    foreign = _foreign(view.languages, texts)
    return tuple(
        Question(
            asked, *_read(asked, own.get(asked.name), texts, foreign),
            said=sent.get(asked.name, ""), wrong=wrong.get(asked.name, ""),
        )
        for asked in view.questionnaire
    )  # fmt: skip


def _read(asked: Asked, own: Asked | None, texts: Texts, foreign: str | None) -> tuple[str, dict[str, str], str | None]:
    """The label, what is read for each option, and the language of both where it is another than the page's."""
    if own:
        return own.label, dict(zip(asked.options, own.options, strict=True)), None
    if asked in QUESTIONNAIRE:  # one that was changed stays as it is: half of it translated is worse than none
        return texts.raw(asked.label), {option: texts.raw(option) for option in asked.options}, None
    return asked.label, {option: option for option in asked.options}, foreign


def _foreign(languages: tuple[str, ...], texts: Texts) -> str | None:
    """The language of what is shown as it was written: the first that the study offers; None where it is the page's."""
    first = languages[0] if languages else ""
    return None if alike(first, texts.tag) else first
