r"""What a design can be expected to bring before anybody has voted, from a guess of how conditions and people differ.

The conditions are guessed to stand at even distances, each scene and each subject to move every condition at random.
Answers of many subjects then follow, to a good approximation, a flatter curve: with a spread of
:math:`\sigma_o` between subjects the strengths that a fit finds are

.. math:: c = \bigl(1 + \tfrac{\pi}{4} \sigma_o^2\bigr)^{-1/2}

times the planted ones (MacKay 1992, *Neural Computation* 4(5), 720-736, whose :math:`(1 + \pi v / 8)^{-1/2}` takes the
variance *v* of a difference: here :math:`2 \sigma_o^2`, of one subject's two effects). Fisher's information of *m*
votes on every pair follows from the curve's slope at each difference.
"""

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from scipy.special import expit

from app.analysis.arrays import FloatArray
from app.analysis.design import BadWish, Parts
from app.analysis.intervals import FEWEST_SCENES, FEWEST_SUBJECTS

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class Guess:
    """Standard deviations, logits: of the conditions' strengths, and of what scenes and subjects add to each.

    The defaults are those of the design that the published protocol was examined with: eleven conditions from -1.2 to
    1.2, and half a logit between scenes and between subjects.
    """

    conditions: float = 0.76
    scenes: float = 0.5
    subjects: float = 0.5

    @property
    def flattening(self) -> float:
        """By what the strengths that a fit finds are smaller than those of one subject."""
        return 1 / sqrt(1 + pi / 4 * self.subjects**2)


def ladder(conditions: int, spread: float) -> FloatArray:
    """Strengths at even distances, with that standard deviation, the highest first; they sum to zero."""
    steps = np.arange(conditions, dtype=np.float64)[::-1] - (conditions - 1) / 2
    return np.asarray(steps * spread / np.sqrt((conditions**2 - 1) / 12), dtype=np.float64)


def expected_parts(
    conditions: int, scenes: int, subjects: int, votes_per_pair: float, guess: Guess | None = None
) -> Parts:
    """The variance of a typical score that is to be expected of such a design.

    Raises
    ------
    BadWish
        Under two conditions, or under three scenes or subjects, which allow no interval over them.
    """
    assumed = guess or Guess()
    if conditions < 2 or scenes < FEWEST_SCENES or subjects < FEWEST_SUBJECTS or votes_per_pair <= 0:
        raise BadWish(
            f"{conditions} conditions, {scenes} scenes and {subjects} subjects with {votes_per_pair:g} votes per pair "
            "allow no interval over scenes and subjects",
            f"plan two conditions, {FEWEST_SCENES} scenes and {FEWEST_SUBJECTS} subjects at least, and some votes",
        )
    share = (1 - 1 / conditions) * assumed.flattening**2  # a score is a distance from the mean of all
    of_one_scene = vote_covariance(assumed.flattening * ladder(conditions, assumed.conditions), votes_per_pair, assumed)
    return Parts(
        subjects=subjects,
        scenes=scenes,
        of_subjects=share * assumed.subjects**2 / subjects,
        of_scenes=share * assumed.scenes**2 / scenes,
        of_votes=float(np.diagonal(of_one_scene).mean()) / scenes,
    )


def vote_covariance(strengths: FloatArray, votes_per_pair: float, guess: Guess | None = None) -> FloatArray:
    """The covariance of a scene's strengths, from so many votes on every pair; scenes vary as the guess says."""
    spread = 0.0 if guess is None else sqrt(2) * guess.scenes * guess.flattening
    gaps = strengths[:, None] - strengths[None, :]
    chance = expit(gaps[..., None] + spread * _NODES)
    information = -votes_per_pair * ((chance * (1 - chance)) @ _WEIGHTS)
    np.fill_diagonal(information, 0.0)
    np.fill_diagonal(information, -information.sum(axis=1))
    return np.asarray(np.linalg.pinv(information), dtype=np.float64)
