"""How long each place of a picture was in view, from the parts of it that were shown and for how long."""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Parts of one picture that were in view: a row each.

    Attributes
    ----------
    boxes
        Left, top, right and bottom edges ``(views, 4)``, picture pixels, inside the picture.
    seconds
        How long each was in view.
    """

    boxes: FloatArray
    seconds: FloatArray


def time_in_view(views: Views, width: int, height: int, *, longest: int = 96) -> FloatArray:
    r"""Seconds that each cell of a grid over the picture was in view ``(rows, columns)``.

    A cell :math:`c` of area :math:`A_c` was in view for :math:`\sum_v t_v \, |c \cap v| / A_c`: a part of it counts as
    a part of the time. Boxes are products of two intervals, so that the sum is one product of matrices.

    Parameters
    ----------
    longest
        Cells along the picture's longer side; they are as square as whole numbers allow.
    """
    unit = max(width, height) / longest
    columns, rows = max(1, round(width / unit)), max(1, round(height / unit))
    across = _covered(views.boxes[:, 0], views.boxes[:, 2], width, columns)
    down = _covered(views.boxes[:, 1], views.boxes[:, 3], height, rows)
    return np.asarray((down * views.seconds[:, None]).T @ across, dtype=np.float64)


def _covered(low: FloatArray, high: FloatArray, length: int, cells: int) -> FloatArray:
    """Which share of each cell of an axis the intervals cover ``(intervals, cells)``."""
    edges = np.linspace(0, length, cells + 1)
    shared = np.minimum(high[:, None], edges[1:]) - np.maximum(low[:, None], edges[:-1])
    return np.asarray(np.clip(shared, 0, None) / np.diff(edges), dtype=np.float64)
