"""The forest plot of a task: scores, intervals and groups at a glance, on paper and on either screen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from app.catalog import MEASURES, Family
from app.results.captions import caption
from app.results.sheet import INKS, Form, Scheme, Sheet, width_of
from app.results.task_report import ConditionRow, TaskReport

# CSS pixels
_WIDTH = 520.0
_MARGIN = 16.0
_TOP = 48.0  # down to the first row
_ROW = 36.0
_LANE = 10.0  # between overlapping brackets
_FOOT = 62.0  # from the last row to the caption: ticks and the axis' name
_LINE = 16.0
_LEAST_PLOT = 180.0  # the scores keep this width, whatever the names

_LONGEST_NAME = 28  # characters
_SHAPES = {
    Family.ERROR_VISIBILITY: "o",
    Family.STRUCTURAL_SIMILARITY: "s",
    Family.INFORMATION: "D",
    Family.LEARNED: "^",
}
# Okabe and Ito's colours, one per family of measures; shape and word tell it too.
_COLOURS: dict[Scheme, dict[Family, str]] = {
    "light": dict(zip(_SHAPES, ("#D55E00", "#0072B2", "#009E73", "#CC79A7"), strict=True)),
    "dark": dict(zip(_SHAPES, ("#E69F00", "#56B4E9", "#009E73", "#CC79A7"), strict=True)),
}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand on the sheet, pixels."""

    lanes: tuple[tuple[tuple[int, int], ...], ...]  # the first and last rows of the brackets in each lane
    names: float
    left: float  # of the scores' part
    right: float
    letters: float
    foot: float  # below the last row
    low: float  # logits at the left end
    high: float

    def x(self, score: float) -> float:
        return self.left + (score - self.low) / (self.high - self.low) * (self.right - self.left)

    def y(self, row: int) -> float:
        return _TOP + _ROW * (row + 0.5)


def forest(report: TaskReport, scheme: Scheme = "light", form: Form = "svg") -> bytes:
    """The bytes of the task's figure; ``report`` must have rows."""
    return drawn(report, scheme).saved(form)


def drawn(report: TaskReport, scheme: Scheme) -> Sheet:
    """The sheet: conditions from best to worst with points, intervals, letters and brackets.

    The caption holds what a reader of the figure alone must know.
    """
    layout = _layout(report)
    lines = list(_wrapped(caption(report), _WIDTH - 2 * _MARGIN))
    sheet = Sheet(_WIDTH, layout.foot + _FOOT + _LINE * (len(lines) - 1) + _MARGIN, INKS[scheme])
    sheet.text(_MARGIN, 28, _short(report.title, 50), size=15, bold=True)
    _draw_axis(sheet, layout)
    _draw_brackets(sheet, layout)
    for place, row in enumerate(report.rows):
        _draw_row(sheet, layout, row, layout.y(place), scheme)
    for number, line in enumerate(lines):
        sheet.text(_MARGIN, layout.foot + _FOOT + _LINE * number, line, size=11, colour=sheet.ink.quiet)
    return sheet


def _layout(report: TaskReport) -> _Layout:
    lanes = _lanes(report)
    names = _MARGIN + _LANE * len(lanes) + (4 if lanes else 0)
    widest = max(
        max(width_of(_short(row.condition)), width_of(family.value, 11) if (family := _family(row)) else 0)
        for row in report.rows
    )
    letters = max(width_of(row.letters, bold=True) for row in report.rows)
    right = _WIDTH - _MARGIN - letters - 20
    ends = [end for row in report.rows for end in (row.low, row.score, row.high) if end is not None]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = max(high - low, 2.0) * 0.05
    return _Layout(
        lanes=lanes,
        names=names,
        left=min(names + widest + 20, right - _LEAST_PLOT),
        right=right,
        letters=_WIDTH - _MARGIN - letters,
        foot=_TOP + _ROW * len(report.rows),
        low=low - room,
        high=high + room,
    )


