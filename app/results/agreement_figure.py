"""How far each measure ranks a task's conditions as the subjects do, with intervals, and without its own network."""

from app.analysis.correlations import Coefficient
from app.results.agreement import Agreement, MeasureRow, TaskAgreement
from app.results.captions import votes_in_words
from app.results.frame import WIDTHS, Frame, Width, framed
from app.results.palette import mark_of
from app.results.report import StudyReport
from app.results.score_axis import GAP, HEIGHT, ScoreAxis, draw_name, room_for_names, row_height
from app.results.sheet import Scheme, Sheet, width_of
from app.results.task_report import TaskReport

_NUMBER = "−0.00"  # as wide as a number gets
_BELOW = 8.0  # pixels from a measure's line down to the ring without its own network


def agreement_figure(report: StudyReport, task: TaskReport, scheme: Scheme, width: Width) -> Sheet:
    """Measures from the highest SRCC to the lowest: points, intervals, and rings for the same without their own."""
    found = report.agreement.of(task.task)
    sizes = WIDTHS[width]
    number = width_of(_NUMBER, sizes.body, bold=True)
    right = sizes.width - sizes.margin - number - GAP
    measures = [row.id.text for row in found.rows]
    names = room_for_names(measures, sizes.margin, right, sizes)
    axis = _axis(found, sizes.margin + names + GAP, right)
    step = row_height(measures, sizes)
    caption = _caption(report.agreement, found, task)
    title = f"{task.title}: measures and subjects"
    frame = framed(title, caption, step * len(found.rows) + HEIGHT, scheme=scheme, width=width)
    axis.draw(frame.sheet, frame.top, frame.bottom - HEIGHT, sizes.small)
    for place, row in enumerate(found.rows):
        y = frame.top + step * (place + 0.5)
        draw_name(frame, row.id.text, frame.left, y, names)
        _draw_row(frame, axis, row, y, scheme)
    return frame.sheet


def _axis(found: TaskAgreement, left: float, right: float) -> ScoreAxis:
    """From the lowest that there is, or 0, to 1."""
    told = [
        end
        for row in found.rows
        for compared in (row.found.whole, row.found.without_own)
        if compared and (one := compared.coefficients.get(Coefficient.SRCC))
        for end in (one.value, one.low)
        if end is not None
    ]
    return ScoreAxis(left, right, min([*told, 0.0]) - 0.05, 1.05, "SRCC  (more alike →)")


def _draw_row(frame: Frame, axis: ScoreAxis, row: MeasureRow, y: float, scheme: Scheme) -> None:
    sheet, sizes = frame.sheet, frame.sizes
    whole, without = row.found.whole, row.found.without_own
    one = whole.coefficients.get(Coefficient.SRCC)
    if one is None:
        sheet.text(axis.left, y + 4, "not defined", size=sizes.small, colour=sheet.ink.quiet)
        return
    colour, shape = mark_of(row.id.measure, scheme)
    if one.low is not None and one.high is not None:
        sheet.line((axis.x(one.low), axis.x(one.high)), (y, y), colour=sheet.ink.text, width=1.5)
    other = without.coefficients.get(Coefficient.SRCC) if without else None
    if other is not None:
        sheet.point(axis.x(other.value), y + _BELOW, colour=sheet.ink.quiet, shape="o", size=6, hollow=True)
    sheet.point(axis.x(one.value), y, colour=colour, shape=shape, size=8)
    text = f"{one.value + 0.0:.2f}".replace("-", "−")
    sheet.text(frame.right, y + 4, text, size=sizes.body, bold=True, align="right")


def _caption(agreement: Agreement, found: TaskAgreement, task: TaskReport) -> str:
    parts = [
        f"{votes_in_words(task)}. Points and numbers: Spearman’s rank correlation (SRCC) of each measure’s means over "
        "scenes with the scores that the votes give, over the conditions of the task.",
    ]
    if any(row.found.whole.coefficients and not row.found.whole.reason for row in found.rows):
        resampled = "scenes and subjects" if found.of_subjects else "scenes"
        parts.append(
            f"Lines: {agreement.level * 100:g} % bootstrap interval that resamples {resampled}, and not conditions "
            f"({agreement.replicates} replicates)."
        )
    if any(row.found.without_own for row in found.rows):
        parts.append("Rings: the same without the networks trained under that measure.")
    return " ".join(parts)
