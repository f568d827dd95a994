"""The forest plot of a task: scores, intervals and groups at a glance, on paper and on either screen."""

from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from app.results.captions import caption
from app.results.frame import WIDTHS, Frame, Measures, Width, fitted, framed
from app.results.palette import family_of, mark_of
from app.results.sheet import Scheme, Sheet, width_of
from app.results.task_report import TaskReport
from app.results.task_rows import ConditionRow

_ROW = 3.0  # heights of a line of text
_LANE = 10.0  # pixels between overlapping brackets
_AXIS = 46.0  # pixels from the last row down to the axis' name
_GAP = 12.0
_LEAST_PLOT = 0.35  # of the width: the scores keep it, whatever the names


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand on the sheet, pixels."""

    lanes: tuple[tuple[tuple[int, int], ...], ...]  # the first and last rows of the brackets in each lane
    row: float
    names: float
    left: float  # of the scores' part
    right: float
    letters: float
    low: float  # logits at the left end
    high: float

    def x(self, score: float) -> float:
        return self.left + (score - self.low) / (self.high - self.low) * (self.right - self.left)

    def y(self, frame: Frame, row: int) -> float:
        return frame.top + self.row * (row + 0.5)


def forest(report: TaskReport, scheme: Scheme, width: Width) -> Sheet:
    """Conditions from best to worst with points, intervals, letters and brackets; ``report`` must have rows.

    The caption holds what a reader of the figure alone must know.
    """
    layout = _layout(report, WIDTHS[width])
    height = layout.row * len(report.rows) + _AXIS
    frame = framed(report.title, caption(report), height, scheme=scheme, width=width)
    _draw_axis(frame, layout, frame.bottom - _AXIS)
    _draw_brackets(frame, layout)
    for place, row in enumerate(report.rows):
        _draw_row(frame, layout, row, layout.y(frame, place), scheme)
    return frame.sheet


def _layout(report: TaskReport, sizes: Measures) -> _Layout:
    lanes = _lanes(report)
    letters = max(width_of(row.letters, sizes.body, bold=True) for row in report.rows)
    names = sizes.margin + _LANE * len(lanes) + (4 if lanes else 0)
    right = sizes.width - sizes.margin - letters - _GAP
    most = max(right - _LEAST_PLOT * sizes.width - _GAP - names, 4 * sizes.body)
    widest = max(_width_of_name(row.condition, most, sizes) for row in report.rows)
    ends = [end for row in report.rows for end in (row.low, row.score, row.high) if end is not None]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = max(high - low, 2.0) * 0.05
    return _Layout(
        lanes=lanes,
        row=_ROW * sizes.body,
        names=names,
        left=names + widest + _GAP,
        right=right,
        letters=sizes.width - sizes.margin - letters,
        low=low - room,
        high=high + room,
    )


def _width_of_name(condition: str, most: float, sizes: Measures) -> float:
    """How wide the name and its family are drawn."""
    family = family_of(condition)
    name = width_of(fitted(condition, most, sizes.body), sizes.body)
    return max(name, width_of(fitted(family.value, most, sizes.small), sizes.small) if family else 0.0)


def _draw_axis(frame: Frame, layout: _Layout, foot: float) -> None:
    sheet, small = frame.sheet, frame.sizes.small
    many = 6 if layout.right - layout.left > 160 else 4
    ticks = MaxNLocator(many, steps=[1, 2, 2.5, 5, 10]).tick_values(layout.low, layout.high)
    shown = [float(tick) for tick in ticks if layout.low <= tick <= layout.high]
    decimals = max(0, -int(np.floor(np.log10(shown[1] - shown[0]) + 1e-9)))
    if round(shown[1] - shown[0], decimals) != round(shown[1] - shown[0], 9):
        decimals += 1  # steps of 2.5 and 0.25 need one more
    base = foot + 6
    sheet.line((layout.x(0), layout.x(0)), (frame.top, base), colour=sheet.ink.line, width=1)
    sheet.line((layout.left, layout.right), (base, base), colour=sheet.ink.quiet, width=1)
    for tick in shown:
        x = layout.x(tick)
        sheet.line((x, x), (base, base + 4), colour=sheet.ink.quiet, width=1)
        text = f"{tick + 0.0:.{decimals}f}".replace("-", "−")
        sheet.text(x, base + 6 + small, text, size=small, colour=sheet.ink.quiet, align="center")
    sheet.text(
        layout.right, foot + _AXIS - 5, "score, logits  (better →)", size=small, colour=sheet.ink.quiet, align="right"
    )  # fmt: skip


def _draw_brackets(frame: Frame, layout: _Layout) -> None:
    sheet, half = frame.sheet, 0.3 * layout.row
    for lane, brackets in enumerate(layout.lanes):
        x = frame.left + 1 + _LANE * lane
        for first, last in brackets:
            top, bottom = layout.y(frame, first) - half, layout.y(frame, last) + half
            sheet.line((x, x), (top - 0.75, bottom + 0.75), colour=sheet.ink.text, width=1.5)
            for end in (top, bottom):
                sheet.line((x, x + 5), (end, end), colour=sheet.ink.text, width=1.5)


def _draw_row(frame: Frame, layout: _Layout, row: ConditionRow, y: float, scheme: Scheme) -> None:
    sheet, sizes = frame.sheet, frame.sizes
    family, room = family_of(row.condition), layout.left - _GAP - layout.names + 0.5
    name = fitted(row.condition, room, sizes.body)
    if family:
        sheet.text(layout.names, y - 2, name, size=sizes.body)
        words = fitted(family.value, room, sizes.small)
        sheet.text(layout.names, y + sizes.small + 1, words, size=sizes.small, colour=sheet.ink.quiet)
    else:
        sheet.text(layout.names, y + 4, name, size=sizes.body)
    if row.low is not None and row.high is not None:
        sheet.line((layout.x(row.low), layout.x(row.high)), (y, y), colour=sheet.ink.text, width=1.5)
    colour, shape = mark_of(row.condition, scheme)
    sheet.point(layout.x(row.score), y, colour=colour, shape=shape, size=10)
    sheet.text(layout.letters, y + 4, row.letters, size=sizes.body, bold=True)


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