def _draw_axis(sheet: Sheet, layout: _Layout) -> None:
    ticks = [float(tick) for tick in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(layout.low, layout.high)]
    shown = [tick for tick in ticks if layout.low <= tick <= layout.high]
    decimals = max(0, -int(np.floor(np.log10(shown[1] - shown[0]) + 1e-9)))
    if round(shown[1] - shown[0], decimals) != round(shown[1] - shown[0], 9):
        decimals += 1  # steps of 2.5 and 0.25 need one more
    base = layout.foot + 6
    sheet.line((layout.x(0), layout.x(0)), (_TOP, base), colour=sheet.ink.line, width=1)
    sheet.line((layout.left, layout.right), (base, base), colour=sheet.ink.quiet, width=1)
    for tick in shown:
        x = layout.x(tick)
        sheet.line((x, x), (base, base + 4), colour=sheet.ink.quiet, width=1)
        text = f"{tick + 0.0:.{decimals}f}".replace("-", "−")
        sheet.text(x, base + 17, text, size=11, colour=sheet.ink.quiet, align="center")
    sheet.text(
        layout.right, base + 34, "score, logits  (better →)", size=11, colour=sheet.ink.quiet, align="right"
    )  # fmt: skip


def _draw_brackets(sheet: Sheet, layout: _Layout) -> None:
    for lane, brackets in enumerate(layout.lanes):
        x = _MARGIN + _LANE * lane
        for first, last in brackets:
            top, bottom = layout.y(first) - 11, layout.y(last) + 11
            sheet.line((x, x), (top - 0.75, bottom + 0.75), colour=sheet.ink.text, width=1.5)
            for end in (top, bottom):
                sheet.line((x, x + 5), (end, end), colour=sheet.ink.text, width=1.5)


def _draw_row(sheet: Sheet, layout: _Layout, row: ConditionRow, y: float, scheme: Scheme) -> None:
    family = _family(row)
    if family:
        sheet.text(layout.names, y - 2, _short(row.condition))
        sheet.text(layout.names, y + 12, family.value, size=11, colour=sheet.ink.quiet)
    else:
        sheet.text(layout.names, y + 4, _short(row.condition))
    if row.low is not None and row.high is not None:
        sheet.line((layout.x(row.low), layout.x(row.high)), (y, y), colour=sheet.ink.text, width=1.5)
    colour = _COLOURS[scheme][family] if family else sheet.ink.quiet
    sheet.point(layout.x(row.score), y, colour=colour, shape=_SHAPES[family] if family else "o", size=10)
    sheet.text(layout.letters, y + 4, row.letters, bold=True)


def _family(row: ConditionRow) -> Family | None:
    return MEASURES[row.condition].family if row.condition in MEASURES else None


def _lanes(report: TaskReport) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The brackets of groups of two and more, in as few lanes as keep overlapping ones apart."""
    places = {row.condition: place for place, row in enumerate(report.rows)}
    lanes: list[list[tuple[int, int]]] = []
    for box in report.boxes:
        first, last = places[box[0]], places[box[-1]]
        if first == last:
            continue
        for lane in lanes:
            if lane[-1][1] < first:
                lane.append((first, last))
                break
        else:
            lanes.append([(first, last)])
    return tuple(tuple(lane) for lane in lanes)


def _short(name: str, longest: int = _LONGEST_NAME) -> str:
    """The name on one line, its middle left out where it is long; tables have it whole."""
    plain = " ".join(name.split())
    head = (longest - 1) // 2
    return plain if len(plain) <= longest else f"{plain[:head]}…{plain[head + 1 - longest :]}"


def _wrapped(text: str, width: float) -> Iterator[str]:
    line: list[str] = []
    for word in text.split():
        if line and width_of(" ".join([*line, word]), 11) > width:
            yield " ".join(line)
            line = []
        line.append(word)
    yield " ".join(line)
