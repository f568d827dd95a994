"""How wide a typical interval is with how many subjects, and the width that the scenes do not let it go below."""

from collections.abc import Callable

import numpy as np
from matplotlib.ticker import MaxNLocator

from app.analysis.design import Parts
from app.analysis.intervals import FEWEST_SUBJECTS
from app.results.frame import Frame, Width, framed
from app.results.planning import TaskOutlook
from app.results.sentences import counted
from app.results.sheet import Scheme, Sheet

_HEIGHT = 210.0  # pixels
_FOOT = 40.0  # from the drawing down to the axis' name
_SIDE = 40.0  # for the numbers at the left
_FURTHEST = 4  # times the subjects so far
_POINTS = 120


def planning_figure(outlook: TaskOutlook, scheme: Scheme, width: Width) -> Sheet:
    """The curve with the subjects so far marked on it; ``outlook`` must have parts."""
    assert outlook.parts is not None, "nothing to draw"
    parts, level = outlook.parts, outlook.level
    frame = framed(outlook.title, _caption(outlook, parts), _HEIGHT, scheme=scheme, width=width)
    most = max(_FURTHEST * parts.subjects, 12)
    numbers = np.linspace(max(FEWEST_SUBJECTS, parts.subjects / 3), most, _POINTS)
    widths = [_half_width(parts, float(number), level) for number in numbers]
    high = max(widths) * 1.05
    x = _scale(0.0, float(most), frame.left + _SIDE, frame.right - _SIDE / 3)
    y = _scale(0.0, high, frame.bottom - _FOOT, frame.top)
    _draw_axes(frame, x, y, float(most), high)
    limit = parts.with_endless_subjects(level)
    _line_with_words(frame, x, y, limit, float(most), f"never below ±{limit:.2f} with {parts.scenes} scenes")
    frame.sheet.curve(
        [x(float(n)) for n in numbers], [y(one) for one in widths], colour=frame.sheet.ink.text, width=1.5
    )
    here = outlook.half_width
    frame.sheet.point(x(parts.subjects), y(here), colour=frame.sheet.ink.text, shape="o", size=9)
    frame.sheet.text(
        x(parts.subjects) + 8, y(here) - 8, f"now ±{here:.2f}", size=frame.sizes.body, bold=True
    )  # fmt: skip
    return frame.sheet


def _half_width(parts: Parts, subjects: float, level: float) -> float:
    """Between whole numbers, so that the curve is one: degrees of freedom go on between them, too."""
    low, high = int(np.floor(subjects)), int(np.ceil(subjects))
    below, above = (parts.half_width(max(one, FEWEST_SUBJECTS), parts.scenes, level) for one in (low, high))
    return below + (above - below) * (subjects - low)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _draw_axes(
    frame: Frame, x: Callable[[float], float], y: Callable[[float], float], most: float, high: float
) -> None:
    sheet, small = frame.sheet, frame.sizes.small
    sheet.line((x(0), x(most)), (y(0), y(0)), colour=sheet.ink.quiet, width=1)
    for tick in MaxNLocator(6, integer=True, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most):
        if 0 <= tick <= most:
            sheet.line((x(tick), x(tick)), (y(0), y(0) + 4), colour=sheet.ink.quiet, width=1)
            sheet.text(x(tick), y(0) + 6 + small, f"{tick:g}", size=small, colour=sheet.ink.quiet, align="center")
    for tick in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, high):
        if 0 < tick <= high:
            sheet.line((x(0), x(most)), (y(tick), y(tick)), colour=sheet.ink.line, width=1)
            sheet.text(x(0) - 6, y(tick) + small / 3, f"±{tick:g}", size=small, colour=sheet.ink.quiet, align="right")
    sheet.text(x(most), y(0) + _FOOT - 4, "subjects", size=small, colour=sheet.ink.quiet, align="right")


def _line_with_words(
    frame: Frame, x: Callable[[float], float], y: Callable[[float], float], value: float, most: float, words: str
) -> None:
    sheet = frame.sheet
    sheet.line((x(0), x(most)), (y(value), y(value)), colour=sheet.ink.quiet, width=1.5)
    sheet.text(x(most), y(value) + frame.sizes.small + 4, words, size=frame.sizes.small, align="right")


def _caption(outlook: TaskOutlook, parts: Parts) -> str:
    return (
        f"Half of a typical {100 * outlook.level:g} % interval for a score, in logits, clustered by subject and by "
        "scene (any subjects, any scenes), against the number of subjects. The point is the study as it stands: "
        f"{counted(outlook.votes, 'vote')} by {counted(parts.subjects, 'subject')} in "
        f"{counted(parts.scenes, 'scene')}; the curve is expected, each further subject judging as much as those so "
        "far. Components of variance from these votes."
    )
