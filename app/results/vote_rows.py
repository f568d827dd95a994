"""The rows of ``votes.csv``: every vote of a study, with its weight in the ranking and the reason where that is 0.

However many votes there are, few are in memory: the database finds out which are a subject's first judgement of a pair,
and the order lies in a temporary file while the rows are fetched page by page.
"""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

import numpy as np
from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from app.db import Database
from app.db.models import Pair, Session, Showing, Stimulus, Subject, Trial, Vote
from app.results.cells import Cell
from app.results.counting import IN_ORDER, Selection, excluded, winner
from app.results.judgements import WhyNot
from app.results.options import ReportOptions
from app.results.subject_report import screening_of
from app.studies import states
from app.studies.states import protocol_of

_AT_ONCE = 1000  # rows fetched together: a large study never stands in memory
_IN_MEMORY = 2**20  # bytes of the order of votes; more lie on disk
_LINE = np.dtype([("vote", "<i8"), ("reason", "u1"), ("out", "?")])
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
        sampling = protocol_of(study).sampling.value
    without = screening_of(database, study_id, chosen).proposed if chosen.without_flagged else frozenset[str]()
    selection = Selection(study.is_demo, chosen.people, chosen.include_excluded, without)
    return _rows(database, study_id, selection, sampling, chosen.scenes)


def _rows(
    database: Database, study_id: int, selection: Selection, sampling: str, scenes: tuple[str, ...]
) -> Iterator[tuple[Cell, ...]]:
    """The rows, a page at a time, each in a transaction of its own: whoever downloads slowly holds no connection."""
    with SpooledTemporaryFile(_IN_MEMORY) as order:
        _list(database, study_id, selection, order)
        order.seek(0)
        while listed := order.read(_AT_ONCE * _LINE.itemsize):
            page = np.frombuffer(listed, _LINE).tolist()
            with database.read() as db:
                shown = {row[0]: row[1:] for row in db.execute(_PAGE, {"votes": [vote for vote, _, _ in page]})}
            for vote, number, out in page:
                reason, cells = _REASONS[number], shown[vote]
                if not reason and scenes and cells[_SCENE] not in scenes:
                    reason = WhyNot.SCENE.value
                head, kind, where, tail, screen = cells[:7], cells[7], cells[8:12], cells[12:_SCREEN], cells[_SCREEN:]
                yield (*head, 0 if reason else 1, str(kind), reason, *where, sampling, *tail, out, *screen)


def _list(database: Database, study_id: int, selection: Selection, order: IO[bytes]) -> None:
    """Writes the votes' numbers in order, and for each the place of its reason and whether its session is excluded.

    In one look, so that they fit together; and votes never change: what is fetched later is what was judged here.
    """
    repeat = _REASONS.index(WhyNot.REPEAT)
    with database.read() as db:
        found = db.connection().execution_options(yield_per=_AT_ONCE).execute(_listed(study_id, selection))
        for part in found.partitions():
            lines = [
                (vote, _REASONS.index(why_not) if why_not or turn == 1 else repeat, out)
                for vote, why_not, turn, out in part
            ]
            order.write(np.array(lines, _LINE).tobytes())


def _listed(study_id: int, selection: Selection) -> Select[int, str, int, bool]:
    """SQL for the votes in order; of those with no reason against them, which turn of the subject at the pair it is."""
    why_not = selection.why_not()
    same = (Session.subject_id, Trial.pair_id, why_not)
    turn = func.row_number().over(partition_by=same, order_by=IN_ORDER)
    return (
        select(Vote.id, why_not, turn, excluded())
        .join(Trial, Vote.trial_id == Trial.id)
        .join(Session, Trial.session_id == Session.id)
        .where(Session.study_id == study_id)
        .order_by(*IN_ORDER)
    )
