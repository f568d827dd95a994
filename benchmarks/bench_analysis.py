"""The statistics beside choix, evalica, scipy's L-BFGS and a bare database cursor, all in one run.

``python -m benchmarks.bench_analysis`` prints medians and, last, one line of JSON. Every figure in its ``ratios`` is
our time over the other's, so smaller is better and 0.1 is ten times as fast; ``wanted`` says how large it may be:

- ``fit_vs_evalica``, ``fit_vs_choix``: scores of 20 scenes of 11 conditions, 5 votes on each pair, by maximum
  likelihood. Ours also looks whether they exist; evalica gets its votes added up, choix its matrices.
- ``rows_vs_evalica``: scores of 100 conditions from 10⁶ votes, one by one, in arrays of codes, each side by its usual
  call.
- ``bootstrap_vs_evalica``: 1,000 subject-bootstrap replicates of 4 tasks × 20 scenes with rank intervals, over the
  80,000 fits alone by evalica, of which 400 are timed and multiplied.
- ``sparse_vs_lbfgs``: 10,000 conditions, 10⁶ votes on random pairs.
- ``counts_vs_cursor``: a study of 22,000 votes from SQLite to counts, over fetching the rows that the counts need.

Both sides take turns on one thread, since the threads of a linear algebra library wait for one another, and what counts
is processor time: with other work beside it, waiting would make up most of what takes milliseconds.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # before numpy loads

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

from app.analysis.arrays import FloatArray, IntArray
from app.analysis.batched import pairs
from app.analysis.bootstrap import subject_bootstrap
from app.analysis.bradley_terry import DEFAULT_PRIOR, strengths
from app.analysis.vote_columns import UNKNOWN, VoteColumns
from app.analysis.vote_list import fit_list, list_strengths
from app.db import Database
from app.db.migrate import migrate
from app.results.tally import tally
from app.settings import Settings
from benchmarks import published_size

WANTED = {
    "fit_vs_evalica": 1 / 8, "fit_vs_choix": 1 / 30, "rows_vs_evalica": 1 / 80, "bootstrap_vs_evalica": 1 / 25,
    "sparse_vs_lbfgs": 1 / 3, "counts_vs_cursor": 3.0,
}  # fmt: skip
_TASKS, _SCENES, _CONDITIONS, _VOTES, _SUBJECTS = 4, 20, 11, 5, 25
_REPLICATES = 1000
_TURN = 0.02  # seconds
_TIMED = 400  # of evalica's fits
_CURSOR = (
    "SELECT trials.pair_id, sessions.subject_id, votes.side, trials.a_on_left, votes.late FROM votes "
    "JOIN trials ON votes.trial_id = trials.id JOIN sessions ON trials.session_id = sessions.id "
    "WHERE sessions.study_id = ? AND trials.kind = 'test'"
)


def main() -> None:
    """Prints a table and the line of JSON."""
    choix, evalica = _others()
    ratios = {
        **_small(choix, evalica),
        "rows_vs_evalica": _rows(evalica),
        "bootstrap_vs_evalica": _bootstrap(evalica),
        "sparse_vs_lbfgs": _sparse(),
        "counts_vs_cursor": _counts(),
    }
    told = {name: round(ratios[name], 4) for name in WANTED}
    wanted = {name: round(most, 4) for name, most in WANTED.items()}
    _say(json.dumps({"ratios": told, "wanted": wanted, "meaning": "our time over the other's; smaller is faster"}))


def _others() -> tuple[ModuleType, ModuleType]:
    try:
        import choix
        import evalica
    except ModuleNotFoundError as error:
        raise SystemExit(
            f"{error.name} is not installed, and this compares with it: pip install -c constraints.txt -e '.[dev]'"
        ) from None
    return choix, evalica


def _small(choix: ModuleType, evalica: ModuleType) -> dict[str, float]:
    wins = _wins(np.random.default_rng(1), _SCENES, 0.7)
    rows = [_added_up(evalica, matrix) for matrix in wins]

    def ours() -> FloatArray:
        return strengths(wins, prior=0)

    def by_evalica() -> FloatArray:
        return np.stack([_logits(evalica.bradley_terry(**row)) for row in rows])

    def by_choix() -> FloatArray:
        return np.stack([choix.ilsr_pairwise_dense(matrix) for matrix in wins])

    _alike("20 scenes of 11", ours(), by_evalica(), by_choix(), within=1e-4)
    return {
        "fit_vs_evalica": _compared("20 scenes of 11, evalica", ours, by_evalica, seconds=3),
        "fit_vs_choix": _compared("20 scenes of 11, choix", ours, by_choix, seconds=3),
    }


def _rows(evalica: ModuleType) -> float:
    n, votes = 100, 10**6
    winner, loser, first_won = _votes(np.random.default_rng(2), n, votes)
    left, right = np.where(first_won, winner, loser), np.where(first_won, loser, winner)
    row = {
        "xs": left, "ys": right,
        "winners": [evalica.Winner.X if won else evalica.Winner.Y for won in first_won],
    }  # fmt: skip

    def ours() -> FloatArray:
        return list_strengths(winner, loser, n, prior=0)

    def theirs() -> FloatArray:
        return _logits(evalica.bradley_terry(**row))

    _alike("10⁶ votes", ours(), theirs(), within=1e-4)
    return _compared("100 conditions from 10⁶ votes, evalica", ours, theirs, seconds=6)


def _bootstrap(evalica: ModuleType) -> float:
    rng = np.random.default_rng(3)
    tasks = [_judged(rng) for _ in range(_TASKS)]
    rows = [_added_up(evalica, matrix) for matrix in _wins(rng, _TIMED, 1.0)]

    def ours() -> object:
        found = [subject_bootstrap(task, replicates=_REPLICATES) for task in tasks]
        return [(one.ranks(), one.p_best, one.p_beats) for one in found if one is not None]

    def theirs() -> object:
        return [evalica.bradley_terry(**row) for row in rows]

    scale = _TASKS * _SCENES * _REPLICATES / _TIMED
    return _compared("1,000 replicates of 80 scenes, evalica (×200)", ours, theirs, seconds=8, scale=scale)


def _sparse() -> float:
    n = 10_000
    winner, loser, _ = _votes(np.random.default_rng(4), n, 10**6)
    names = [str(i) for i in range(n)]

    def ours() -> FloatArray:
        return fit_list(winner, loser, names).strength

    def theirs() -> FloatArray:
        return _by_lbfgs(winner, loser, n)

    _alike("10,000 conditions", ours(), theirs(), within=1e-3)
    return _compared("10,000 conditions from 10⁶ votes, L-BFGS", ours, theirs, seconds=12)


def _counts() -> float:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Settings(data_dir=Path(folder), database_url="").database)
        migrate(database)
        study = published_size.write(database)

        def theirs() -> object:
            with database.read() as db:
                return db.connection().connection.cursor().execute(_CURSOR, (study,)).fetchall()

        def ours() -> object:
            return tally(database, study)

        found = _compared("22,000 votes from SQLite, a cursor", ours, theirs, seconds=4)
        database.close()
        return found


def _wins(rng: np.random.Generator, scenes: int, spread: float) -> FloatArray:
    """Counts of scenes in which every condition both won and lost; others have nothing to compare."""
    first, second = pairs(_CONDITIONS)
    wins = np.zeros((scenes, _CONDITIONS, _CONDITIONS))
    done = 0
    while done < scenes:
        truth = rng.normal(0, spread, _CONDITIONS)
        won = rng.binomial(_VOTES, expit(truth[first] - truth[second]))
        wins[done][first, second], wins[done][second, first] = won, _VOTES - won
        done += bool((wins[done].sum(axis=0) > 0).all() and (wins[done].sum(axis=1) > 0).all())
    return wins


def _votes(rng: np.random.Generator, n: int, votes: int) -> tuple[IntArray, IntArray, np.ndarray]:
    truth = rng.normal(0, 1, n)
    a = rng.integers(0, n, votes)
    b = (a + rng.integers(1, n, votes)) % n
    won = rng.random(votes) < expit(truth[a] - truth[b])
    return np.where(won, a, b), np.where(won, b, a), won


def _judged(rng: np.random.Generator) -> VoteColumns:
    """A task as the published study has it: every pair of every scene judged by 5 of 25 subjects."""
    first, second = pairs(_CONDITIONS)
    scene = np.repeat(np.arange(_SCENES), len(first) * _VOTES)
    pair = np.tile(np.repeat(np.arange(len(first)), _VOTES), _SCENES)
    truth = rng.normal(0, 1, (_SCENES, _CONDITIONS))
    a, b = first[pair], second[pair]
    share = (rng.random(len(a)) < expit(truth[scene, a] - truth[scene, b])).astype(float)
    return VoteColumns(
        scenes=tuple(map(str, range(_SCENES))), conditions=tuple(map(str, range(_CONDITIONS))),
        subjects=tuple(map(str, range(_SUBJECTS))), scene=scene, a=a, b=b, share=share, weight=np.ones(len(a)),
        subject=np.arange(len(a)) % _SUBJECTS, a_on_left=np.full(len(a), UNKNOWN),
    )  # fmt: skip


def _added_up(evalica: ModuleType, wins: FloatArray) -> dict[str, Any]:
    """The counts as evalica takes them fastest: one weighted row for each pair and winner."""
    import pandas as pd

    a, b = np.nonzero(wins)
    return {
        "xs": a, "ys": b, "winners": [evalica.Winner.X] * len(a), "weights": wins[a, b].tolist(),
        "index": pd.RangeIndex(len(wins)), "tolerance": 1e-8, "limit": 1000,
    }  # fmt: skip


def _logits(found: Any) -> FloatArray:
    strength = np.log(found.scores.sort_index().to_numpy())
    return np.asarray(strength - strength.mean())


def _by_lbfgs(winner: IntArray, loser: IntArray, n: int) -> FloatArray:
    """The same penalized likelihood and its exact gradient over a sparse design, scipy's usual minimizer."""
    ends = np.stack([winner, loser], axis=1).ravel()
    signs = np.tile([1.0, -1.0], len(winner))
    design = csr_array((signs, ends, np.arange(0, len(ends) + 1, 2)), shape=(len(winner), n))
    back = design.T.tocsr()

    def loss(s: FloatArray) -> tuple[float, FloatArray]:
        gap = design @ s
        value = np.logaddexp(0, -gap).sum() + DEFAULT_PRIOR * (s @ s) / 2
        return float(value), -(back @ expit(-gap)) + DEFAULT_PRIOR * s

    found = minimize(loss, np.zeros(n), jac=True, method="L-BFGS-B", options={"ftol": 1e-12, "gtol": 1e-3})
    return np.asarray(found.x)


def _alike(name: str, ours: FloatArray, *theirs: FloatArray, within: float) -> None:
    apart = max(float(np.abs(ours - one).max()) for one in theirs)
    if apart > within:
        raise SystemExit(f"{name}: the answers differ by {apart:.2g} logits")


def _compared(
    name: str, ours: Callable[[], object], theirs: Callable[[], object], *, seconds: float, scale: float = 1.0
) -> float:
    """Our median time over theirs, whose time is multiplied by ``scale``; in turns, three each at least."""
    times: tuple[list[float], list[float]] = ([], [])
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times[1]) < 3:
        for run, taken in zip((ours, theirs), times, strict=True):
            taken.append(_turn(run))
    mine, other = statistics.median(times[0]), scale * statistics.median(times[1])
    _say(f"{name:<46} ours {mine * 1e3:10.2f} ms   other {other * 1e3:10.2f} ms   ratio {mine / other:.4f}")
    return mine / other


def _turn(run: Callable[[], object]) -> float:
    """The processor time of one run, over as many as fill a turn: a single one finds the caches full of the other's."""
    start, runs = time.process_time(), 0
    while not runs or time.process_time() - start < _TURN:
        run()
        runs += 1
    return (time.process_time() - start) / runs


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
