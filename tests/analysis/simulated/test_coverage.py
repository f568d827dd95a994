"""How often intervals hold what they say they hold, in simulated studies of the published size.

The truth is the marginal strength, never the planted one. Every number is printed (``pytest -s``) and stands in
docs/lab-notebook.md.
"""

import numpy as np
import pytest

from app.analysis.bradley_terry import fit
from app.analysis.clustered import spreads
from app.analysis.intervals import Interval, intervals
from app.analysis.simultaneous import simultaneous
from tests.analysis.simulated.studies import (
    CONDITIONS,
    LIKING,
    of_votes,
    over_all,
    over_scenes_of,
    over_subjects,
    simulated,
)

STUDIES = 1_000
SPREADS = [(subject, scene) for subject in (0.0, 0.5, 1.0) for scene in (0.0, 0.5)]


@pytest.mark.slow
@pytest.mark.parametrize(("subject_spread", "scene_spread"), SPREADS)
def test_intervals_hold_what_they_generalise_to(subject_spread: float, scene_spread: float) -> None:
    seed = 1_000 + int(10 * subject_spread) * 10 + int(10 * scene_spread)
    everybody = over_all(subject_spread, scene_spread)
    held = {kind: np.zeros((STUDIES, CONDITIONS)) for kind in Interval}
    of_everybody = {kind: np.zeros((STUDIES, CONDITIONS)) for kind in Interval}
    together, bias = np.zeros(STUDIES), np.zeros(CONDITIONS)
    tasks = simulated(STUDIES, seed, subject_spread=subject_spread, scene_spread=scene_spread)
    for number, task in enumerate(tasks):
        fits = fit(task.columns.wins(), task.columns.conditions)
        scores, found = fits.strength.mean(axis=0), spreads(fits, task.columns)
        votes = of_votes(task)
        truth = {
            Interval.TWO_WAY: everybody,
            Interval.SUBJECTS: over_subjects(LIKING + task.of_scene, subject_spread).mean(axis=0),
            Interval.SCENES: over_scenes_of(task, scene_spread),
            Interval.VOTES: votes,
            Interval.FISHER: votes,
        }
        for kind in Interval:
            ends = intervals(scores, found.of(kind))
            held[kind][number] = (ends.low <= truth[kind]) & (truth[kind] <= ends.high)
            of_everybody[kind][number] = (ends.low <= everybody) & (everybody <= ends.high)
        ends = simultaneous(scores, found.of(Interval.TWO_WAY), draws=4_000)
        together[number] = ((ends.low <= everybody) & (everybody <= ends.high)).all()
        bias += (scores - everybody) / STUDIES
    lines = [
        f"subject spread {subject_spread}, scene spread {scene_spread}, {STUDIES} studies, seed {seed}; the score of "
        f"the best condition, truly {everybody[0]:.3f}, is off by {bias[0]:+.3f}"
    ]
    for kind in Interval:
        each = held[kind].mean(axis=0)
        lines.append(
            f"{kind.value}: {each.mean():.3f} of {kind.generalises_to} ({each.min():.3f} to {each.max():.3f} by "
            f"condition); {of_everybody[kind].mean():.3f} of any subjects, any scenes"
        )
    print("", *lines, f"two_way, all conditions at once: {together.mean():.3f}", sep="\n  ")  # noqa: T201
    assert 0.93 <= held[Interval.TWO_WAY].mean() <= 0.97
    assert held[Interval.TWO_WAY].mean(axis=0).min() >= 0.92
    for kind in (Interval.SUBJECTS, Interval.SCENES):
        assert 0.925 <= held[kind].mean() <= 0.97
    for kind in (Interval.VOTES, Interval.FISHER):  # votes of different subjects vary less than votes drawn at random
        assert 0.925 <= held[kind].mean() <= 0.99
    assert 0.93 <= together.mean() <= 0.985
