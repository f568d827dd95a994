"""How often each condition was preferred to each other one, over the scenes that take part."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import FloatArray
from app.results.report import StudyReport
from app.results.sentences import counted
from app.results.task_report import TaskReport


@dataclass(frozen=True, slots=True)
class WinRow:
    """The votes on a pair, from one of its conditions' side; no share where there are none."""

    condition_a: str
    condition_b: str
    wins: float
    votes: float
    share: float | None


@dataclass(frozen=True, slots=True, eq=False)
class WinMatrix:
    """``wins[i, j]``: votes for condition *i* against *j*; conditions stand in the order of the ranking."""

    conditions: tuple[str, ...]
    wins: FloatArray

    @property
    def votes(self) -> FloatArray:
        """Votes on each pair."""
        return np.asarray(self.wins + self.wins.T, dtype=np.float64)

    def rows(self) -> Iterator[WinRow]:
        """Every ordered pair, row by row of the matrix."""
        votes = self.votes
        for i, one in enumerate(self.conditions):
            for j, other in enumerate(self.conditions):
                if i != j:
                    won, of = float(self.wins[i, j]), float(votes[i, j])
                    yield WinRow(one, other, won, of, won / of if of else None)

    @property
    def sentence(self) -> str:
        """Who wins most often over all, and the clearest of all pairs."""
        won, of = self.wins.sum(axis=1), self.votes.sum(axis=1)
        shares = np.divide(won, of, out=np.zeros_like(won), where=of > 0)
        best = int(shares.argmax())
        clearest = max((row for row in self.rows() if row.share is not None), key=lambda row: (row.share, row.votes))
        return (
            f"{self.conditions[best]} wins {shares[best] * 100:.0f} % of its comparisons; the clearest pair is "
            f"{clearest.condition_a} over {clearest.condition_b}, with {clearest.wins:g} of "
            f"{counted(clearest.votes, 'vote')}."
        )


def win_matrix(report: StudyReport, task: TaskReport) -> WinMatrix:
    """The matrix of a task that has rows."""
    (tally,) = (one for one in report.tallies if one.task == task.task)
    out = {row.scene for row in task.scene_rows if row.left_out}
    kept = [place for place, scene in enumerate(tally.scenes) if scene not in out]
    names = tuple(row.condition for row in task.rows)
    order = [tally.conditions.index(name) for name in names]
    return WinMatrix(names, tally.wins[kept].sum(axis=0)[np.ix_(order, order)])
