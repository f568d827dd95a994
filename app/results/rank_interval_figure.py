"""Which ranks a condition may have, as other subjects would have it."""

from app.results.captions import votes_in_words
from app.results.certainty import Certainty, Resampled
from app.results.frame import WIDTHS, Frame, Width, framed
from app.results.palette import mark_of
from app.results.score_axis import GAP, draw_name, room_for_names, row_height
from app.results.sheet import Scheme, Sheet

_AXIS = 34.0  # pixels below the last row


def rank_interval_figure(found: Certainty, scheme: Scheme, width: Width) -> Sheet:
    """Conditions in the order of the ranking, each with its rank and its rank interval; ``found`` has replicates."""
    again, sizes, names = found.resampled, WIDTHS[width], found.conditions
    assert again is not None, "the figure is shown only where there are replicates"
    row = row_height(list(names), sizes)
    frame = framed(
        f"{found.report.title}: rank intervals", _caption(found, again), row * len(names) + _AXIS,
        scheme=scheme, width=width,
    )  # fmt: skip
    room = room_for_names(list(names), frame.left, frame.right - 2 * GAP, sizes)
    left, right = frame.left + room + 2 * GAP, frame.right - GAP
    step = (right - left) / max(len(names) - 1, 1)
    bottom = frame.top + row * len(names)
    _draw_axis(frame, [left + step * place for place in range(len(names))], bottom)
    for place, condition in enumerate(found.report.rows):
        y = frame.top + row * (place + 0.5)
        draw_name(frame, condition.condition, frame.left, y, room)
        low, high = (left + step * (rank - 1) for rank in (again.rank_low[place], again.rank_high[place]))
        colour, shape = mark_of(condition.condition, scheme)
        frame.sheet.line((low, high), (y, y), colour=frame.sheet.ink.text, width=1.5)
        for end in (low, high):
            frame.sheet.line((end, end), (y - 4, y + 4), colour=frame.sheet.ink.text, width=1.5)
        frame.sheet.point(left + step * (condition.rank - 1), y, colour=colour, shape=shape, size=10)
    return frame.sheet


def _draw_axis(frame: Frame, places: list[float], bottom: float) -> None:
    sheet, small = frame.sheet, frame.sizes.small
    every = 1 if len(places) <= 20 else 5
    for rank, x in enumerate(places, 1):
        if rank == 1 or rank % every == 0:
            sheet.line((x, x), (frame.top, bottom), colour=sheet.ink.line, width=1)
            sheet.text(x, bottom + small + 3, str(rank), size=small, colour=sheet.ink.quiet, align="center")
    sheet.text(
        places[-1], bottom + 2 * small + 8, "rank  (← better)", size=small, colour=sheet.ink.quiet, align="right"
    )  # fmt: skip


def _caption(found: Certainty, again: Resampled) -> str:
    return (
        f"{votes_in_words(found.report)}. Points: ranks. Lines: the ranks of the middle "
        f"{100 * found.options.level:g} % of {again.replicates} replicates with subjects drawn anew (seed "
        f"{again.seed}), for each condition by itself; they speak about any subjects and these scenes."
    )
