"""Which measures can be computed where jobs run: asked before anything is queued that would wait and then fail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.catalog import MEASURES
from app.catalog.shelf import Shelf, needed
from app.db import Database
from app.db.models import Worker
from app.errors import Conflict
from app.jobs import objective
from app.jobs.contract import AnySpec, RecoverSpec, ScoreSpec, TrainSpec
from app.jobs.present import present


@dataclass(frozen=True, slots=True)
class AtHand:
    """The measures whose weights are at hand, or that need none, and who says so."""

    measures: frozenset[str]
    workers: int  # present that have told; with none it is this machine that was looked at
    folder: Path  # where this machine looks for weights first
    each: tuple[frozenset[str], ...]  # what every one of them has, because a job is done by one alone

    def best(self, measures: Iterable[str]) -> frozenset[str]:
        """What that one has which has the most of these measures."""
        asked = frozenset(measures)
        return max(self.each, key=lambda own: len(own & asked))

    def lacking(self, measures: Iterable[str]) -> tuple[str, ...]:
        """Those of a job's measures whose weights are missing where the fewest are, in the catalogue's order."""
        asked = frozenset(measures)
        return tuple(name for name in MEASURES if name in asked - self.best(asked))

    def sentence(self, name: str) -> str:
        """What is missing of a measure, and how it comes here."""
        files = needed([name])
        where = "No worker has" if self.workers else "This machine does not have"
        where = "No worker with the other weights of a job has" if name in self.measures else where
        told = f"{where} the weights of {MEASURES[name].name} ({', '.join(file.name for file in files)})"
        folder = "the folder of weights of a worker (BEHOLDER_WEIGHTS there)" if self.workers else str(self.folder)
        if not all(file.sources for file in files):
            return f"{told}, which nobody published: put yours into {folder}, or what needs them fails."
        fetched = f"`python -m trainer fetch-weights --measures {name}` where a worker runs"
        return f"{told}: fetch them with {fetched}, or put them into {folder}, or what needs them fails."


class WeightsNotAtHand(Conflict):
    """No worker has the weights of a measure that the jobs need."""

    def __init__(self, hand: AtHand, lacking: Sequence[str]) -> None:
        self.lacking = tuple(lacking)
        super().__init__(
            "\n".join(("Nothing was launched.", *map(hand.sentence, lacking))),
            "launch anyway (`--anyway`, or `anyway` over the API) if workers will have them by then: those that are "
            "connected fetch what is published",
        )


def at_hand(database: Database, shelf: Shelf) -> AtHand:
    """What the workers have; ``shelf`` is where this machine keeps weights, and counts if no worker is present."""
    with database.read() as db:
        told = [set(weights) for weights in db.scalars(select(Worker.weights).where(present())) if weights is not None]
    free = {name for name, measure in MEASURES.items() if not measure.needs_weights}
    each = [free | own for own in told or [{name for name in MEASURES if not shelf.missing([name])}]]
    return AtHand(frozenset[str]().union(*each), len(told), shelf.own, tuple(map(frozenset, each)))


def require_weights(hand: AtHand, lacking: Sequence[str]) -> None:
    """Raises ``WeightsNotAtHand`` where jobs lack something."""
    if lacking:
        raise WeightsNotAtHand(hand, lacking)


def measures_of(spec: AnySpec) -> tuple[str, ...]:
    """The measures that a job computes; none of a rendering."""
    if isinstance(spec, TrainSpec):
        return objective.parse(spec.recipe.objective).measures
    if isinstance(spec, RecoverSpec):
        return objective.parse(spec.objective).measures
    return spec.measures if isinstance(spec, ScoreSpec) else ()
