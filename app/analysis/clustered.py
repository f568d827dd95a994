r"""How far other subjects, other scenes or other votes could have moved a task's scores.

A scene's strengths solve :math:`\sum_o g_{so}(s) = 0`, where :math:`g_{so}` gathers what subject *o*'s votes there say
beyond what the model expects, less the subject's part, by votes, of the pull of the prior. To first order these votes
moved the mean over *S* scenes by

.. math:: u_{so} = \tfrac{1}{S}\,(H_s + \lambda)^{-1} g_{so}\,\sqrt{O_s / (O_s - 1)}

with :math:`H_s` the information of the scene; the root, over the :math:`O_s` subjects who judged it, gives back what
the fit took from the residuals. Three sums of squares follow: of :math:`\sum_s u_{so}` over subjects, of the distances
of the scenes' strengths from their mean over scenes, and of the :math:`u_{so}` one by one. The first two added, less
the third, which both of them hold, is the two-way clustered covariance (Cameron, Gelbach & Miller 2011, *Journal of
Business & Economic Statistics* 29, 238-249, section 2), with Student's t on the smaller number of clusters less one.

A difference of estimates can fall short, even below zero. No two-way variance is therefore taken to be smaller than the
larger of the two that it joins: whoever generalises to both subjects and scenes cannot know more than who generalises
to one of them.
"""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import ROUNDING, FloatArray, IntArray
from app.analysis.bradley_terry import Strengths
from app.analysis.intervals import FEWEST_SCENES, FEWEST_SUBJECTS, Interval, Spread, spread_over_scenes
from app.analysis.vote_columns import VoteColumns


@dataclass(frozen=True, slots=True, eq=False)
class Spreads:
    """What every kind of covariance is made of; the matrices are ``(conditions, conditions)``.

    ``by_scene`` is None under three scenes, ``by_subject`` and ``by_cell`` under three subjects or where a file does
    not name them. A cell is one subject's votes in one scene.
    """

    scenes: int
    subjects: int | None
    by_scene: FloatArray | None
    by_subject: FloatArray | None
    by_cell: FloatArray | None
    by_vote: FloatArray
    fisher: FloatArray

    @property
    def kinds(self) -> tuple[Interval, ...]:
        """The kinds that these scenes and subjects allow."""
        lacking = set[Interval]()
        if self.by_scene is None:
            lacking |= {Interval.TWO_WAY, Interval.SCENES}
        if self.by_subject is None:
            lacking |= {Interval.TWO_WAY, Interval.SUBJECTS}
        return tuple(kind for kind in Interval if kind not in lacking)

    def instead_of(self, wanted: Interval) -> Interval | None:
        """The kind to show where ``wanted`` was asked for: two-way gives way to the half of it that there is."""
        halves = (Interval.SUBJECTS, Interval.SCENES) if wanted is Interval.TWO_WAY else ()
        return next((kind for kind in (wanted, *halves) if kind in self.kinds), None)

    def of(self, kind: Interval, contrasts: FloatArray | None = None) -> Spread:
        """The covariance of that kind: of the scores, or of ``contrasts`` ``(m, conditions)`` of them."""
        if kind is Interval.TWO_WAY:
            covariance = _two_way(
                *(_of_contrasts(part, contrasts) for part in (self.by_subject, self.by_scene, self.by_cell))
            )
            return Spread(kind, covariance, min(self.subjects or 0, self.scenes) - 1)
        parts: dict[Interval, tuple[FloatArray | None, int | None]] = {
            Interval.SUBJECTS: (self.by_subject, (self.subjects or 0) - 1),
            Interval.SCENES: (self.by_scene, self.scenes - 1),
            Interval.VOTES: (self.by_vote, None),
            Interval.FISHER: (self.fisher, None),
        }
        part, df = parts[kind]
        return Spread(kind, _of_contrasts(part, contrasts), df)

    def differences(self, kind: Interval) -> tuple[FloatArray, int | None]:
        """Standard errors of all differences ``(conditions, conditions)``, and their degrees of freedom."""
        parts = (
            (self.by_subject, self.by_scene, self.by_cell) if kind is Interval.TWO_WAY else (self.of(kind).covariance,)
        )
        found = [_of_differences(part) for part in parts]
        variance = _two_way_variance(*found) if kind is Interval.TWO_WAY else found[0]
        return np.sqrt(np.where(variance > 10.0 ** (-2 * ROUNDING), variance, 0.0)), self.of(kind).df


def spreads(fits: Strengths, columns: VoteColumns) -> Spreads:
    """The parts, from the fits of the scenes and the votes in ``columns``, which hold these scenes and conditions."""
    scenes = len(fits.strength)
    subjects = None if columns.subject is None else len(np.unique(columns.subject))
    by_subject = by_cell = None
    if columns.subject is not None and subjects is not None and subjects >= FEWEST_SUBJECTS:
        moved, subject = _moved(fits, columns, columns.subject)
        by_subject, by_cell = _squared(_summed(moved, subject)), _squared(moved)
    return Spreads(
        scenes=scenes,
        subjects=subjects,
        by_scene=spread_over_scenes(fits.strength).covariance if scenes >= FEWEST_SCENES else None,
        by_subject=by_subject,
        by_cell=by_cell,
        by_vote=_by_vote(fits, columns),
        fisher=fits.covariance.sum(axis=0) / scenes**2,
    )


