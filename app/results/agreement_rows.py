"""The rows of ``agreement.csv``, ``rank_matrix.csv``, ``twoafc.csv`` and ``measures.csv``."""

from collections.abc import Iterable, Iterator, Sequence

from app.analysis.agreement import Compared
from app.analysis.correlations import Coefficient
from app.analysis.rank_matrix import RankMatrix
from app.results.agreement import Agreement, PreferenceRow
from app.results.cells import Cell
from app.results.measure_tables import MeasureId
from app.studies.measured import Held

Cells = Iterator[tuple[Cell, ...]]
_NO_OWN = "no condition was trained under it"


def agreement_rows(found: Agreement) -> Cells:
    """One for each measure of each task, the highest SRCC first."""
    for task in found.tasks:
        resampled = "scenes and subjects" if task.of_subjects else "scenes"
        for row in task.rows:
            one = row.found
            without = one.without_own
            yield (
                task.task, row.id.measure, row.id.form.value, _better(row.higher_is_better),
                *_coefficients(one.whole), one.whole.reason, len(one.whole.conditions), one.scenes,
                "; ".join(one.own), *_coefficients(without), without.reason if without else _NO_OWN,
                len(without.conditions) if without else None, "; ".join(one.without_value), found.level, resampled,
                found.replicates, found.seed,
            )  # fmt: skip


def rank_matrix_rows(found: Agreement) -> Cells:
    """One for each condition and measure of each task."""
    for task in found.tasks:
        if task.matrix is not None:
            yield from matrix_rows(task.task, task.matrix, task.ids)


def twoafc_rows(found: Agreement) -> Cells:
    """One for each measure and kind of people, over all tasks and for each."""
    yield from _preferences("", found.overall, found.level)
    for task in found.tasks:
        yield from _preferences(task.task, task.preferences, found.level)


def measure_rows(held: Iterable[Held]) -> Cells:
    """One for each value, such as ``beholder measures`` reads."""
    for one in held:
        yield (
            one.task, one.scene, one.condition, one.measure, one.value, _better(one.higher_is_better), one.form.value,
            one.source,
        )  # fmt: skip


def _coefficients(compared: Compared | None) -> Iterator[Cell]:
    for kind in Coefficient:
        one = compared.coefficients.get(kind) if compared else None
        yield from (one.value, one.low, one.high) if one else (None, None, None)


def matrix_rows(task: str, matrix: RankMatrix, ids: Sequence[MeasureId]) -> Cells:
    """One for each condition and measure of the matrix of a task; ``ids`` are its columns."""
    for i, condition in enumerate(matrix.conditions):
        for m, of in enumerate(ids):
            if not matrix.rank[i, m]:
                continue
            alone, own = bool(matrix.diagonal[i, m]), bool(matrix.own[i, m])
            yield (
                task, condition, of.measure, of.form.value, _better(bool(matrix.higher_is_better[m])),
                int(matrix.rank[i, m]), float(matrix.mean[i, m]), int(matrix.scenes[m]),
                "alone" if alone else "with others" if own else "", bool(matrix.rank[i, m] == 1) if alone else None,
            )  # fmt: skip


def _preferences(task: str, rows: Sequence[PreferenceRow], level: float) -> Cells:
    for row in rows:
        mean, measure = row.mean, row.who if isinstance(row.who, MeasureId) else None
        named = (task, "measure", measure.measure, measure.form.value) if measure else (task, str(row.who), None, None)
        if mean is None:
            yield *named, None, None, None, level, 0, 0, row.reason
        else:
            yield *named, mean.value, mean.low, mean.high, level, mean.pairs, mean.scenes, mean.reason


def _better(higher: bool) -> str:
    return "higher" if higher else "lower"
