"""Counted votes as pwcmp's functions read them: a row for each comparison, and a count matrix for each scene."""

from collections.abc import Iterator, Sequence

from app.results.cells import Cell
from app.results.counted_votes import counted_votes
from app.results.judgements import TaskTally


def has_comparisons(tallies: Sequence[TaskTally]) -> bool:
    """Whether votes can be told one by one: subjects are known, and each row is so many whole votes."""
    return all(
        tally.columns.subject is not None and not (tally.columns.weight % 1).any()
        for tally in tallies
        if len(tally.columns)
    )


def comparison_rows(tallies: Sequence[TaskTally]) -> Iterator[tuple[Cell, ...]]:
    """A row for each counted vote; ties are left out, for pwcmp knows none."""
    for tally in tallies:
        names = tally.conditions
        for vote in counted_votes(tally):
            if vote.share in (0, 1):
                won = int(vote.share)
                pair = (names[vote.first], names[vote.second])
                for _ in range(int(vote.weight)):
                    yield tally.task, vote.scene, f"{tally.task}/{vote.scene}", vote.subject, *pair, 2 - won, won


def count_rows(tally: TaskTally) -> Iterator[tuple[Cell, ...]]:
    """A row for each scene and condition: how often it was preferred to each condition; a tie is half a vote."""
    for scene, wins in zip(tally.scenes, tally.wins, strict=True):
        for name, row in zip(tally.conditions, wins.tolist(), strict=True):
            yield scene, name, *row