def _moved(fits: Strengths, columns: VoteColumns, subject: IntArray) -> tuple[FloatArray, IntArray]:
    """How far each cell's votes moved the scores ``(cells, conditions)``, and the cells' subjects."""
    scenes, n = fits.strength.shape
    keys, cell = np.unique(columns.scene * (subject.max() + 1) + subject, return_inverse=True)
    scene, who = np.divmod(keys, subject.max() + 1)
    surplus = columns.weight * (columns.share - _expected(fits, columns))
    size = len(keys) * n
    won, lost = np.bincount(cell * n + columns.a, surplus, size), np.bincount(cell * n + columns.b, surplus, size)
    votes = np.bincount(cell, columns.weight, len(keys))
    part = votes / np.bincount(scene, votes, scenes)[scene]
    pull = fits.prior * part[:, None] * fits.strength[scene]
    slope: FloatArray = (won - lost).reshape(len(keys), n) - pull
    judges = np.bincount(scene, minlength=scenes)
    root = np.sqrt(judges / np.maximum(judges - 1, 1))
    ends = np.searchsorted(scene, np.arange(scenes + 1))  # cells stand in the order of their scenes
    moved = np.empty_like(slope)
    for s in range(scenes):
        rows = slice(ends[s], ends[s + 1])
        moved[rows] = slope[rows] @ fits.covariance[s] * (root[s] / scenes)
    return moved, who


def _by_vote(fits: Strengths, columns: VoteColumns) -> FloatArray:
    r"""The sandwich :math:`S^{-2} \sum_s H_s^{-1} B_s H_s^{-1}` with votes as clusters; a weight repeats its vote."""
    scenes, n = fits.strength.shape
    square = columns.weight * (columns.share - _expected(fits, columns)) ** 2
    pair = np.bincount((columns.scene * n + columns.a) * n + columns.b, square, scenes * n * n).reshape(scenes, n, n)
    met = pair + pair.swapaxes(-1, -2)
    votes = np.bincount(columns.scene, columns.weight, scenes)
    pull = fits.prior * fits.strength
    meat: FloatArray = -met - pull[:, :, None] * pull[:, None, :] / votes[:, None, None]
    meat[:, np.arange(n), np.arange(n)] += met.sum(axis=-1)
    return np.asarray((fits.covariance @ meat @ fits.covariance).sum(axis=0) / scenes**2)


def _expected(fits: Strengths, columns: VoteColumns) -> FloatArray:
    return fits.expected(fits.strength[columns.scene, columns.a] - fits.strength[columns.scene, columns.b])


def _two_way_variance(of_subject: FloatArray, of_scene: FloatArray, of_cell: FloatArray) -> FloatArray:
    """The rule above; 0 where subjects or scenes all agree, and so say nothing about others."""
    variance = np.maximum(of_subject + of_scene - of_cell, np.maximum(of_subject, of_scene))
    return np.asarray(variance * ((of_subject > 0) & (of_scene > 0)))


def _two_way(by_subject: FloatArray, by_scene: FloatArray, by_cell: FloatArray) -> FloatArray:
    """These variances, with the correlations of the nearest covariance to the sum of two less the third."""
    variance = _two_way_variance(*(np.diagonal(part) for part in (by_subject, by_scene, by_cell)))
    either = by_subject + by_scene
    values, vectors = np.linalg.eigh(either - by_cell)
    shape = (vectors * np.maximum(values, 0.0)) @ vectors.T + 1e-9 * either  # where nothing is left, either's own
    scale = np.sqrt(variance / np.where(variance > 0, np.diagonal(shape), 1.0))
    return np.asarray(shape * scale[:, None] * scale[None, :])


def _of_differences(part: FloatArray | None) -> FloatArray:
    assert part is not None, "not one of the kinds"
    variance = np.diagonal(part)
    return np.asarray(variance[:, None] + variance[None, :] - part - part.T)


def _of_contrasts(part: FloatArray | None, contrasts: FloatArray | None) -> FloatArray:
    assert part is not None, "not one of the kinds"
    return part if contrasts is None else contrasts @ part @ contrasts.T


def _summed(rows: FloatArray, place: IntArray) -> FloatArray:
    places, row = np.unique(place, return_inverse=True)
    sums = np.zeros((len(places), rows.shape[1]))
    np.add.at(sums, row, rows)
    return sums


def _squared(rows: FloatArray) -> FloatArray:
    varies = np.where(np.abs(rows) > 10.0**-ROUNDING, rows, 0.0)
    return np.asarray(varies.T @ varies)
