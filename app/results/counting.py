"""Which votes enter a ranking, and why the others do not; ``tally`` and ``votes.csv`` ask here and nowhere else."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select

from app.db.models import Exclusion, ExclusionAction, Outcome, Session, Side, Subject, Trial, TrialKind, Vote
from app.results.judgements import WhyNot

# The order in which trials were shown: a subject's first judgement of a pair is the first in it.
IN_ORDER = (Trial.issued_at, Trial.session_id, Trial.position)


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose votes are asked for."""

    is_demo: bool
    people: bool | None = None  # None: what the study counts, which in a demonstration is the simulated sessions
    include_excluded: bool = False
    without: frozenset[str] = frozenset()  # labels of subjects who are left out

    @property
    def simulated(self) -> bool:
        """Whether simulated sessions are counted, and people are not."""
        return self.is_demo and not self.people

    def why_not(self) -> ColumnElement[str]:
        """SQL for why a vote is left out, empty where it counts; repeats are left to whoever reads in order."""
        rules: list[tuple[ColumnElement[bool], WhyNot]] = [
            (Trial.kind != TrialKind.TEST, WhyNot.KIND),
            (Session.pilot.is_(True), WhyNot.PILOT),
            (Session.simulated.is_(True), WhyNot.SIMULATED)
            if not self.simulated
            else (Session.simulated.is_(False), WhyNot.PERSON),
        ]
        if not self.include_excluded:
            rules.append((excluded(), WhyNot.EXCLUDED))
        if self.without:
            flagged = select(Subject.id).where(Subject.study_id == Session.study_id, Subject.label.in_(self.without))
            rules.append((Session.subject_id.in_(flagged), WhyNot.FLAGGED))
        rules.append((Session.outcome == Outcome.WITHDRAWN, WhyNot.EXCLUDED))  # for good, whatever is asked for
        return case(*((condition, reason.value) for condition, reason in rules), else_="")


def winner() -> ColumnElement[str]:
    """SQL for the chosen stimulus of the pair: ``a``, ``b`` or ``tie``."""
    on_its_side = case((Trial.a_on_left.is_(True), Side.LEFT.value), else_=Side.RIGHT.value)
    return case((Vote.side == Side.TIE, "tie"), (Vote.side == on_its_side, "a"), else_="b")


def excluded() -> ColumnElement[bool]:
    """SQL for whether the session is excluded: the last decision about it says so."""
    latest = select(func.max(Exclusion.id)).group_by(Exclusion.session_id)
    return Session.id.in_(
        select(Exclusion.session_id).where(Exclusion.id.in_(latest), Exclusion.action == ExclusionAction.EXCLUDE)
    )
