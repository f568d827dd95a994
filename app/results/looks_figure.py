"""The zoom heat map of a scene: the reference in grey, and over it how long each place was in view."""

import io

import numpy as np
from PIL import Image

from app.analysis.arrays import FloatArray
from app.analysis.viewed import time_in_view
from app.results.frame import WIDTHS, Frame, Width, framed
from app.results.looks import SceneLooks
from app.results.palette import heat_colours
from app.results.sheet import Scheme, Sheet

_LONGEST = 720  # pixels of the picture as it is drawn
_TALLEST = 1.0  # of the figure's width
_SCALE = 34.0  # pixels for the scale below the picture
_LEVELS = (0.25, 0.5, 0.75)  # of the longest time; contours tell in grey what colours tell


def looks_figure(looks: SceneLooks, reference: bytes, condition: str, scheme: Scheme, width: Width) -> Sheet:
    """The figure; ``reference`` is the picture file, and ``condition`` the one that the looks are limited to."""
    sizes = WIDTHS[width]
    room = sizes.width - 2 * sizes.margin
    wide = min(room, _TALLEST * room * looks.width / looks.height)
    high = wide * looks.height / looks.width
    title = f"{looks.scene}: where subjects zoomed in"
    frame = framed(title, _caption(looks, condition), high + _SCALE, scheme=scheme, width=width)
    box = (frame.left, frame.top, wide, high)
    frame.sheet.picture(_in_grey(reference), *box)
    if looks.zoomed:
        heat = time_in_view(looks.views, looks.width, looks.height)
        frame.sheet.picture(heat_colours(heat / heat.max()), *box)
        frame.sheet.contours(heat / heat.max(), _LEVELS, *box, colour=frame.sheet.ink.text)
        _draw_scale(frame, wide, float(heat.max()))
    else:
        frame.sheet.text(frame.left, frame.bottom - 10, looks.sentence, size=sizes.body)
    return frame.sheet


def _caption(looks: SceneLooks, condition: str) -> str:
    among = f"trials with {condition} as one of the pair" if condition else "all trials"
    said = (
        f"Task {looks.task}, {among}. {looks.sentence} Counted are views that a subject chose and in which each "
        "pane showed a part of the picture"
    )
    if not looks.zoomed:
        return f"{said}."
    return f"{said}; colour: seconds in view, over all of them; lines: 25, 50 and 75 % of the longest."


def _draw_scale(frame: Frame, wide: float, longest: float) -> None:
    """What the colours mean, from no time to the longest."""
    sheet, sizes = frame.sheet, frame.sizes
    top = frame.bottom - _SCALE + 10
    length = min(160.0, wide / 2)
    ramp = np.tile(np.linspace(0, 1, 64), (2, 1))
    sheet.block(frame.left, top, length, 8, colour=sheet.ink.line)
    sheet.picture(heat_colours(ramp), frame.left, top, length, 8)
    sheet.text(frame.left, top + 10 + sizes.small, "0 s", size=sizes.small, colour=sheet.ink.quiet)
    words = f"{longest:.1f} s in view"
    sheet.text(
        frame.left + length, top + 10 + sizes.small, words, size=sizes.small, colour=sheet.ink.quiet, align="right"
    )  # fmt: skip


def _in_grey(reference: bytes) -> FloatArray:
    """The picture in grey of little contrast, so that what lies over it can be seen; red, green, blue and opacity."""
    with Image.open(io.BytesIO(reference)) as opened:
        deep = opened.mode.startswith("I")
        plain = Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8)) if deep else opened.convert("L")
    plain.thumbnail((_LONGEST, _LONGEST))
    grey = 0.35 + 0.5 * np.asarray(plain, dtype=np.float64) / 255
    return np.stack([grey, grey, grey, np.ones_like(grey)], axis=-1)
