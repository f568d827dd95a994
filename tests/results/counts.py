"""The tally of a task that has nothing but counts, as tests write them down."""

from collections.abc import Mapping, Sequence

from app.analysis.arrays import BoolArray, FloatArray
from app.analysis.vote_columns import from_wins
from app.results.judgements import TaskTally


def tally_of(
    wins: FloatArray,
    scenes: Sequence[str],
    conditions: Sequence[str],
    *,
    task: str = "denoise",
    judged: BoolArray | None = None,
    ties: float = 0,
    late: int = 0,
    left_out: Mapping[str, int] | None = None,
) -> TaskTally:
    """The tally; its columns have one row for each cell of ``wins``, and no subjects."""
    return TaskTally(
        task=task, scenes=tuple(scenes), conditions=tuple(conditions), wins=wins, votes=float(wins.sum()), ties=ties,
        late=late, judged=judged, left_out=dict(left_out or {}), columns=from_wins(wins, scenes, conditions),
    )  # fmt: skip
