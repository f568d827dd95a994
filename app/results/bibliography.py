"""Citations: the keys in a text, and the works behind them as BibTeX."""

import re
from collections.abc import Iterable, Iterator

from app.results.reference import Reference
from app.results.references import REFERENCES

_CITED = re.compile(rf"\[(@(?:{'|'.join(REFERENCES)})(?:; @(?:{'|'.join(REFERENCES)}))*)\]")
_ORDER = ("author", "title", "journal", "booktitle", "publisher", "institution", "type", "year")
_LATEX = {
    "á": r"{\'a}", "é": r"{\'e}", "í": r"{\'i}", "ü": r'{\"u}', "ł": r"{\l}", "š": r"{\v s}", "–": "--", "&": r"\&",
}  # fmt: skip


def cite(*keys: str) -> str:
    """The mark in a text that cites these works, ``[@one; @other]``: Pandoc and Quarto read it as a citation."""
    return f"[{'; '.join(f'@{REFERENCES[key].key}' for key in keys)}]"


def cited(texts: Iterable[str]) -> tuple[Reference, ...]:
    """The works that the texts cite, each once, by key."""
    keys = {key for text in texts for mark in _CITED.findall(text) for key in _keys(mark)}
    return tuple(REFERENCES[key] for key in sorted(keys))


def pieces(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text in pieces, each with the keys that are cited after it."""
    parts = _CITED.split(text)
    for said, mark in zip(parts[::2], [*parts[1::2], ""], strict=True):
        yield said, tuple(_keys(mark))


def bibtex(works: Iterable[Reference]) -> str:
    """The works as a BibTeX file of plain ASCII, which every LaTeX reads."""
    return "\n".join(_entry(work) for work in works)


def _entry(work: Reference) -> str:
    names = sorted(work.fields, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    fields = "".join(f"  {name} = {{{_latex(name, work.fields[name])}}},\n" for name in names)
    return f"@{work.kind}{{{work.key},\n{fields}}}\n"


def _latex(name: str, text: str) -> str:
    if name in ("doi", "url", "eprint"):
        return text
    return "".join(_LATEX.get(letter, letter) for letter in text)


def _keys(mark: str) -> list[str]:
    return [part.removeprefix("@") for part in mark.split("; ") if part]
