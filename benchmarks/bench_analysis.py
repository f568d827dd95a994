"""Batched Newton fits, with their standard errors, against what one writes first: scipy's L-BFGS, scene by scene.

``python -m benchmarks.bench_analysis`` prints medians and, last, one line of JSON; a ratio is scipy's time over ours.
Both sides run on one thread: on a busy machine the threads of the linear algebra library wait for one another, which
made the case of 100 conditions a matter of the machine's other work.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # before numpy loads

import json
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from app.analysis.arrays import FloatArray
from app.analysis.bradley_terry import DEFAULT_PRIOR, fit

_CASES = {  # scenes, conditions, votes per pair, standard deviation of the true strengths in logits
    "20 scenes of 11": (20, 11, 5, 1.0),
    "20 scenes of 11, nearly separated": (20, 11, 5, 2.5),
    "1 scene of 100": (1, 100, 200, 1.0),
    "1000 scenes of 11": (1000, 11, 5, 1.0),
}
_SECONDS = 2.0  # for each side of each case
_TOLERANCE = 1e-4  # logits; L-BFGS stops there, Newton far below


def main() -> None:
    """Prints a table and the line of JSON."""
    ratios = {}
    for name, case in _CASES.items():
        wins = _wins(*case)
        names = [str(i) for i in range(case[1])]
        ours = fit(wins, names)
        apart = float(np.abs(ours.strength - _by_lbfgs(wins)).max())
        if apart > _TOLERANCE:
            raise SystemExit(f"{name}: the two solvers differ by {apart:.2g} logits")
        mine, theirs = _medians(partial(fit, wins, names), partial(_by_lbfgs, wins))
        ratios[name] = round(theirs / mine, 2)
        print(f"{name:<36} {mine * 1e3:9.2f} ms   L-BFGS {theirs * 1e3:9.2f} ms   ×{theirs / mine:.1f}")  # noqa: T201
    print(json.dumps({"ratios": ratios}))  # noqa: T201


def _wins(scenes: int, conditions: int, votes: int, spread: float) -> FloatArray:
    rng = np.random.default_rng(1)
    truth = rng.normal(0, spread, (scenes, conditions))
    won = rng.binomial(votes, expit(truth[:, :, None] - truth[:, None, :])) * np.triu(np.ones((conditions,) * 2), 1)
    return np.asarray(won + (votes * np.triu(np.ones((conditions,) * 2), 1) - won).swapaxes(1, 2))


def _by_lbfgs(wins: FloatArray) -> FloatArray:
    """The same penalized likelihood, its exact gradient, scipy's usual minimizer."""

    def fit_one(counts: FloatArray) -> FloatArray:
        played, total = counts + counts.T, counts.sum(axis=1)

        def loss(s: FloatArray) -> tuple[float, FloatArray]:
            gap = s[:, None] - s[None, :]
            value = (counts * np.logaddexp(0, -gap)).sum() + DEFAULT_PRIOR * (s @ s) / 2
            return float(value), (played * expit(gap)).sum(axis=1) - np.diag(played) / 2 - total + DEFAULT_PRIOR * s

        return np.asarray(minimize(loss, np.zeros(len(counts)), jac=True, method="L-BFGS-B", tol=1e-12).x)

    return np.stack([fit_one(counts) for counts in wins])


def _medians(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Both medians in seconds, taken in turns so that a busy machine is unfair to neither."""
    times: tuple[list[float], list[float]] = ([], [])
    until = time.perf_counter() + 2 * _SECONDS
    while time.perf_counter() < until or len(times[1]) < 3:
        for run, taken in zip((ours, theirs), times, strict=True):
            start = time.perf_counter()
            run()
            taken.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main()
