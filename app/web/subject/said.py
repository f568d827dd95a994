"""What a study says to its subjects: in the session's language where it kept a default text, else as it was written."""

from dataclasses import replace

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


def label_of(asked: Asked, texts: Texts) -> str:
    """The question about the subject; translated only where its options are."""
    return texts.raw(asked.label) if asked in QUESTIONNAIRE else asked.label


def options_of(asked: Asked, texts: Texts) -> dict[str, str]:
    """What a subject reads for each option; what is stored is the option as the protocol has it, in any language."""
    return {option: texts.raw(option) if asked in QUESTIONNAIRE else option for option in asked.options}
