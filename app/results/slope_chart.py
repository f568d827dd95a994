"""The chart of the subjects' slopes: how closely each follows the others, with intervals and the threshold."""

from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from app.analysis.subject_slopes import CONFIDENCE, HALF
from app.results.frame import WIDTHS, Frame, Measures, Width, fitted, framed
from app.results.palette import ALARMS
from app.results.report import StudyReport
from app.results.sentences import counted, percent
from app.results.sheet import Scheme, Sheet, width_of
from app.results.subject_report import SubjectReport
from app.results.subject_rows import SubjectRow

_ROW = 1.7  # heights of a line of text
_AXIS = 46.0  # pixels from the last row down to the axis' name
_GAP = 12.0
_MOST = 150  # rows; of more subjects, those with the smallest slopes
_NAME = 0.25  # of the width, at most


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand, pixels."""

    rows: tuple[SubjectRow, ...]
    row: float
    left: float
    right: float
    low: float  # slope at the left end
    high: float

    def x(self, slope: float) -> float:
        return self.left + (slope - self.low) / (self.high - self.low) * (self.right - self.left)

    def y(self, frame: Frame, row: int) -> float:
        return frame.top + self.row * (row + 0.5)


def has_slopes(report: StudyReport) -> bool:
    """Whether the report has any slope to show."""
    return report.subjects is not None and any(row.slope is not None for row in report.subjects.rows)


def slope_chart(report: StudyReport, scheme: Scheme, width: Width) -> Sheet:
    """One row for each subject, the smallest slope at the top; ``report`` must have slopes."""
    found = report.subjects
    assert found is not None
    layout = _layout(found, WIDTHS[width])
    height = layout.row * len(layout.rows) + _AXIS
    frame = framed(
        "How closely each subject follows the others", _caption(found, layout), height, scheme=scheme, width=width
    )
    _draw_axis(frame, layout, found)
    for place, row in enumerate(layout.rows):
        _draw_row(frame, layout, row, layout.y(frame, place), scheme)
    return frame.sheet


def _layout(found: SubjectReport, sizes: Measures) -> _Layout:
    known = sorted((row for row in found.rows if row.slope is not None), key=lambda row: row.slope or 0.0)
    rows = tuple(known[:_MOST])
    ends = [end for row in rows for end in (row.low, row.high) if end is not None]
    low, high = min([*ends, 0.0]), max([*ends, found.median_slope or 0.0])
    room = max(high - low, 0.5) * 0.04
    widest = max(width_of(_name(row, sizes), sizes.small) for row in rows)
    return _Layout(
        rows, _ROW * sizes.small, sizes.margin + widest + _GAP, sizes.width - sizes.margin - 4, low - room, high + room
    )  # fmt: skip


def _name(row: SubjectRow, sizes: Measures) -> str:
    return fitted(row.subject + (" (excluded)" if row.excluded else ""), _NAME * sizes.width, sizes.small)


def _caption(found: SubjectReport, layout: _Layout) -> str:
    shown, known = len(layout.rows), sum(row.slope is not None for row in found.rows)
    parts = [
        f"{counted(known, 'subject')}, each held against the scores that all others’ votes give; "
        f"{counted(sum(row.votes for row in found.rows), 'vote')}. Lines: {percent(CONFIDENCE)} interval of the "
        "slope, the others’ scores taken as known."
    ]
    if found.slope_threshold is not None:
        parts.append(
            f"Thin line: the median slope; broken line: {percent(HALF)} of it. A diamond marks a subject whose "
            "whole interval lies below the broken line."
        )
    if shown < known:
        parts.append(f"The {shown} smallest slopes of {known}.")
    return " ".join(parts)


def _draw_axis(frame: Frame, layout: _Layout, found: SubjectReport) -> None:
    sheet, sizes, base = frame.sheet, frame.sizes, frame.bottom - _AXIS
    for tick in MaxNLocator(nbins=6, steps=[1, 2, 5, 10]).tick_values(layout.low, layout.high):
        if layout.low <= tick <= layout.high:
            x = layout.x(float(tick))
            sheet.line((x, x), (base, base + 4), colour=sheet.ink.quiet, width=1)
            text = f"{tick + 0.0:g}".replace("-", "−")
            sheet.text(x, base + 17, text, size=sizes.small, colour=sheet.ink.quiet, align="center")
    sheet.line((layout.left, layout.right), (base, base), colour=sheet.ink.line, width=1)
    if layout.low < 0:
        sheet.line((layout.x(0), layout.x(0)), (frame.top, base), colour=sheet.ink.line, width=1)
    sheet.text(
        layout.right, base + 34, "slope  (0: random, negative: inverted)", size=sizes.small, colour=sheet.ink.quiet,
        align="right",
    )  # fmt: skip
    if found.median_slope is not None:
        x = layout.x(found.median_slope)
        sheet.line((x, x), (frame.top, base), colour=sheet.ink.quiet, width=1)
    if found.slope_threshold is not None:
        x, y = layout.x(found.slope_threshold), frame.top
        while y < base:
            sheet.line((x, x), (y, min(y + 4, base)), colour=sheet.ink.quiet, width=1)
            y += 8


def _draw_row(frame: Frame, layout: _Layout, row: SubjectRow, y: float, scheme: Scheme) -> None:
    sheet, sizes = frame.sheet, frame.sizes
    flagged = "slope" in row.flags
    sheet.text(sizes.margin, y + 4, _name(row, sizes), size=sizes.small, bold=flagged)
    assert row.slope is not None
    assert row.low is not None
    assert row.high is not None
    sheet.line((layout.x(row.low), layout.x(row.high)), (y, y), colour=sheet.ink.text, width=1.25)
    colour = ALARMS[scheme] if flagged else sheet.ink.quiet
    sheet.point(layout.x(row.slope), y, colour=colour, shape="D" if flagged else "o", size=8)
