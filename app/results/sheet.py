"""A drawing sheet measured in CSS pixels, and the colours of the two schemes; matplotlib without any global figure."""

import io
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from app.analysis.arrays import FloatArray

Scheme = Literal["light", "dark"]
Form = Literal["svg", "pdf", "png"]

_POINTS = 72 / 96  # of one CSS pixel
_PNG_DPI = 192  # two device pixels to a CSS pixel
_NO_GLYPH = "Glyph .* missing from font"  # drawn as a box; the tables have the name whole
_METADATA: dict[Form, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "Beholder"},
    "pdf": {"CreationDate": None, "Creator": "Beholder", "Producer": None},
    "png": {"Software": "Beholder"},
}
_drawing = threading.Lock()  # rc settings and font caches belong to the process; pages draw in threads


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of a scheme."""

    paper: str
    text: str
    quiet: str
    line: str


INKS: dict[Scheme, Ink] = {
    "light": Ink(paper="#ffffff", text="#1d1d1b", quiet="#6a6a64", line="#e3e2dd"),
    "dark": Ink(paper="#1f1f1d", text="#ecebe6", quiet="#a3a29a", line="#35352f"),
}


class Sheet:
    """A page of ``width`` × ``height`` pixels with its origin at the top left."""

    def __init__(self, width: float, height: float, ink: Ink) -> None:
        self.width, self.height, self.ink = width, height, ink
        self.figure = Figure(figsize=(width / 96, height / 96), dpi=96, facecolor=ink.paper)
        self._axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self._axes.set_axis_off()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        colour: str | None = None,
        align: Literal["left", "center", "right"] = "left",
        bold: bool = False,
        turned: bool = False,
    ) -> None:
        """Text with its baseline at ``y``; never read as mathematics, whatever a condition is called.

        Where it is ``turned`` it is read from below, begins at ``y`` and has its baseline at ``x``.
        """
        self._axes.text(
            x, y, text, color=colour or self.ink.text, horizontalalignment="right" if turned else align,
            verticalalignment="bottom" if turned else "baseline", rotation=90 if turned else 0,
            fontproperties=_font(size, bold), parse_math=False,
        )  # fmt: skip

    def line(self, x: tuple[float, float], y: tuple[float, float], *, colour: str, width: float) -> None:
        """A straight line, ``width`` pixels wide."""
        self._axes.add_line(Line2D(x, y, color=colour, linewidth=width * _POINTS, solid_capstyle="butt"))

    def curve(self, x: Sequence[float], y: Sequence[float], *, colour: str, width: float) -> None:
        """A line through many points."""
        self._axes.add_line(Line2D(x, y, color=colour, linewidth=width * _POINTS, solid_joinstyle="round"))

    def point(self, x: float, y: float, *, colour: str, shape: str, size: float, hollow: bool = False) -> None:
        """A mark: filled and set off from what it covers by a rim of paper, or a hollow one."""
        self._axes.add_line(
            Line2D(
                (x,), (y,), marker=shape, markersize=size * _POINTS, color=self.ink.paper if hollow else colour,
                markeredgecolor=colour if hollow else self.ink.paper, markeredgewidth=1.5 * _POINTS, linestyle="none",
            )
        )  # fmt: skip

    def rings(self, xs: Sequence[float], y: float, *, colour: str, size: float) -> None:
        """Small circles in a row; where many lie over each other they can still be counted."""
        self._axes.add_line(
            Line2D(
                xs, [y] * len(xs), marker="o", markersize=size * _POINTS, markerfacecolor="none",
                markeredgecolor=colour, markeredgewidth=_POINTS, linestyle="none",
            )
        )  # fmt: skip

    def block(self, x: float, y: float, width: float, height: float, *, colour: str, hollow: bool = False) -> None:
        """A rectangle with its upper left corner there, filled or as an outline of one pixel."""
        edge = 1.25 if hollow else 0.0
        self._axes.add_patch(
            Rectangle(
                (x + edge / 2, y + edge / 2), width - edge, height - edge, linewidth=edge * _POINTS,
                facecolor="none" if hollow else colour, edgecolor=colour if hollow else "none",
            )
        )  # fmt: skip

    def squares(self, rows: Sequence[Sequence[int]], x: float, y: float, side: float, *, colour: str) -> None:
        """The marked squares of a square grid, ``side`` pixels wide, as one shape: no seam shows between them."""
        one = side / len(rows)
        corners = [
            (x + one * begin, x + one * end, y + one * place)
            for place, row in enumerate(rows)
            for begin, end in _runs(row)
        ]
        outline = [
            point
            for left, right, top in corners
            for point in ((left, top), (right, top), (right, top + one), (left, top + one), (left, top))
        ]
        codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(corners)
        self._axes.add_patch(PathPatch(Path(outline, codes), facecolor=colour, edgecolor="none"))

    def picture(self, colours: FloatArray, x: float, y: float, width: float, height: float) -> None:
        """A picture ``(rows, columns, 4)`` of red, green, blue and opacity in a rectangle."""
        self._axes.imshow(
            colours, extent=(x, x + width, y + height, y), aspect="auto", interpolation="bilinear", zorder=1.5
        )
        self._as_before()

    def contours(
        self,
        values: FloatArray,
        levels: Sequence[float],
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        colour: str,
    ) -> None:
        """Lines where values ``(rows, columns)`` of the cells of a rectangle cross the levels."""
        rows, columns = values.shape
        across = x + width * (np.arange(columns) + 0.5) / columns
        down = y + height * (np.arange(rows) + 0.5) / rows
        crossed = [level for level in levels if values.min() < level < values.max()]
        if crossed and min(rows, columns) > 1:
            self._axes.contour(across, down, values, levels=crossed, colors=colour, linewidths=_POINTS)
            self._as_before()

    def _as_before(self) -> None:
        """Pictures and contours move the axes' limits."""
        self._axes.set_xlim(0, self.width)
        self._axes.set_ylim(self.height, 0)

    def saved(self, form: Form) -> bytes:
        """The page's bytes; the same drawing gives the same bytes, without a date."""
        buffer = io.BytesIO()
        with _settings():
            self.figure.savefig(buffer, format=form, dpi=_PNG_DPI if form == "png" else 96, metadata=_METADATA[form])
        return buffer.getvalue()


