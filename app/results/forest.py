"""The forest plot of a task: scores, intervals and groups at a glance, on paper and on either screen."""

from dataclasses import dataclass

from app.results.captions import caption
from app.results.frame import WIDTHS, Frame, Measures, Width, framed
from app.results.palette import mark_of
from app.results.score_axis import GAP, HEIGHT, ScoreAxis, draw_name, room_for_names, row_height, score_axis
from app.results.sheet import Scheme, Sheet, width_of
from app.results.task_report import TaskReport
from app.results.task_rows import ConditionRow

_LANE = 10.0  # pixels between overlapping brackets


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand on the sheet, pixels."""

    lanes: tuple[tuple[tuple[int, int], ...], ...]  # the first and last rows of the brackets in each lane
    row: float
    names: float
    room: float  # for them
    axis: ScoreAxis
    letters: float

    def y(self, frame: Frame, row: int) -> float:
        return frame.top + self.row * (row + 0.5)


def forest(report: TaskReport, scheme: Scheme, width: Width) -> Sheet:
    """Conditions from best to worst with points, intervals, letters and brackets; ``report`` must have rows.

    The caption holds what a reader of the figure alone must know.
    """
    layout = _layout(report, WIDTHS[width])
    height = layout.row * len(report.rows) + HEIGHT
    frame = framed(report.title, caption(report), height, scheme=scheme, width=width)
    layout.axis.draw(frame.sheet, frame.top, frame.bottom - HEIGHT, frame.sizes.small)
    _draw_brackets(frame, layout)
    for place, row in enumerate(report.rows):
        _draw_row(frame, layout, row, layout.y(frame, place), scheme)
    return frame.sheet


def _layout(report: TaskReport, sizes: Measures) -> _Layout:
    lanes = _lanes(report)
    letters = max(width_of(row.letters, sizes.body, bold=True) for row in report.rows)
    names = sizes.margin + _LANE * len(lanes) + (4 if lanes else 0)
    right = sizes.width - sizes.margin - letters - GAP
    conditions = [row.condition for row in report.rows]
    room = room_for_names(conditions, names, right, sizes)
    ends = [end for row in report.rows for end in (row.low, row.score, row.high) if end is not None]
    return _Layout(
        lanes=lanes,
        row=row_height(conditions, sizes),
        names=names,
        room=room,
        axis=score_axis(ends, names + room + GAP, right),
        letters=sizes.width - sizes.margin - letters,
    )


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
    sheet, x = frame.sheet, layout.axis.x
    draw_name(frame, row.condition, layout.names, y, layout.room)
    colour, shape = mark_of(row.condition, scheme)
    sheet.point(x(row.score), y, colour=colour, shape=shape, size=10)
    if row.low is not None and row.high is not None:  # over the point, which would hide a narrow interval
        sheet.line((x(row.low), x(row.high)), (y, y), colour=sheet.ink.text, width=1.5)
        for end in (x(row.low), x(row.high)):
            sheet.line((end, end), (y - 3, y + 3), colour=sheet.ink.text, width=1)
    sheet.text(layout.letters, y + 4, row.letters, size=frame.sizes.body, bold=True)


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
