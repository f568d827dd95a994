"""YAML as this program takes it: every word means what it says, or is refused with its line and what to write instead.

YAML's own readers make a truth value of ``no``, a text of ``1e3``, a number of ``12:30`` and a date of ``2026-11-30``,
keep the last of two keys that are the same, and let an alias of nine letters stand for gigabytes. Here a plain word is
a text, ``true``, ``false``, ``null`` or a number in digits; whatever could be read in two ways asks for quotes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from app.errors import AppError

LONGEST = 500_000  # characters of a file; the longest study there can be has half of it
MOST_VALUES = 20_000  # texts, numbers, lists and mappings; a study of that many pictures has a file of a megabyte
TOLD = 20  # complaints that are written out
_DEEPEST = 12  # levels; nothing that is asked for here has six
_ECHO = 60  # characters of what does not fit that a refusal repeats
_WORDS: Mapping[str, bool | None] = MappingProxyType(
    {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
    | dict.fromkeys(("null", "Null", "NULL", "~", ""))
)
_REMARK = re.compile(r"[ \t]*#")  # after a word that has ended
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_TRUTH = re.compile(r"yes|no|on|off", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\s].*)?")
_ODD_NUMBER = re.compile(
    r"[-+]?(0[xXoObB][0-9a-fA-F_]+|[0-9][0-9_]*(:[0-9]+)+(\.[0-9_]*)?|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|\.(inf|Inf|INF|nan|NaN|NAN))"
)

Part = str | int  # a key, or the number of an item, from 0
Place = tuple[Part, ...]  # keys and numbers of items from the top of the file
Refusal = Callable[[str, str], AppError]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a mapping was written: how complaints about it begin, and which error they are."""

    name: str
    refusal: Refusal
    lines: Mapping[Place, int] = field(default_factory=dict)
    remarked: AbstractSet[Place] = frozenset()  # plain words after which a remark stands on their line

    def at(self, *place: Part) -> str:
        """``study.yaml, line 7``: the line of this part, or of the nearest around it; the name alone without lines."""
        known = next((place[:size] for size in range(len(place), -1, -1) if place[:size] in self.lines), None)
        return self.name if known is None else f"{self.name}, line {self.lines[known]}"

    def refuse(self, detail: str, fix: str, *place: Part) -> NoReturn:
        """Raises the error of this source, which begins with the place."""
        raise self.refusal(f"{self.at(*place)}: {detail}", fix)

    def require_keys(self, content: Mapping[Any, Any], keys: tuple[str, ...], *place: Part) -> None:
        """Nothing, where the mapping at this place has no other keys; raises with the one that was probably meant."""
        inside = "".join(f"{part}: " for part in place if isinstance(part, str))
        for key in content:
            if key not in keys:
                close = get_close_matches(str(key), keys, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(keys)}"
                self.refuse(
                    f"{inside}there is no key {_short(str(key))} ({hint})", "rename it or take it out", *place, key
                )

    def require_uncut(self, in_words: Callable[[Place], bool]) -> None:
        """Nothing, where no text may have been cut off by a ``#`` that was meant as its part.

        ``in_words`` tells the places at which somebody writes in words; elsewhere a remark after a value is welcome.
        """
        for place in sorted(filter(in_words, self.remarked), key=self.lines.__getitem__):
            self.refuse(
                f"{_named(place)}: what stands after ' #' is a remark, and no part of the text",
                "put the text in quotes if the # belongs to it, or the remark on a line of its own",
                *place,
            )

    def complaints(self, error: ValidationError, *place: Part) -> Iterator[tuple[str, str]]:
        """Where each value stands that a model refused, and what is wrong with it, begun with its place."""
        for problem in error.errors():
            message = str(problem["msg"]).removeprefix("Value error, ")
            named = ".".join(map(str, (*place, *problem["loc"])))
            told = f"{named}: {message[0].lower()}{message[1:]}" if named else message
            yield self.at(*place, *problem["loc"]), told

    def misfit(self, error: ValidationError, fix: str) -> AppError:
        """The error that tells all complaints at once, and their lines."""
        told = (
            f"{where.removeprefix(self.name).removeprefix(', ')}: {complaint}" if where != self.name else complaint
            for where, complaint in self.complaints(error)
        )
        return self.refusal(f"{self.name}: {in_a_row(told)}.", fix)


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of file: what it is called, how one begins, and the error that its complaints are."""

    name: str  # recipe, matrix, study
    refusal: Refusal
    begin: str  # what to do where there is none


def read(path: Path, sort: Sort) -> tuple[dict[str, Any], Source]:
    """The mapping in a YAML file, and where each part of it stands.

    Raises
    ------
    AppError
        The refusal of ``sort``: the file is missing, too long, or no mapping in YAML as this program takes it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(4 * LONGEST + 1)
    except OSError as error:
        raise sort.refusal(
            f"The {sort.name} {path} cannot be read: {error.strerror}.", "name the YAML file that holds it"
        ) from None
    return load(data, str(path), sort)


