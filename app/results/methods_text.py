"""The methods sheet as a text: sections of lines, which ``methods_forms`` renders as Markdown and as HTML."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from app.results.bibliography import cited
from app.results.reference import Reference


@dataclass(frozen=True, slots=True)
class Line:
    """One fact, or what only the authors can tell."""

    text: str
    for_authors: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What is to be reported about one thing."""

    title: str
    lines: tuple[Line, ...]

    @property
    def anchor(self) -> str:
        """Where it stands on a page."""
        return self.title.lower().replace(" ", "-")

    @property
    def missing(self) -> int:
        """How much of it is for the authors to add."""
        return sum(line.for_authors for line in self.lines)


@dataclass(frozen=True, slots=True)
class MethodsSheet:
    """What a paper has to report about a study or about an analysis."""

    title: str
    head: tuple[str, ...]
    sections: tuple[Section, ...]
    protocol: dict[str, Any] = field(default_factory=dict)  # of a study, without what is secret

    @property
    def references(self) -> tuple[Reference, ...]:
        """The works that the sheet cites, by key."""
        return cited([*self.head, *(line.text for section in self.sections for line in section.lines)])

    @property
    def protocol_text(self) -> str:
        """The protocol as JSON; empty without one."""
        return json.dumps(self.protocol, indent=2, ensure_ascii=False) if self.protocol else ""


def section(title: str, *parts: Iterable[str | Line]) -> Section:
    """The section of all these lines."""
    lines = (one if isinstance(one, Line) else Line(one) for part in parts for one in part)
    return Section(title, tuple(lines))


def authors(what: str) -> Line:
    """A line for what Beholder cannot know."""
    return Line(what, for_authors=True)


def plain(text: str) -> str:
    """Somebody's text in one line."""
    return " ".join(text.split())


def spread(values: Sequence[float]) -> str:
    """Where the values lie."""
    return f"median {_number(median(values))}, from {_number(min(values))} to {_number(max(values))}"


def _number(value: float) -> str:
    """Three digits, or whole."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
