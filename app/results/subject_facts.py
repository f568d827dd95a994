"""What there is to screen subjects by: every answer of a study or of a file, the catch rule, and who is excluded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, or_, select

from app.analysis.arrays import IntArray
from app.analysis.catch_rule import CatchRule
from app.db import Database
from app.db.models import Outcome, Pair, Session, Subject, Trial, TrialKind, Vote
from app.results.answers import KINDS, NO_TIME, Answers
from app.results.counting import IN_ORDER, Selection, excluded, winner
from app.results.judgements import WINNERS
from app.results.options import ReportOptions
from app.results.session_rows import exclusion_rules
from app.results.tally import A, B
from app.studies import states
from app.studies.states import protocol_of

_AT_ONCE = 1000  # rows that live together: more of them wake the garbage collector
_WANTED = (TrialKind.TEST, TrialKind.CATCH, TrialKind.REPEAT)


@dataclass(frozen=True, slots=True, eq=False)
class SubjectFacts:
    """What is known of the subjects before anything is worked out, and before anything that is flagged is left out.

    Attributes
    ----------
    answers
        With subjects. Those of pilots and of subjects who have withdrawn are not among a study's.
    rule
        The study's catch rule; None for a file, which does not tell it.
    ties
        Whether "can't tell" is an answer.
    rules
        By which rule each excluded session is excluded, where that is known.
    """

    answers: Answers
    rule: CatchRule | None
    ties: bool
    rules: Mapping[str, str]


def facts_of_study(database: Database, study_id: int, options: ReportOptions) -> SubjectFacts:
    """The facts of a study, from four queries; whose answers they are, and which count, the options say."""
    with database.read() as db:
        study = states.find(db, study_id)
        protocol = protocol_of(study)
        selection = Selection(study.is_demo, options.people, options.include_excluded)
        connection = db.connection()
        pairs = connection.execute(
            select(Pair.id, Pair.task, Pair.scene, A.condition, B.condition)
            .join(A, Pair.a_id == A.id)
            .join(B, Pair.b_id == B.id)
            .where(Pair.study_id == study_id)
            .order_by(Pair.id)
        ).all()
        labels = connection.execute(select(Subject.id, Subject.label).where(Subject.study_id == study_id)).all()
        columns = _columns(connection, study_id, selection)
        rules = exclusion_rules(db, study_id)
    chance = 1 / 3 if protocol.allow_tie else 1 / 2
    return SubjectFacts(
        answers=_answers(columns, pairs, {row[0]: row[1] for row in labels}, selection),
        rule=CatchRule(protocol.catch_trials, protocol.catch_failures_allowed, chance),
        ties=protocol.allow_tie,
        rules={str(session): rule for session, rule in rules.items()},
    )


def facts_of_file(answers: Answers) -> SubjectFacts | None:
    """The facts of a file; None where it does not say who answered."""
    if answers.subject is None:
        return None
    ties = bool((answers.winner == WINNERS.index("tie")).any())
    return SubjectFacts(answers, None, ties, {})


def _columns(connection: Connection, study_id: int, selection: Selection) -> tuple[list[Any], ...]:
    found = connection.execute(
        select(
            Trial.pair_id, Session.subject_id, Trial.session_id, Trial.kind, winner(), Trial.a_on_left,
            Vote.elapsed_ms, excluded(),
        )
        .join(Trial, Vote.trial_id == Trial.id)
        .join(Session, Trial.session_id == Session.id)
        .where(
            Session.study_id == study_id,
            Session.pilot.is_(False),
            Session.simulated.is_(selection.simulated),
            or_(Session.outcome.is_(None), Session.outcome != Outcome.WITHDRAWN),
            Trial.kind.in_(_WANTED),
            or_(Trial.kind == TrialKind.TEST, Trial.given_back_at.is_(None)),  # as the catch rule judges a session
        )
        .order_by(*IN_ORDER)
    )  # fmt: skip
    columns: tuple[list[Any], ...] = ([], [], [], [], [], [], [], [])
    for part in found.partitions(_AT_ONCE):
        for column, cells in zip(columns, zip(*part, strict=True), strict=True):
            column.extend(cells)
    return columns


def _answers(
    columns: tuple[list[Any], ...], pairs: Sequence[Any], labels: Mapping[int, str], selection: Selection
) -> Answers:
    pair, subject, session, kind, chosen, on_left, elapsed, out = columns
    known = np.array([row[0] for row in pairs], dtype=np.int64)
    at = np.searchsorted(known, np.array(pair, dtype=np.int64))
    tasks, scenes = sorted({row[1] for row in pairs}), sorted({row[2] for row in pairs})
    conditions = sorted({name for row in pairs for name in row[3:5]})
    sessions = sorted({str(one) for one in session})
    is_out = np.array(out, dtype=np.bool_)
    subjects = sorted({labels[one] for one in subject})
    return Answers(
        tasks=tuple(tasks), scenes=tuple(scenes), conditions=tuple(conditions), subjects=tuple(subjects),
        sessions=tuple(sessions),
        task=_codes([row[1] for row in pairs], tasks)[at], scene=_codes([row[2] for row in pairs], scenes)[at],
        a=_codes([row[3] for row in pairs], conditions)[at], b=_codes([row[4] for row in pairs], conditions)[at],
        winner=_codes(chosen, WINNERS), kind=_codes([str(one) for one in kind], KINDS),
        a_on_left=np.array(on_left, dtype=np.int64), subject=_codes([labels[one] for one in subject], subjects),
        session=_codes([str(one) for one in session], sessions),
        elapsed_ms=np.array([NO_TIME if one is None else one for one in elapsed], dtype=np.int64),
        weight=np.ones(len(pair)) if selection.include_excluded else np.where(is_out, 0.0, 1.0),
        simulated=np.full(len(pair), selection.simulated), excluded=is_out,
    )  # fmt: skip


def _codes(names: Sequence[str], known: Sequence[str]) -> IntArray:
    places = {name: place for place, name in enumerate(known)}
    return np.array([places[name] for name in names], dtype=np.int64)
