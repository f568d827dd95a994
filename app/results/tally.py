"""A study's votes become counts: one query for what was shown, one for the votes, the rest in numpy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import aliased

from app.analysis.arrays import BoolArray, IntArray
from app.db import Database
from app.db.models import Pair, PairKind, Session, Stimulus, Subject, Trial, TrialKind, Vote
from app.results.counting import IN_ORDER, Selection, excluded, winner
from app.results.judgements import WINNERS, Judgements, TaskTally
from app.studies import states
from app.studies.states import protocol_of

_Pair = Row[int, str, str, str, str]
_AT_ONCE = 1000  # rows that live together: more of them wake the garbage collector, which takes longer than the query
A, B = aliased(Stimulus), aliased(Stimulus)
_PAIRS = (
    select(Pair.id, Pair.task, Pair.scene, A.condition, B.condition)
    .join(A, Pair.a_id == A.id)
    .join(B, Pair.b_id == B.id)
    .where(Pair.kind == PairKind.TEST)
    .order_by(Pair.id)
)
_LABELS = select(Subject.id, Subject.label).order_by(Subject.id)


def tally(
    database: Database,
    study_id: int,
    *,
    people: bool | None = None,
    include_excluded: bool = False,
    scenes: Collection[str] = (),
    without: frozenset[str] = frozenset(),
) -> tuple[TaskTally, ...]:
    """The counts of every task of a study, in the order of the tasks' names.

    Test trials of sessions that are neither excluded nor pilots count, and of these a subject's first judgement of a
    pair. Votes marked as late count. A demonstration counts its simulated sessions, and with ``people=True`` the people
    who tried it instead; any other study counts people only. Only these scenes take part, or all where none is named.
    Subjects with the labels ``without`` are left out.
    """
    with database.read() as db:
        study = states.find(db, study_id)
        adaptive = protocol_of(study).is_adaptive
        connection = db.connection()  # plain tuples; objects would take longer than all that follows
        pairs = connection.execute(_PAIRS.where(Pair.study_id == study_id)).all()
        votes = _votes(connection, study_id, Selection(study.is_demo, people, include_excluded, without))
        labels = {row[0]: row[1] for row in connection.execute(_LABELS.where(Subject.study_id == study_id))}
    by_task: dict[str, list[_Pair]] = {}
    for pair in pairs:
        by_task.setdefault(pair[1], []).append(pair)
    return tuple(
        replace(_judgements(task, by_task[task], votes, labels).within(scenes).tally(), adaptive=adaptive)
        for task in sorted(by_task)
    )


def scenes_of(database: Database, study_id: int) -> tuple[str, ...]:
    """Every scene of the study of which pairs are compared, in the order of their names."""
    with database.read() as db:
        found = select(Pair.scene).where(Pair.study_id == study_id, Pair.kind == PairKind.TEST).distinct()
        return tuple(sorted(db.scalars(found)))


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """The votes on test trials, column by column, in the order in which they were given."""

    pair: IntArray
    subject: IntArray
    winner: IntArray
    a_on_left: IntArray
    late: BoolArray
    simulated: BoolArray
    excluded: BoolArray
    why_not: Sequence[str]


def _votes(connection: Connection, study_id: int, selection: Selection) -> _Votes:
    found = connection.execute(
        select(
            Trial.pair_id,
            Session.subject_id,
            winner(),
            Trial.a_on_left,
            Vote.late,
            Session.simulated,
            excluded(),
            selection.why_not(),
        )
        .join(Trial, Vote.trial_id == Trial.id)
        .join(Session, Trial.session_id == Session.id)
        .where(Session.study_id == study_id, Trial.kind == TrialKind.TEST)
        .order_by(*IN_ORDER)
    )
    columns: tuple[list[Any], ...] = ([], [], [], [], [], [], [], [])
    for part in found.partitions(_AT_ONCE):
        for column, cells in zip(columns, zip(*part, strict=True), strict=True):
            column.extend(cells)
    pair, subject, chosen, on_left, late, simulated, out, why_not = columns
    number = {name: place for place, name in enumerate(WINNERS)}
    return _Votes(
        pair=np.array(pair, dtype=np.int64),
        subject=np.array(subject, dtype=np.int64),
        winner=np.array([number[name] for name in chosen], dtype=np.int64),
        a_on_left=np.array(on_left, dtype=np.int64),
        late=np.array(late, dtype=np.bool_),
        simulated=np.array(simulated, dtype=np.bool_),
        excluded=np.array(out, dtype=np.bool_),
        why_not=why_not,
    )


def _judgements(task: str, pairs: Sequence[_Pair], votes: _Votes, labels: Mapping[int, str]) -> Judgements:
    ids, _, scene, a, b = zip(*pairs, strict=True)
    scenes, conditions = sorted(set(scene)), sorted({*a, *b})
    known = np.array(ids, dtype=np.int64)
    at = np.searchsorted(known, votes.pair).clip(max=len(known) - 1)
    mine = np.flatnonzero(known[at] == votes.pair)
    at = at[mine]
    numbers, subject = np.unique(votes.subject[mine], return_inverse=True)
    return Judgements(
        task=task,
        scenes=tuple(scenes),
        conditions=tuple(conditions),
        scene=_codes(scene, scenes)[at],
        a=_codes(a, conditions)[at],
        b=_codes(b, conditions)[at],
        winner=votes.winner[mine],
        weight=np.ones(len(mine)),
        late=votes.late[mine],
        subject=np.asarray(subject, dtype=np.int64),
        subjects=tuple(labels[number] for number in numbers.tolist()),
        a_on_left=votes.a_on_left[mine],
        simulated=votes.simulated[mine],
        excluded=votes.excluded[mine],
        why_not=[votes.why_not[place] for place in mine.tolist()],
    )


def _codes(names: Sequence[str], known: Sequence[str]) -> IntArray:
    places = {name: place for place, name in enumerate(known)}
    return np.array([places[name] for name in names], dtype=np.int64)
