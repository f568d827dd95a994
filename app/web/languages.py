"""The languages that subjects' pages can be read in: English, and one for each file in ``locales``.

The files are read when the server starts, so nothing is compiled beforehand. A file that cannot be read is left out,
and so is a translation whose values or markup are not those of its original: English stands in its place, and the log
says so.
"""

import re
from collections.abc import Iterable, Sequence
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from app.log import logger
from app.studies.tongues import written
from app.web.texts import SOURCE, Texts

_VALUE = re.compile(r"%\((\w+)\)s|(%%)|(%)")
_TAG = re.compile(r"<[^>]*>?|&\w+;")
_MOST_ASKED = 20  # languages of one browser that are looked at
_UNREADABLE = (PoFileError, UnknownLocaleError, ValueError, OSError)  # an odd encoding and odd plurals are ValueErrors


class Languages:
    """All languages there are, and which of them somebody gets."""

    def __init__(self, folder: Path) -> None:
        self._texts = {SOURCE: Texts(Locale.parse(SOURCE), NullTranslations())}
        for path in sorted(folder.glob("*.po")):
            try:
                texts = _read(path)
            except _UNREADABLE as error:
                logger("web").warning("language left out", file=path.name, why=str(error))
            else:
                self._texts[texts.tag] = texts

    @property
    def tags(self) -> list[str]:
        """The tags of all languages."""
        return list(self._texts)

    def texts(self, tag: str) -> Texts:
        """The language with this tag, or else the nearest; English where there is none."""
        return self._nearest(tag) or self._texts[SOURCE]

    def offered(self, tags: Sequence[str]) -> list[Texts]:
        """Those of these languages that there are; every one where none is named, English where none is there."""
        found = dict.fromkeys(texts for tag in tags if (texts := self._nearest(tag)))
        return list(found or ([self._texts[SOURCE]] if tags else self._texts.values()))

    def asked_for(self, accept_language: str, among: Sequence[Texts] = ()) -> Texts:
        """The language that a browser's ``Accept-Language`` prefers among these, else the first; English among all."""
        choice = among or list(self._texts.values())
        found = (self._nearest(tag) for tag in _preferred(accept_language))
        return next((texts for texts in found if texts and texts in choice), choice[0])

    def _nearest(self, tag: str) -> Texts | None:
        """The very language, or one that is written alike: ``de`` for ``de-AT``, never ``zh-Hans`` for ``zh-TW``."""
        if tag in self._texts:
            return self._texts[tag]
        try:
            wanted = written(tag)
        except (ValueError, UnknownLocaleError):
            return None
        return next((texts for texts in self._texts.values() if written(texts.tag) == wanted), None)


def _preferred(accept_language: str) -> list[str]:
    """The tags, the most wanted first."""
    asked = list[tuple[float, str]]()
    for part in accept_language.split(",")[:_MOST_ASKED]:
        tag, _, quality = part.strip().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if 0 < weight <= 1:
            asked.append((weight, tag.strip()))
    return [tag for _, tag in sorted(asked, key=lambda one: -one[0])]


def _read(path: Path) -> Texts:
    locale = Locale.parse(path.stem.replace("-", "_"))
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale, abort_invalid=True)
    for message in list(catalog):
        if message.id and message.string and not _fits(message):
            logger("web").warning("translation left out", file=path.name, message=str(message.id)[:80])
            _forget(catalog, message)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Texts(locale, Translations(compiled))


def _forget(catalog: Catalog, message: Message) -> None:
    catalog.delete(message.id, message.context)


def _fits(message: Message) -> bool:
    """Whether every form names no other values than its original, and has the same markup."""
    originals, forms = _all(message.id), [form for form in _all(message.string) if form]
    values, tags = {value for original in originals for value in _values(original)}, sorted(_TAG.findall(originals[-1]))
    return all(set(_values(form)) <= values and sorted(_TAG.findall(form)) == tags for form in forms)


def _all(text: str | Iterable[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _values(text: str) -> list[str]:
    """The names of a message's values; a stray per cent sign counts as a name that no original has."""
    return [name or stray for name, _, stray in _VALUE.findall(text) if name or stray]
