"""The rows of ``votes.csv``: every vote of a study, with its weight in the ranking and the reason where that is 0."""

from collections.abc import Iterator

from sqlalchemy import case, select
from sqlalchemy.orm import aliased

from app.db import Database
from app.db.models import Pair, Session, Stimulus, Subject, Trial, Vote
from app.results.cells import Cell
from app.results.counting import IN_ORDER, Selection, winner
from app.results.judgements import WhyNot
from app.results.options import ReportOptions
from app.studies import states

_AT_ONCE = 1000  # rows fetched together: a large study never stands in memory


def vote_rows(database: Database, study_id: int, options: ReportOptions | None = None) -> Iterator[tuple[Cell, ...]]:
    """The cells of each row in the order of ``columns.VOTES``, in the order in which the trials were shown.

    The weights are those of ``tally`` under the same options, so that ``beholder analyse votes.csv`` gives the same
    ranking. The study is looked up before the first row is asked for.
    """
    chosen = options or ReportOptions()
    with database.read() as db:
        selection = Selection(states.find(db, study_id).is_demo, chosen.people, chosen.include_excluded)
    return _rows(database, study_id, selection)


def _rows(database: Database, study_id: int, selection: Selection) -> Iterator[tuple[Cell, ...]]:
    a, b = aliased(Stimulus), aliased(Stimulus)
    statement = (
        select(
            Session.subject_id, Pair.id, selection.why_not(),
            Pair.task, Pair.scene, a.condition, b.condition, winner(), Subject.label,
            case((Trial.a_on_left.is_(True), "a"), else_="b"), Trial.kind,
            Trial.session_id, Trial.block, Trial.position, Vote.elapsed_ms, Vote.late, Vote.received_at,
        )
        .join(Trial, Vote.trial_id == Trial.id)
        .join(Session, Trial.session_id == Session.id)
        .join(Subject, Session.subject_id == Subject.id)
        .join(Pair, Trial.pair_id == Pair.id)
        .join(a, Pair.a_id == a.id)
        .join(b, Pair.b_id == b.id)
        .where(Session.study_id == study_id)
        .order_by(*IN_ORDER)
    )  # fmt: skip
    judged: set[tuple[int, int]] = set()
    with database.read() as db:
        for subject, pair, why_not, *shown in db.execute(statement.execution_options(yield_per=_AT_ONCE)):
            reason = why_not or (WhyNot.REPEAT if (subject, pair) in judged else "")
            if not reason:
                judged.add((subject, pair))
            head, kind, tail = shown[:7], shown[7], shown[8:]
            yield (*head, 0 if reason else 1, str(kind), str(reason), *tail)
