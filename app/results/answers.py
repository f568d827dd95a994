"""Every answer of a study or of a file, counted or not: what the analysis of subjects looks at."""

from dataclasses import dataclass

from app.analysis.arrays import BoolArray, FloatArray, IntArray

KINDS = ("practice", "dummy", "test", "catch", "repeat")
NO_TIME = -1  # in ``elapsed_ms``


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers of all tasks and kinds, one by one and in the order in which they were given.

    All columns are equally long. Codes are positions in ``tasks``, ``scenes``, ``conditions``, ``subjects`` and
    ``sessions``, each sorted; ``kind`` is one in ``KINDS`` and ``winner`` one in ``judgements.WINNERS``.

    Attributes
    ----------
    subject, session
        None where a file does not say, and then so are ``subjects`` or ``sessions``.
    a_on_left
        As ``VoteColumns`` has it: 1, 0, or ``UNKNOWN``.
    elapsed_ms
        ``NO_TIME`` where it is not known.
    weight
        0 where a study or a file does not count the answer, whatever its kind.
    simulated, excluded
        None where a file does not say.
    """

    tasks: tuple[str, ...]
    scenes: tuple[str, ...]
    conditions: tuple[str, ...]
    subjects: tuple[str, ...] | None
    sessions: tuple[str, ...] | None
    task: IntArray
    scene: IntArray
    a: IntArray
    b: IntArray
    winner: IntArray
    kind: IntArray
    a_on_left: IntArray
    subject: IntArray | None
    session: IntArray | None
    elapsed_ms: IntArray
    weight: FloatArray
    simulated: BoolArray | None
    excluded: BoolArray | None

    def __len__(self) -> int:
        return len(self.task)
