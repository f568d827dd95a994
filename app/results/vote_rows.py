"""The rows of ``votes.csv``: every vote of a study, with its weight in the ranking and the reason where that is 0."""

from array import array
from collections.abc import Iterator

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import aliased

from app.db import Database
from app.db.models import Pair, Session, Showing, Stimulus, Subject, Trial, Vote
from app.results.cells import Cell
from app.results.counting import IN_ORDER, Selection, excluded, winner
from app.results.judgements import WhyNot
from app.results.options import ReportOptions
from app.studies import states
from app.studies.service import protocol_of

_AT_ONCE = 1000  # rows fetched together: a large study never stands in memory
_REASONS = ("", *(reason.value for reason in WhyNot))
_A, _B = aliased(Stimulus), aliased(Stimulus)
_SCENE = 1
_SCREEN = 16  # where the cells begin that say on what screen a trial was answered
_PAGE = (
    select(
        Vote.id, Pair.task, Pair.scene, _A.condition, _B.condition, winner(), Subject.label,
        case((Trial.a_on_left.is_(True), "a"), else_="b"), Trial.kind,
        Trial.session_id, Trial.block, Trial.position, Trial.probability, Vote.elapsed_ms, Vote.late, Vote.received_at,
        Session.simulated,
        Showing.pixel_ratio, Showing.pane_width, Showing.pane_height, Showing.exact, Showing.gamut,
        Showing.dynamic_range,
    )
    .join(Trial, Vote.trial_id == Trial.id)
    .join(Session, Trial.session_id == Session.id)
    .join(Subject, Session.subject_id == Subject.id)
    .join(Pair, Trial.pair_id == Pair.id)
    .join(_A, Pair.a_id == _A.id)
    .join(_B, Pair.b_id == _B.id)
    .outerjoin(Showing, Showing.trial_id == Trial.id)
    .where(Vote.id.in_(bindparam("votes", expanding=True)))
)  # fmt: skip


def vote_rows(database: Database, study_id: int, options: ReportOptions | None = None) -> Iterator[tuple[Cell, ...]]:
    """The cells of each row in the order of ``columns.VOTES``, in the order in which the trials were shown.

    The weights are those of ``tally`` under the same options, so that ``beholder analyse votes.csv`` gives the same
    ranking. The study is looked up before the first row is asked for.
    """
    chosen = options or ReportOptions()
    with database.read() as db:
        study = states.find(db, study_id)
        selection = Selection(study.is_demo, chosen.people, chosen.include_excluded)
        sampling = protocol_of(study).sampling.value
    return _rows(database, study_id, selection, sampling, chosen.scenes)


def _rows(
    database: Database, study_id: int, selection: Selection, sampling: str, scenes: tuple[str, ...]
) -> Iterator[tuple[Cell, ...]]:
    """The rows, a page at a time, each in a transaction of its own: whoever downloads slowly holds no connection."""
    votes, reasons, out = _listed(database, study_id, selection)
    for start in range(0, len(votes), _AT_ONCE):
        page = votes[start : start + _AT_ONCE]
        with database.read() as db:
            shown = {row[0]: row[1:] for row in db.execute(_PAGE, {"votes": list(page)})}
        for place, vote in enumerate(page, start):
            reason, cells = _REASONS[reasons[place]], shown[vote]
            if not reason and scenes and cells[_SCENE] not in scenes:
                reason = WhyNot.SCENE.value
            head, kind, where, tail, screen = cells[:7], cells[7], cells[8:12], cells[12:_SCREEN], cells[_SCREEN:]
            yield (*head, 0 if reason else 1, str(kind), reason, *where, sampling, *tail, bool(out[place]), *screen)


def _listed(database: Database, study_id: int, selection: Selection) -> tuple["array[int]", "array[int]", "array[int]"]:
    """The votes' numbers in order, and for each the place of its reason and whether its session is excluded.

    In one look, so that they fit together. A few bytes per vote stay in memory, and votes never change: what is fetched
    later is what was judged here.
    """
    statement = (
        select(Vote.id, Session.subject_id, Trial.pair_id, selection.why_not(), excluded())
        .join(Trial, Vote.trial_id == Trial.id)
        .join(Session, Trial.session_id == Session.id)
        .where(Session.study_id == study_id)
        .order_by(*IN_ORDER)
    )
    votes, reasons, out, judged = array("q"), array("b"), array("b"), set[tuple[int, int]]()
    with database.read() as db:
        for vote, subject, pair, why_not, is_out in db.execute(statement.execution_options(yield_per=_AT_ONCE)):
            reason = why_not or (WhyNot.REPEAT if (subject, pair) in judged else "")
            if not reason:
                judged.add((subject, pair))
            votes.append(vote)
            reasons.append(_REASONS.index(reason))
            out.append(is_out)
    return votes, reasons, out