def pages(sheets: Iterable[Sheet]) -> bytes:
    """A PDF with a page for each sheet."""
    buffer = io.BytesIO()
    with _settings(), PdfPages(buffer, metadata=_METADATA["pdf"]) as pdf:
        for sheet in sheets:
            pdf.savefig(sheet.figure)
    return buffer.getvalue()


def width_of(text: str, size: float = 12, bold: bool = False) -> float:
    """How wide a text is drawn, pixels."""
    with _drawing, warnings.catch_warnings():
        warnings.filterwarnings("ignore", _NO_GLYPH)
        width, _, _ = text_to_path.get_text_width_height_descent(text, _font(size, bold), ismath=False)
    return float(width) / _POINTS


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where each stretch of marked cells begins, and where it ends."""
    edges = [place for place, (before, now) in enumerate(pairwise([0, *row, 0])) if bool(before) != bool(now)]
    yield from zip(edges[::2], edges[1::2], strict=True)


@contextmanager
def _settings() -> Iterator[None]:
    """The settings under which every file is written."""
    with _drawing, mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", _NO_GLYPH)
        mpl.rcParams["svg.hashsalt"] = "beholder"  # ids inside the file
        mpl.rcParams["svg.fonttype"] = "path"  # looks the same where the font is missing
        mpl.rcParams["pdf.fonttype"] = 42  # embedded as TrueType, as publishers ask
        yield


def _font(size: float, bold: bool) -> FontProperties:
    return FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size * _POINTS)
