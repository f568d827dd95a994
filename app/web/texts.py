"""Every text of a subject's pages in one language: the translation where there is one, else the English original.

A message is written in English where it is said, with its values named: ``%(number)s``. Numbers among the values are
written as the language writes them.
"""

from collections.abc import Mapping
from datetime import datetime
from gettext import NullTranslations
from typing import Any

from babel import Locale
from babel.dates import format_time
from babel.numbers import format_decimal
from markupsafe import Markup, escape

SOURCE = "en"  # what the messages themselves are written in
_SAMPLES = range(200)  # every plural rule there is tells its forms apart on these


def mark(message: str) -> str:
    """The message itself; the catalogue takes it up here, and it is said elsewhere."""
    return message


class Texts:
    """What pages say in one language, named by its tag: ``en``, ``pt-BR``."""

    def __init__(self, locale: Locale, translations: NullTranslations) -> None:
        self.locale = locale
        self.tag = str(locale).replace("_", "-")
        self.direction = locale.text_direction
        self.name = locale.get_display_name() or self.tag  # in the language itself
        self._translations = translations

    def say(self, message: str, /, **values: Any) -> str:
        """The message as plain text."""
        return self._translations.gettext(message) % self._written(values)

    def count(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """The form of the message that goes with this number, as plain text; ``%(number)s`` is the number."""
        return self._translations.ngettext(one, many, number) % self._written({"number": number, **values})

    def gettext(self, message: str, /, **values: Any) -> Markup:
        """The message for a template: its values escaped, and itself too unless the original holds markup."""
        return _markup(self._translations.gettext(message), message) % self._written(values)

    def ngettext(self, one: str, many: str, number: int, /, **values: Any) -> Markup:
        """As ``gettext``, in the form that goes with this number."""
        told = _markup(self._translations.ngettext(one, many, number), one)
        return told % self._written({"number": number, **values})

    def raw(self, message: str) -> str:
        """The message with the names of its values still in it, for a script that fills them in."""
        return self._translations.gettext(message)

    def forms(self, one: str, many: str) -> dict[str, str]:
        """All forms of a message by the plural categories that ``Intl.PluralRules`` tells a script apart by."""
        rule = self.locale.plural_form
        samples = {rule(number): number for number in reversed(_SAMPLES)}
        samples.setdefault("other", 1_000_000)
        return {category: self._translations.ngettext(one, many, number) for category, number in samples.items()}

    def time(self, moment: datetime) -> str:
        """The time of day in UTC, as the language writes it."""
        return format_time(moment, "HH:mm", locale=self.locale) + " UTC"

    def _written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, with whole numbers as the language writes them."""
        return {
            name: format_decimal(value, locale=self.locale) if type(value) is int else value
            for name, value in values.items()
        }


def _markup(told: str, original: str) -> Markup:
    """The message, escaped unless the original holds markup: originals and translations are files of the program."""
    return Markup(told) if "<" in original else escape(told)
