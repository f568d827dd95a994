"""Personal links to be handed out on paper: a sheet of cards to cut, each with a code that a camera reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import segno

from app.results.sheet import INKS, Sheet, pages, width_of
from app.studies.fields import Gate
from app.studies.protocol import Protocol

CARDS_A_FILE = 200  # more take longer than a page may keep its reader waiting
_MARGIN, _PADDING, _CODE = 38.0, 19.0, 150.0  # CSS pixels; a code of 40 mm needs a rim of four squares
_ACROSS, _DOWN = 2, 4
_INK = INKS["light"]


class Paper(StrEnum):
    """What the sheet is printed on."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in CSS pixels, of which 96 make an inch."""
        return (793.7, 1122.5) if self is Paper.A4 else (816.0, 1056.0)


@dataclass(frozen=True, slots=True)
class Card:
    """Whom a card is for, and where its code leads."""

    label: str
    link: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """What all cards of a sheet share, measured once."""

    paper: Paper
    title: tuple[str, ...]  # in lines
    about: tuple[str, ...]

    @property
    def card(self) -> tuple[float, float]:
        """Width and height of a card."""
        width, height = self.paper.size
        return (width - 2 * _MARGIN) / _ACROSS, (height - 2 * _MARGIN) / _DOWN

    @property
    def room(self) -> float:
        """The width beside the code."""
        return self.card[0] - 3 * _PADDING - _CODE


def link_sheet(title: str, protocol: Protocol, cards: Sequence[Card], paper: Paper, *, first: int = 1) -> bytes:
    """A PDF with eight cards a page and lines to cut along; ``first`` is the number that the first card has."""
    each, last, room = _ACROSS * _DOWN, first + len(cards) - 1, _Layout(paper, (), ()).room
    about = tuple(_wrapped(_instructions(protocol), room, 9.5, most=7))
    layout = _Layout(paper, tuple(_wrapped(title, room, 12, bold=True, most=3)), about)
    foot = next(_wrapped(title, 500, 9, most=1))
    drawn = []  # before any is written: writing holds the lock under which texts are measured
    for begin in range(0, len(cards), each):
        until = min(first + begin + each - 1, last)
        told = f"{foot} · cards {first + begin} to {until} of {first} to {last}"
        drawn.append(_page(layout, cards[begin : begin + each], told))
    return pages(drawn)


def _page(layout: _Layout, cards: Sequence[Card], told: str) -> Sheet:
    width, height = layout.paper.size
    sheet = Sheet(width, height, _INK)
    wide, high = layout.card
    for place, card in enumerate(cards):
        _draw(sheet, layout, card, _MARGIN + place % _ACROSS * wide, _MARGIN + place // _ACROSS * high)
    for line in range(_ACROSS + 1):
        sheet.line((_MARGIN + line * wide,) * 2, (_MARGIN, height - _MARGIN), colour=_INK.line, width=1)
    for line in range(_DOWN + 1):
        sheet.line((_MARGIN, width - _MARGIN), (_MARGIN + line * high,) * 2, colour=_INK.line, width=1)
    sheet.text(_MARGIN, height - 14, told, size=9, colour=_INK.quiet)
    return sheet


def _draw(sheet: Sheet, layout: _Layout, card: Card, x: float, y: float) -> None:
    code = segno.make_qr(card.link, error="m")
    sheet.squares([list(row) for row in code.matrix], x + _PADDING, y + _PADDING, _CODE, colour=_INK.text)
    left, at = x + 2 * _PADDING + _CODE, y + _PADDING + 12
    for line in layout.title:
        sheet.text(left, at, line, size=12, bold=True)
        at += 16
    size = 20.0 if width_of(card.label, 20, bold=True) <= layout.room else 12.0
    at += size * 0.75
    for line in _wrapped(card.label, layout.room, size, bold=True, most=3):
        sheet.text(left, at, line, size=size, bold=True)
        at += size * 1.2
    at += 4
    for line in layout.about:
        sheet.text(left, at, line, size=9.5)
        at += 13
    lines = [*_wrapped(card.link, layout.card[0] - 2 * _PADDING, 10, most=2)]
    for number, line in enumerate(lines):
        at = y + layout.card[1] - _PADDING / 2 - 14 * (len(lines) - 1 - number)
        sheet.text(x + _PADDING, at, line, size=10, colour=_INK.quiet)


def _instructions(protocol: Protocol) -> str:
    """What whoever holds the card should know, in a few words."""
    where = "on a computer with a large screen" if protocol.display_gate is not Gate.OFF else "on a computer"
    return (
        f"Open this link {where}, by its code or by typing the address below. It is yours alone: it begins your "
        "session, and goes on where you stopped, on any device. Please give it to nobody."
    )


def _wrapped(text: str, room: float, size: float, *, bold: bool = False, most: int) -> Iterator[str]:
    """The text in lines that fit, at most so many; where it is longer the last one ends in an ellipsis."""
    rest = text
    for number in range(most):
        line, after = _line(rest, room, size, bold)
        if after and number == most - 1:
            while line and width_of(line + "…", size, bold) > room:
                line = line[:-1]
            line, after = line + "…", ""
        yield line
        rest = after
        if not rest:
            return


def _line(text: str, room: float, size: float, bold: bool) -> tuple[str, str]:
    """As much of the text as one line takes, at least a character, and the rest; broken at a space if it has one."""
    fits = len(text)
    while fits > 1 and width_of(text[:fits], size, bold) > room:
        fits -= max(1, int(fits * (1 - room / width_of(text[:fits], size, bold)) / 2))
    if fits == len(text):
        return text, ""
    space = text.rfind(" ", 0, fits + 1)
    return (text[:space], text[space + 1 :]) if space > 0 else (text[:fits], text[fits:])
