"""How often each rule tells equal conditions apart, in simulated studies of the published size."""

import numpy as np
import pytest

from app.analysis.bradley_terry import fit
from app.analysis.clustered import spreads
from app.analysis.intervals import Interval
from app.analysis.significance import Correction, PairTest, paired_tests
from tests.analysis.simulated.studies import CONDITIONS, simulated

STUDIES = 1_500
EQUAL = np.zeros(CONDITIONS)
THREE_GROUPS = np.repeat([0.6, 0.0, -0.6], [4, 4, 3])  # logits; within a group all are equal


@pytest.mark.slow
@pytest.mark.parametrize(
    ("liking", "subject_spread", "scene_spread", "seed"),
    [
        (EQUAL, 0.0, 0.0, 2_000), (EQUAL, 0.0, 0.5, 2_001), (EQUAL, 0.5, 0.5, 2_002),
        (THREE_GROUPS, 0.0, 0.0, 2_003), (THREE_GROUPS, 0.0, 0.5, 2_004), (THREE_GROUPS, 1.0, 0.5, 2_005),
    ],
)  # fmt: skip
def test_corrections_keep_the_error_that_they_promise(
    liking: np.ndarray, subject_spread: float, scene_spread: float, seed: int
) -> None:
    equal = np.triu(liking[:, None] == liking[None, :], 1)
    false = {(test, correction): np.zeros((STUDIES, 2)) for test in PairTest for correction in Correction}
    tasks = simulated(STUDIES, seed, subject_spread=subject_spread, scene_spread=scene_spread, liking=liking)
    for number, task in enumerate(tasks):
        fits = fit(task.columns.wins(), task.columns.conditions)
        clustered = spreads(fits, task.columns).differences(Interval.TWO_WAY)
        tests = paired_tests(fits.strength, two_way=clustered)
        for (test, correction), rates in false.items():
            apart = np.triu(tests.distinguishable(0.05, correction, test), 1)
            wrong = int((apart & equal).sum())
            rates[number] = wrong > 0, wrong / max(int(apart.sum()), 1)
    which = "all equal" if equal.sum() == 55 else "three groups"
    lines = [
        f"{test.value}, {correction.value}: {rates[:, 0].mean():.3f}, {rates[:, 1].mean():.3f}"
        for (test, correction), rates in false.items()
    ]
    said = f"{which}, subject spread {subject_spread}, scene spread {scene_spread}, {STUDIES} studies, seed {seed}"
    print("", f"{said}: any false difference, share of false ones", *lines, sep="\n  ")  # noqa: T201
    kept = list(PairTest) if not subject_spread else [PairTest.TWO_WAY]  # the others speak of these subjects alone
    for test in kept:
        assert false[test, Correction.HOLM][:, 0].mean() <= 0.06
        assert false[test, Correction.BH][:, 1].mean() <= 0.06
    if equal.sum() == 55 and not subject_spread:
        assert 0.65 <= false[PairTest.T, Correction.NONE][:, 0].mean() <= 0.79  # the published rule
    if subject_spread:  # why no letter of the paired tests speaks about other subjects
        assert false[PairTest.T, Correction.HOLM][:, 0].mean() > 0.06
