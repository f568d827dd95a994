"""Which pairs a study shows; frozen into rows when it opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.db.models import Pair, PairKind
from app.studies.fields import CatchPair
from app.studies.inventory import REFERENCE, Shown, TaskStock
from app.studies.protocol import Protocol


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """Two pictures to be shown around their reference."""

    kind: PairKind
    reference: Shown
    a: Shown
    b: Shown

    def row(self, study_id: int) -> Pair:
        """The pair as a row of its study."""
        return Pair(
            study_id=study_id, kind=self.kind, task=self.a.task, scene=self.a.scene,
            reference_id=self.reference.id, a_id=self.a.id, b_id=self.b.id,
        )  # fmt: skip


def plan(protocol: Protocol, stock: Sequence[TaskStock]) -> list[PlannedPair]:
    """Every pair of the study: all conditions of a scene against each other, references against degraded inputs.

    Practice scenes give practice pairs alone, so that nobody is tested on what they practised with; without practice
    scenes, practice uses references against degraded inputs, where the right answer is known. Where the protocol
    chooses catch pairs, these are the only ones, and none of them is a test pair: nobody sees a pair in two roles.
    """
    planned = list(_chosen(protocol, stock))
    taken = {frozenset((pair.a.id, pair.b.id)) for pair in planned}
    for task in stock:
        for scene in task.scenes:
            reference = task.pictures.get((scene, REFERENCE))
            if reference is None:
                continue  # the lint reports it
            tests = [PlannedPair(PairKind.TEST, reference, a, b) for a, b in task.pairs(scene)]
            tests = [pair for pair in tests if frozenset((pair.a.id, pair.b.id)) not in taken]
            known = task.catch_pair(scene)
            if scene in protocol.practice_scenes:
                planned += [PlannedPair(PairKind.PRACTICE, reference, pair.a, pair.b) for pair in tests]
            else:
                planned += tests
            if known is None:
                continue
            if scene not in protocol.practice_scenes and not protocol.catch_pairs:
                planned.append(PlannedPair(PairKind.CATCH, reference, *known))
            if scene in protocol.practice_scenes or not protocol.practice_scenes:
                planned.append(PlannedPair(PairKind.PRACTICE, reference, *known))
    return planned


def chosen(pair: CatchPair, stock: Sequence[TaskStock]) -> PlannedPair | None:
    """The catch pair that the protocol means, the better picture first; None where a picture of it is missing."""
    for task in stock:
        if task.task == pair.task:
            names = (REFERENCE, pair.better, pair.worse)
            shown = [task.pictures[pair.scene, name] for name in names if (pair.scene, name) in task.pictures]
            return PlannedPair(PairKind.CATCH, *shown) if len(shown) == len(names) else None
    return None


def _chosen(protocol: Protocol, stock: Sequence[TaskStock]) -> Iterator[PlannedPair]:
    found = (chosen(pair, stock) for pair in protocol.catch_pairs)
    yield from (pair for pair in found if pair is not None)  # the lint reports the others
