"""What figures with a line for each condition share: the axis of scores, and the names at its left."""

from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from app.results.frame import Frame, Measures, fitted
from app.results.palette import family_of
from app.results.sheet import Sheet, width_of

HEIGHT = 46.0  # pixels from the last line down to the axis' name
GAP = 12.0  # between names, scores and letters
_ROW, _LOW_ROW = 3.0, 2.2  # heights of a line of text to a condition, with and without a family below its name
_LEAST = 0.35  # of the figure's width: the scores keep it, whatever the names


@dataclass(frozen=True, slots=True)
class ScoreAxis:
    """Logits, or what else ``words`` say, from ``low`` to ``high`` between two places of a sheet."""

    left: float
    right: float
    low: float
    high: float
    words: str = "score, logits  (better →)"

    def x(self, score: float) -> float:
        """Where a score stands."""
        return self.left + (score - self.low) / (self.high - self.low) * (self.right - self.left)

    def draw(self, sheet: Sheet, top: float, foot: float, small: float) -> None:
        """The axis below ``foot``, and a line through 0 from ``top`` down to it."""
        shown = self._ticks()
        decimals = max(0, -int(np.floor(np.log10(shown[1] - shown[0]) + 1e-9)))
        if round(shown[1] - shown[0], decimals) != round(shown[1] - shown[0], 9):
            decimals += 1  # steps of 2.5 and 0.25 need one more
        base, quiet = foot + 6, sheet.ink.quiet
        sheet.line((self.x(0), self.x(0)), (top, base), colour=sheet.ink.line, width=1)
        sheet.line((self.left, self.right), (base, base), colour=quiet, width=1)
        for tick in shown:
            x = self.x(tick)
            sheet.line((x, x), (base, base + 4), colour=quiet, width=1)
            text = f"{tick + 0.0:.{decimals}f}".replace("-", "−")
            sheet.text(x, base + 6 + small, text, size=small, colour=quiet, align="center")
        sheet.text(self.right, foot + HEIGHT - 5, self.words, size=small, colour=quiet, align="right")

    def _ticks(self) -> list[float]:
        many = 6 if self.right - self.left > 160 else 4
        ticks = MaxNLocator(many, steps=[1, 2, 2.5, 5, 10]).tick_values(self.low, self.high)
        return [float(tick) for tick in ticks if self.low <= tick <= self.high]


def score_axis(values: list[float], left: float, right: float) -> ScoreAxis:
    """An axis that holds all values, and 0, with a little room at its ends."""
    low, high = min([*values, 0.0]), max([*values, 0.0])
    room = max(high - low, 2.0) * 0.05
    return ScoreAxis(left, right, low - room, high + room)


def room_for_names(conditions: list[str], left: float, right: float, sizes: Measures) -> float:
    """How wide the names and families are drawn between ``left`` and the scores, which end at ``right``."""
    most = max(right - _LEAST * sizes.width - GAP - left, 4 * sizes.body)
    return max(_width_of_name(condition, most, sizes) for condition in conditions)


def row_height(conditions: list[str], sizes: Measures) -> float:
    """How high the line of a condition is."""
    return (_ROW if any(map(family_of, conditions)) else _LOW_ROW) * sizes.body


def draw_name(frame: Frame, condition: str, x: float, y: float, room: float) -> None:
    """The condition's name, with the family of the measure that it is named after below it."""
    sheet, sizes = frame.sheet, frame.sizes
    family, name = family_of(condition), fitted(condition, room + 0.5, sizes.body)
    if family:
        sheet.text(x, y - 2, name, size=sizes.body)
        words = fitted(family.value, room + 0.5, sizes.small)
        sheet.text(x, y + sizes.small + 1, words, size=sizes.small, colour=sheet.ink.quiet)
    else:
        sheet.text(x, y + 4, name, size=sizes.body)


def _width_of_name(condition: str, most: float, sizes: Measures) -> float:
    family = family_of(condition)
    name = width_of(fitted(condition, most, sizes.body), sizes.body)
    return max(name, width_of(fitted(family.value, most, sizes.small), sizes.small) if family else 0.0)
