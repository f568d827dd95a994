"""The scores of a task's conditions scene by scene: a line of small circles for each condition, and their mean."""

from app.results.captions import fit_in_words, votes_in_words
from app.results.frame import WIDTHS, Width, framed
from app.results.palette import mark_of
from app.results.score_axis import GAP, HEIGHT, draw_name, room_for_names, row_height, score_axis
from app.results.sheet import Scheme, Sheet
from app.results.task_report import TaskReport


def strips(report: TaskReport, scheme: Scheme, width: Width) -> Sheet:
    """The conditions from best to worst; ``report`` must have rows."""
    sizes = WIDTHS[width]
    scores: dict[str, list[float]] = {row.condition: [] for row in report.rows}
    for one in report.scene_rows:
        if one.score is not None and not one.left_out:
            scores[one.condition].append(one.score)
    left, right = sizes.margin, sizes.width - sizes.margin - GAP
    room = room_for_names(list(scores), left, right, sizes)
    axis = score_axis([score for line in scores.values() for score in line], left + room + GAP, right)
    high = row_height(list(scores), sizes)
    frame = framed(
        f"{report.title}, scene by scene", _caption(report), high * len(scores) + HEIGHT, scheme=scheme, width=width
    )  # fmt: skip
    sheet = frame.sheet
    axis.draw(sheet, frame.top, frame.bottom - HEIGHT, sizes.small)
    for place, row in enumerate(report.rows):
        y = frame.top + high * (place + 0.5)
        line = [axis.x(score) for score in scores[row.condition]]
        sheet.line((min(line), max(line)), (y, y), colour=sheet.ink.line, width=1)
        sheet.rings(line, y, colour=sheet.ink.quiet, size=6)
        colour, shape = mark_of(row.condition, scheme)
        sheet.point(axis.x(row.score), y, colour=colour, shape=shape, size=11)
        draw_name(frame, row.condition, left, y, room)
    return sheet


def _caption(report: TaskReport) -> str:
    return (
        f"{votes_in_words(report)}. Rings: Bradley–Terry strength in one scene each, in logits "
        f"({fit_in_words(report.options.prior)}). Filled marks: {_marks(report)}."
    )


def _marks(report: TaskReport) -> str:
    return (
        "the scores that best fit all scenes, put on one scale"
        if report.aligned
        else "their mean over scenes, the score"
    )