def load(data: bytes, name: str, sort: Sort) -> tuple[dict[str, Any], Source]:
    """The same of bytes; ``name`` is what complaints call them."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise sort.refusal(f"The {sort.name} {name} is not a text in UTF-8", "write it as YAML") from None
    if len(text) > LONGEST:
        raise sort.refusal(f"{name} has more than {LONGEST:,} characters, as no {sort.name} has", "shorten it")
    lines, remarked = dict[Place, int](), set[Place]()
    source = Source(name, sort.refusal, lines, remarked)
    try:
        content = _Reader(text, source, lines, remarked).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{name}, line {mark.line + 1}" if mark else name
        raise sort.refusal(
            f"{at}: this is not YAML: {error.problem or error.context}.",
            "correct that line; a text with ': ' or ' #' in it stands in quotes",
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise sort.refusal(
            f"{name}, line {line}: this is not YAML: it holds the character U+{ord(text[error.position]):04X}.",
            "take it out",
        ) from None
    if not isinstance(content, dict):
        raise sort.refusal(f"{name} holds no {sort.name}", sort.begin)
    return content, source


class _Reader:
    """Makes plain values of a parser's events, one document and no more."""

    def __init__(self, text: str, source: Source, lines: dict[Place, int], remarked: set[Place]) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._text, self._source, self._lines, self._remarked = text, source, lines, remarked
        self._values = 0

    def document(self) -> Any:
        content: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document begins here", "keep one of them in the file")
            elif isinstance(event, yaml.NodeEvent):
                content = self._value(event, ())
        return content

    def _value(self, event: yaml.Event, place: Place) -> Any:
        self._require_plain(event)
        self._lines.setdefault(place, _line(event))
        self._values += 1
        if self._values > MOST_VALUES:
            self._refuse(event, f"the file has more than {MOST_VALUES:,} values", "shorten it")
        if len(place) > _DEEPEST:
            self._refuse(event, f"this stands deeper than {_DEEPEST} levels", "correct what is nested there")
        if isinstance(event, yaml.ScalarEvent):
            if event.style is None and event.end_mark and _REMARK.match(self._text, event.end_mark.index):
                self._remarked.add(place)
            return self._scalar(event)
        return self._list(place) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(place)

    def _require_plain(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"*{event.anchor} repeats what stands elsewhere", "write it out")
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self._refuse(event, f"&{event.anchor} marks a part to be repeated", "take the mark out")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self._refuse(event, f"{_short(event.tag)} is a tag", "take it out; put a text in quotes instead")

    def _list(self, place: Place) -> list[Any]:
        found = list[Any]()
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*place, len(found))))
        return found

    def _mapping(self, place: Place) -> dict[str, Any]:
        found = dict[str, Any]()
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._require_plain(event)
            key = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None
            if not isinstance(key, str):
                shown = _short(event.value) if isinstance(event, yaml.ScalarEvent) else "a list or a mapping"
                self._refuse(event, f"{shown} cannot be a key, which is a text", "write a text, or put it in quotes")
            if key in found:
                before = self._lines[*place, key]
                self._refuse(event, f"the key {_short(key)} stands on line {before} already", "keep one of the two")
            self._lines[*place, key] = _line(event)
            found[key] = self._value(next(self._events), (*place, key))
        return found

    def _scalar(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text: str = event.value
        if event.style is not None:  # quoted, or a block of lines
            if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
                self._refuse(event, "a text holds a null or half of a character", "take it out")
            return text
        if ambiguity := _ambiguity(text):
            self._refuse(event, *ambiguity)
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if not _DECIMAL.fullmatch(text):
            return text
        if text.lstrip("+-").isdecimal() or not isfinite(number := float(text)):
            self._refuse(event, f"{_short(text)} is too large for a number", "write a smaller one")
        return number

    def _refuse(self, event: yaml.Event, detail: str, fix: str) -> NoReturn:
        raise self._source.refusal(f"{self._source.name}, line {_line(event)}: {detail}", fix)


def _named(place: Place) -> str:
    """The place in words: ``protocol: questionnaire, item 2``."""
    keys = ": ".join(part for part in place if isinstance(part, str))
    return ", ".join([keys, *(f"item {part + 1}" for part in place if isinstance(part, int))])


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None  # a parser of text marks every event
    return event.start_mark.line + 1


def needs_quotes(text: str) -> bool:
    """Whether this text, written without quotes, would be read as something else, or refused."""
    return text in _WORDS or _ambiguity(text) is not None or _DECIMAL.fullmatch(text) is not None


def _ambiguity(text: str) -> tuple[str, str] | None:
    """Why a plain word may mean two things, and what to write instead."""
    quote = f"write '{text}' in quotes if it is a text"
    if _TRUTH.fullmatch(text):
        return f"{text!r} may be a word or a truth value", f"write true or false, or {quote.removeprefix('write ')}"
    if _DATE.fullmatch(text):
        return f"{_short(text)} may be a date or a text", f"write '{text[:_ECHO]}' in quotes: there are no dates here"
    if _ODD_NUMBER.fullmatch(text) and not (_WHOLE.fullmatch(text) or _DECIMAL.fullmatch(text)):
        return f"{_short(text)} is no number in plain digits", f"write digits as in 1000 or 0.5, or {quote[6:]}"
    if text in ("<<", "="):
        return f"{text} means something else in YAML", quote
    return None


def in_a_row(complaints: Iterable[str]) -> str:
    """The complaints as one sentence: the first of them, and how many more there are."""
    every = list(complaints)
    more = len(every) - TOLD
    return "; ".join([*every[:TOLD], *([f"and {more:,} more"] if more > 0 else [])])


def _short(text: str) -> str:
    return repr(text if len(text) <= _ECHO else f"{text[:_ECHO]}…")
