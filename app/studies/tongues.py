"""The languages that subjects' pages can be read in, by their tags."""

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from app.resources import LOCALES

SOURCE = "en"  # what the messages themselves are written in


def written(tag: str) -> tuple[str, str | None]:
    """Language and script of a tag; raises ``ValueError`` or ``UnknownLocaleError`` where nobody writes it."""
    locale = Locale.parse(tag.replace("_", "-"), sep="-")
    likely = get_global("likely_subtags")
    full = likely.get(f"{locale.language}_{locale.territory}") or likely.get(locale.language)
    script = locale.script or (Locale.parse(full).script if full else None)
    return locale.language, script


def shipped() -> list[str]:
    """The tags of all languages that there are texts in."""
    return [SOURCE, *sorted(path.stem.replace("_", "-") for path in LOCALES.glob("*.po"))]


def is_spoken(tag: str) -> bool:
    """Whether pages can be shown in the language, or in one that is written alike."""
    try:
        wanted = written(tag)
    except (ValueError, UnknownLocaleError):
        return False
    return wanted in map(written, shipped())


def alike(one: str, other: str) -> bool:
    """Whether two tags name one language, written alike: ``de`` and ``de-AT``, but not ``zh-Hans`` and ``zh-TW``."""
    try:
        return one == other or written(one) == written(other)
    except (ValueError, UnknownLocaleError):
        return False
