"""Which pairs a study shows; frozen into rows when it opens."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.models import Pair, PairKind
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
    scenes, practice uses references against degraded inputs, where the right answer is known.
    """
    planned = list[PlannedPair]()
    for task in stock:
        for scene in task.scenes:
            reference = task.pictures.get((scene, REFERENCE))
            if reference is None:
                continue  # the lint reports it
            tests = [PlannedPair(PairKind.TEST, reference, a, b) for a, b in task.pairs(scene)]
            known = task.catch_pair(scene)
            if scene in protocol.practice_scenes:
                planned += [PlannedPair(PairKind.PRACTICE, reference, pair.a, pair.b) for pair in tests]
            else:
                planned += tests
            if known is None:
                continue
            if scene not in protocol.practice_scenes:
                planned.append(PlannedPair(PairKind.CATCH, reference, *known))
            if scene in protocol.practice_scenes or not protocol.practice_scenes:
                planned.append(PlannedPair(PairKind.PRACTICE, reference, *known))
    return planned
