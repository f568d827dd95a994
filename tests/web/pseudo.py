"""A language that nobody speaks: every message in letters with accents, so that what is not translated shows.

It stands in for a real one, whose number formats and plural rules it takes.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import write_po

from tests.web.messages import extracted

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "áƀćđéƒǵĥíĵķłɱñóƥɋŕśťúṽẃẋýźÁƁĆĐÉƑǴĤÍĴĶŁṀÑÓƤɊŔŚŤÚṼẂẊÝŹ"
_KEPT = re.compile(r"(%\(\w+\)s|%%|<[^>]*>)")
_HEARD = ("title", "alt", "placeholder", "aria-label", "aria-description", "aria-valuetext")


def accented(message: str) -> str:
    """The message between brackets, with accents, its values and markup as they were."""
    parts = _KEPT.split(message)
    table = str.maketrans(_PLAIN, _ACCENTED)
    return "⟦" + "".join(part if index % 2 else part.translate(table) for index, part in enumerate(parts)) + "⟧"


def write(folder: Path, tag: str) -> Path:
    """The folder, with the file of this language in it, every message translated."""
    catalog, forms = Catalog(locale=Locale.parse(tag)), Catalog(locale=Locale.parse(tag)).num_plurals
    for message in extracted():
        if isinstance(message.id, tuple):
            one, many = message.id
            catalog.add((one, many), [accented(one if n == 0 else many) + str(n) for n in range(forms)])
        elif message.id:
            catalog.add(message.id, accented(message.id))
    folder.mkdir(exist_ok=True)
    with (folder / f"{tag}.po").open("wb") as file:
        write_po(file, catalog)
    return folder


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent = tag if tag in ("script", "style") else ""
        self.told += [given[name] for name in _HEARD if name in given]
        if tag == "input" and given.get("type") not in ("hidden", "checkbox", "radio"):
            self.told.append(given.get("value", ""))
        if given.get("name") == "texts":
            self.told += _leaves(json.loads(given["content"]))

    def handle_endtag(self, tag: str) -> None:
        self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.told.append(data)


def _leaves(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [leaf for branch in tree.values() for leaf in _leaves(branch)]
    return [re.sub(r"%\(\w+\)s", "", str(tree))]


def told(html: str) -> list[str]:
    """Everything that somebody who has the page before them sees or hears, what its scripts may say included."""
    page = _Page()
    page.feed(html)
    page.close()
    return [text.strip() for text in page.told if text.strip()]


def untranslated(texts: list[str], data: tuple[str, ...]) -> list[str]:
    """The texts in which an unaccented letter is left when what the study or the address itself says is taken out."""
    left = list[str]()
    for text in texts:
        rest = text
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, "")
        if re.search(r"[A-Za-z]", rest):
            left.append(text)
    return left
