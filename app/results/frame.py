"""What all figures share: three widths, a title above, a caption below, and the room for the drawing between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.results.sheet import INKS, Scheme, Sheet, width_of

Width = Literal["screen", "column", "page"]

MARGIN = 3.0  # pixels, left and right of everything: pages and papers bring margins of their own
_TITLE_ROOM = 20.0  # from the title's baseline to the drawing
_CAPTION_ROOM = 14.0  # from the drawing to the top of the caption
_PIXELS_SPARED = 0.96  # of a line: letters that are fitted to the pixels of a PNG run wider than measured


@dataclass(frozen=True, slots=True)
class Measures:
    """The sizes of one width, CSS pixels (96 to the inch)."""

    width: float
    margin: float
    title: float
    body: float
    small: float


# A column of a paper is 3.3 in wide and its page 6.9 in; nothing is smaller than 7 pt there.
WIDTHS: dict[Width, Measures] = {
    "screen": Measures(width=520, margin=MARGIN, title=15, body=12, small=11),
    "column": Measures(width=3.3 * 96, margin=3, title=11, body=10, small=9.4),
    "page": Measures(width=6.9 * 96, margin=3, title=14, body=12, small=11),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A sheet whose title and caption are written; the drawing goes between ``top`` and ``bottom``."""

    sheet: Sheet
    sizes: Measures
    top: float
    bottom: float

    @property
    def left(self) -> float:
        """Where the drawing may begin."""
        return self.sizes.margin

    @property
    def right(self) -> float:
        """Where it must end."""
        return self.sizes.width - self.sizes.margin


def framed(title: str, caption: str, height: float, *, scheme: Scheme, width: Width) -> Frame:
    """The frame around a drawing of that height, with the whole caption: a figure must be understood alone."""
    sizes = WIDTHS[width]
    line = 1.45 * sizes.small
    room = sizes.width - 2 * sizes.margin
    lines = list(wrapped(caption, _PIXELS_SPARED * room, sizes.small))
    top = sizes.margin + sizes.title + _TITLE_ROOM
    bottom = top + height
    sheet = Sheet(sizes.width, bottom + _CAPTION_ROOM + line * len(lines) + sizes.margin, INKS[scheme])
    sheet.text(
        sizes.margin, sizes.margin + sizes.title, fitted(title, room, sizes.title, bold=True),
        size=sizes.title, bold=True,
    )  # fmt: skip
    for number, words in enumerate(lines):
        y = bottom + _CAPTION_ROOM + line * number + sizes.small
        sheet.text(sizes.margin, y, words, size=sizes.small, colour=sheet.ink.quiet)
    return Frame(sheet, sizes, top, bottom)


def fitted(name: str, room: float, size: float, *, bold: bool = False, longest: int = 60) -> str:
    """The name on one line, its middle left out where it is too long for the room; tables have it whole."""
    plain = " ".join(name.split())
    kept = min(len(plain), longest)
    while kept > 3:
        text = _shortened(plain, kept)
        wide = width_of(text, size, bold)
        if wide <= room:
            return text
        kept = min(kept - 1, int(kept * room / wide) + 1)
    return _shortened(plain, kept)


def wrapped(text: str, room: float, size: float) -> Iterator[str]:
    """The lines of a text, none wider than the room unless a single word is."""
    line: list[str] = []
    for word in text.split():
        if line and width_of(" ".join([*line, word]), size) > room:
            yield " ".join(line)
            line = []
        line.append(word)
    if line:
        yield " ".join(line)


def _shortened(plain: str, kept: int) -> str:
    head = (kept - 1) // 2
    return plain if len(plain) <= kept else f"{plain[:head]}…{plain[len(plain) - (kept - 1 - head) :]}"
