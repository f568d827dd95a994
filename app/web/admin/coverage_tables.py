"""The coverage of a study's pairs as tables: conditions against conditions, a cell for each pair."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.sessions.coverage import TaskCoverage


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """How often every two conditions of a task have been compared."""

    task: str
    conditions: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, int, int] | None, ...]], ...]  # condition; judged, target and shade
    target: int | None  # of every pair; None where pairs have targets of their own


def coverage_tables(tasks: Sequence[TaskCoverage]) -> list[CoverageTable]:
    """A table for each task; a pair that the study does not show has an empty cell."""
    return [_table(task) for task in tasks]


def _table(task: TaskCoverage) -> CoverageTable:
    names = tuple(sorted({pair.a for pair in task.pairs} | {pair.b for pair in task.pairs}))
    known = {(pair.a, pair.b): pair for pair in task.pairs}
    rows = []
    for row in names:
        cells = list[tuple[int, int, int] | None]()
        for column in names:
            pair = known.get((row, column)) or known.get((column, row))
            cells.append((pair.judged, pair.target, _shade(pair.judged, pair.target)) if pair else None)
        rows.append((row, tuple(cells)))
    targets = {pair.target for pair in task.pairs}
    return CoverageTable(task.task, names, tuple(rows), targets.pop() if len(targets) == 1 else None)


def _shade(judged: int, target: int) -> int:
    """0 to 3: empty, begun, half-way, full."""
    if judged == 0:
        return 0
    return 3 if judged >= target else 2 if 2 * judged >= target else 1
