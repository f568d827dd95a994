"""What a study's design can be expected to bring before anybody has voted, task by task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import FloatArray
from app.analysis.design import Parts
from app.analysis.expected_design import Guess, expected_parts, ladder
from app.analysis.intervals import FEWEST_SCENES, FEWEST_SUBJECTS
from app.analysis.power import difference_error, power
from app.analysis.significance import Correction
from app.catalog import TASKS
from app.db.models import PairKind
from app.results.islands import islands_in_words
from app.results.planning import Wish
from app.results.sentences import counted
from app.studies.inventory import TaskStock
from app.studies.pairs import PlannedPair, plan
from app.studies.protocol import Protocol


@dataclass(frozen=True, slots=True)
class ExpectedTask:
    """A task as it is planned; without a half-width where the design allows no interval, or none is wanted."""

    task: str
    title: str
    conditions: int
    scenes: int
    subjects: int
    votes_per_pair: float  # and scene
    half_width: float | None
    limit: float | None  # which no number of subjects goes below
    chance: dict[Correction, float]  # of telling the wished difference; empty where it cannot be tested
    connected: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What the whole study can be expected to bring, and what was assumed."""

    tasks: tuple[ExpectedTask, ...]
    subjects: int
    wish: Wish
    level: float
    assumed: str
    adaptive: bool


def expected(protocol: Protocol, stock: Sequence[TaskStock], wish: Wish | None = None) -> Expected:
    """The numbers of a draft, under the level of its analysis plan."""
    tests = [pair for pair in plan(protocol, stock) if pair.kind is PairKind.TEST]
    sessions = protocol.sessions_needed(len(tests)) if tests else 0
    votes = sessions * protocol.comparisons(len(tests)) / len(tests) if tests else 0.0
    asked, guess = wish or Wish(), Guess()
    return Expected(
        tasks=tuple(_tasks(protocol, tests, sessions, votes, asked, guess)), subjects=sessions, wish=asked,
        level=1 - protocol.plan_alpha, assumed=_assumed(guess), adaptive=protocol.is_adaptive,
    )  # fmt: skip


def _tasks(
    protocol: Protocol, tests: Sequence[PlannedPair], subjects: int, votes: float, wish: Wish, guess: Guess
) -> Iterator[ExpectedTask]:
    for task in sorted({pair.a.task for pair in tests}):
        mine = [pair for pair in tests if pair.a.task == task]
        conditions = sorted({shown.condition for pair in mine for shown in (pair.a, pair.b)})
        scenes = sorted({pair.a.scene for pair in mine})
        known, parts = TASKS.get(task), None
        if not protocol.is_adaptive and len(scenes) >= FEWEST_SCENES and subjects >= FEWEST_SUBJECTS:
            parts = expected_parts(len(conditions), len(scenes), subjects, votes, guess)
        level = 1 - protocol.plan_alpha
        yield ExpectedTask(
            task=task, title=known.title if known else task, conditions=len(conditions), scenes=len(scenes),
            subjects=subjects, votes_per_pair=votes,
            half_width=parts.half_width(subjects, len(scenes), level) if parts else None,
            limit=parts.with_endless_subjects(level) if parts else None,
            chance=_chance(parts, len(conditions), protocol.plan_alpha, wish, guess) if parts else {},
            connected=islands_in_words(_met(mine, scenes, conditions), scenes, conditions, "pairs"),
        )  # fmt: skip


def _chance(parts: Parts, conditions: int, alpha: float, wish: Wish, guess: Guess) -> dict[Correction, float]:
    error = difference_error(parts.over_scenes(parts.subjects), conditions)
    tests = power(guess.flattening * ladder(conditions, guess.conditions), error, parts.scenes, alpha)
    return {one: tests.of(wish.difference, error, one) for one in Correction}


def _met(pairs: Sequence[PlannedPair], scenes: Sequence[str], conditions: Sequence[str]) -> FloatArray:
    met = np.zeros((len(scenes), len(conditions), len(conditions)))
    for pair in pairs:
        met[scenes.index(pair.a.scene), conditions.index(pair.a.condition), conditions.index(pair.b.condition)] = 1
    return met


def _assumed(guess: Guess) -> str:
    return (
        f"Assumed, not measured: conditions at even distances with a spread of {guess.conditions:g} logits, and "
        f"{guess.scenes:g} logits between scenes and between subjects, as in the design whose error rates are known "
        f"({counted(11, 'condition')} from −1.2 to 1.2). Other studies differ; after some votes the part Planning of "
        "the results measures it."
    )
