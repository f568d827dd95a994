"""How far every pair of a study has come: the judgements that it has, beside those that it should have."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db import Database
from app.db.models import Pair, PairKind, Session, Stimulus, Trial, TrialKind, Vote
from app.db.order import by_code
from app.sessions.loads import counted
from app.studies import states
from app.studies.states import protocol_of


@dataclass(frozen=True, slots=True)
class PairCoverage:
    """How far two conditions of a task have come, over all its scenes."""

    a: str
    b: str
    judged: int  # valid judgements
    target: int
    least: int  # in the scene that has fewest
    most: int


@dataclass(frozen=True, slots=True)
class TaskCoverage:
    """How far the pairs of a task have come."""

    task: str
    pairs: tuple[PairCoverage, ...]


def coverage(database: Database, study_id: int) -> list[TaskCoverage]:
    """Per task, how many valid judgements each pair of conditions has and should have."""
    a, b = aliased(Stimulus), aliased(Stimulus)
    with database.read() as db:
        study = states.find(db, study_id)
        valid = (
            select(Trial.pair_id, func.count().label("judged"))
            .join(Session, Session.id == Trial.session_id)
            .join(Vote, Vote.trial_id == Trial.id)
            .where(Trial.kind == TrialKind.TEST, *counted(study_id, simulated=study.is_demo))
            .group_by(Trial.pair_id)
            .subquery()
        )
        rows = db.execute(
            select(Pair.task, a.condition, b.condition, func.coalesce(valid.c.judged, 0))
            .join(a, a.id == Pair.a_id)
            .join(b, b.id == Pair.b_id)
            .outerjoin(valid, valid.c.pair_id == Pair.id)
            .where(Pair.study_id == study_id, Pair.kind == PairKind.TEST)
            .order_by(by_code(Pair.task), by_code(a.condition), by_code(b.condition))
        )
        scenes = defaultdict[str, dict[tuple[str, str], list[int]]](dict)
        for task, first, second, judged in rows:
            scenes[task].setdefault((first, second), []).append(judged)
    wanted = protocol_of(study).judgements_per_pair
    return [
        TaskCoverage(
            task,
            tuple(PairCoverage(*ab, sum(n), wanted * len(n), min(n), max(n)) for ab, n in pairs.items()),
        )
        for task, pairs in scenes.items()
    ]  # fmt: skip
