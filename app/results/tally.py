"""A study's votes become counts: one query for the votes, one for what was shown, the rest in numpy."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import aliased

from app.analysis.arrays import IntArray
from app.db import Database
from app.db.models import Pair, PairKind, Session, Stimulus, Trial, TrialKind, Vote
from app.results.counting import IN_ORDER, Selection, winner
from app.results.judgements import WINNERS, Judgements, TaskTally
from app.studies import states

_Pair = Row[int, str, str, str, str]
_Vote = Row[int, int, str, bool, str]
_a, _b = aliased(Stimulus), aliased(Stimulus)
_PAIRS = (
    select(Pair.id, Pair.task, Pair.scene, _a.condition.label("a"), _b.condition.label("b"))
    .join(_a, Pair.a_id == _a.id)
    .join(_b, Pair.b_id == _b.id)
    .where(Pair.kind == PairKind.TEST)
)


def tally(
    database: Database, study_id: int, *, people: bool | None = None, include_excluded: bool = False
) -> tuple[TaskTally, ...]:
    """The counts of every task of a study, in the order of the tasks' names.

    Test trials of sessions that are neither excluded nor pilots count, and of these a subject's first judgement of a
    pair. Votes marked as late count. A demonstration counts its simulated sessions, and with ``people=True`` the people
    who tried it instead; any other study counts people only.
    """
    with database.read() as db:
        study = states.find(db, study_id)
        pairs = db.execute(_PAIRS.where(Pair.study_id == study_id)).all()
        votes = _votes(db, study_id, Selection(study.is_demo, people, include_excluded))
    by_task: dict[str, list[_Pair]] = {}
    for pair in pairs:
        by_task.setdefault(pair.task, []).append(pair)
    return tuple(_judgements(task, by_task[task], votes).tally() for task in sorted(by_task))


def _votes(db: DbSession, study_id: int, selection: Selection) -> Sequence[_Vote]:
    return db.execute(
        select(Trial.pair_id, Session.subject_id, winner(), Vote.late, selection.why_not())
        .join(Trial, Vote.trial_id == Trial.id)
        .join(Session, Trial.session_id == Session.id)
        .where(Session.study_id == study_id, Trial.kind == TrialKind.TEST)
        .order_by(*IN_ORDER)
    ).all()


def _judgements(task: str, pairs: Sequence[_Pair], votes: Sequence[_Vote]) -> Judgements:
    scenes = tuple(sorted({pair.scene for pair in pairs}))
    conditions = tuple(sorted({pair.a for pair in pairs} | {pair.b for pair in pairs}))
    code = {pair.id: (scenes.index(pair.scene), conditions.index(pair.a), conditions.index(pair.b)) for pair in pairs}
    mine = [vote for vote in votes if vote[0] in code]
    shown = [code[vote[0]] for vote in mine]
    return Judgements(
        task=task,
        scenes=scenes,
        conditions=conditions,
        scene=_codes([scene for scene, _, _ in shown]),
        a=_codes([a for _, a, _ in shown]),
        b=_codes([b for _, _, b in shown]),
        winner=_codes([WINNERS.index(vote[2]) for vote in mine]),
        weight=np.ones(len(mine)),
        late=np.array([vote[3] for vote in mine], dtype=np.bool_),
        subject=_codes([vote[1] for vote in mine]),
        why_not=[vote[4] for vote in mine],
    )


def _codes(numbers: list[int]) -> IntArray:
    return np.array(numbers, dtype=np.int64)
