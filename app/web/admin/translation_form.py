"""A study's own texts in further languages, as fields of the protocol's form: a set of them for each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from starlette.datastructures import FormData

from app.studies.fields import Asked
from app.studies.tongues import alike, shipped
from app.studies.words import Translation
from app.web.admin.forms import text

FIELD = "translations"  # the setting, and before a dot the beginning of its fields' names
TEXTS = tuple(Translation.model_fields)


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The texts in one language, as the form shows them."""

    tag: str
    name: str  # of the language, in itself
    texts: dict[str, str]  # by their settings' names

    @property
    def is_written(self) -> bool:
        """Whether there is any."""
        return any(self.texts.values())


def in_languages(values: Mapping[str, Any]) -> tuple[InLanguage, ...]:
    """A set of fields for each language that the study offers besides the first, and for those that it has texts in."""
    languages, own = tuple(values.get("languages") or ()), dict(values.get(FIELD) or {})
    offered = languages[1:] if languages else tuple(shipped())
    tags = [*own, *(tag for tag in offered if not any(alike(tag, one) for one in own))]
    return tuple(InLanguage(tag, _name(tag), _texts(own.get(tag, {}))) for tag in sorted(tags, key=_place(offered)))


def read(form: FormData) -> dict[str, dict[str, str]]:
    """What the form says in each language of which it has fields."""
    return {
        tag: {name: text(form, f"{FIELD}.{tag}.{name}").replace("\r\n", "\n").strip() for name in TEXTS}
        for tag in text(form, FIELD).split()
    }


def in_words(values: Mapping[str, Any]) -> str:
    """All texts with their languages, where they are told in one place."""
    found = (one for one in in_languages(values) if one.is_written)
    return "\n".join(f"{one.name}: {told}" for one in found for told in one.texts.values() if told)


def _texts(own: Translation | Mapping[str, Any]) -> dict[str, str]:
    said = own.model_dump() if isinstance(own, Translation) else own
    return {name: _written(said.get(name, "")) for name in TEXTS}


def _written(value: Any) -> str:
    """A text as it stands, or questions line by line."""
    return value if isinstance(value, str) else "\n".join(str(Asked.model_validate(part)) for part in value)


def _name(tag: str) -> str:
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-").get_display_name() or tag
    except (ValueError, UnknownLocaleError):
        return tag


def _place(offered: tuple[str, ...]) -> Any:
    return lambda tag: next((n for n, one in enumerate(offered) if alike(tag, one)), len(offered))
