"""The loss curve of a training, as an SVG file per colour scheme."""

import math
from collections.abc import Sequence

from app.results.sheet import INKS, Scheme, Sheet

# CSS pixels
_WIDTH, _HEIGHT = 640.0, 264.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 624.0, 16.0, 216.0
_ACCENTS: dict[Scheme, str] = {"light": "#1f5fa8", "dark": "#7db3ee"}


def loss_curve(
    points: Sequence[tuple[int, float]], total_steps: int, scheme: Scheme, *, logarithmic: bool = True
) -> bytes:
    """Loss against steps, on a logarithmic scale where all are positive; the last value is written at its end."""
    sheet, accent = Sheet(_WIDTH, _HEIGHT, INKS[scheme]), _ACCENTS[scheme]
    ink = sheet.ink
    losses = [loss for _, loss in points]
    scale = math.log10 if logarithmic and losses and min(losses) > 0 else float
    low, high = _range([scale(loss) for loss in losses])

    def x(step: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * min(1.0, step / max(total_steps, 1))

    def y(loss: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (scale(loss) - low) / (high - low)

    sheet.line((_LEFT, _RIGHT), (_BOTTOM, _BOTTOM), colour=ink.line, width=1)
    for step in _ticks(0, total_steps):
        sheet.line((x(step), x(step)), (_BOTTOM, _BOTTOM + 4), colour=ink.line, width=1)
        sheet.text(x(step), _BOTTOM + 18, f"{step:,.0f}".replace(",", "\u202f"), colour=ink.quiet, align="center")
    for loss in _decades(low, high) if scale is math.log10 else _ticks(low, high):
        sheet.line((_LEFT, _RIGHT), (y(loss), y(loss)), colour=ink.line, width=1)
        sheet.text(_LEFT - 8, y(loss) + 4, f"{loss:g}", colour=ink.quiet, align="right")
    sheet.text(_RIGHT, _BOTTOM + 36, "step", colour=ink.quiet, align="right")
    if points:
        last, loss = points[-1]
        sheet.curve([x(step) for step, _ in points], [y(value) for value in losses], colour=accent, width=1.75)
        sheet.point(x(last), y(loss), colour=accent, shape="o", size=8)
        crowded = x(last) > 0.85 * _RIGHT
        sheet.text(x(last), y(loss) - 10, f"{loss:.3g}", bold=True, align="right" if crowded else "left")
    return sheet.saved("svg")


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Where the axis begins and ends: a little outside the values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers between two numbers."""
    span = (high - low) or 1.0
    size = 10 ** math.floor(math.log10(span / 4))
    step = next(size * factor for factor in (1, 2, 5, 10) if span / (size * factor) <= 6)
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]


def _decades(low: float, high: float) -> list[float]:
    """Round numbers between two powers of ten: 1, 2 and 5 of each decade, or only 1 where there are many decades."""
    factors = (1, 2, 5) if high - low < 2.5 else (1,)
    found = [factor * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for factor in factors]
    inside = [value for value in found if low <= math.log10(value) <= high]
    return inside if len(inside) > 2 else [value for value in _ticks(10**low, 10**high) if value > 0]
