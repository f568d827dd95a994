"""The analysis plan beside what was done: the choices that a study's results begin with, and what differs from them.

A report option ``x`` is planned by the protocol's setting ``plan_x``; an option without one is planned to be as usual.
So an option that is new is compared from its first day, and only what it is called needs words here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import func, select

from app.analysis.alignment import Incomplete
from app.analysis.davidson import Ties
from app.analysis.significance import Correction, PairTest
from app.db import Database
from app.db.models import Exclusion, ExclusionAction, Pair, PairKind, Session
from app.results.options import ReportOptions
from app.results.peeks import Peek, peeks_in
from app.results.sentences import counted, listed, some
from app.studies import states
from app.studies.analysis_plan import AnalysisPlan, Plan
from app.studies.states import protocol_of

_CORRECTIONS = {Correction.NONE: "none", Correction.HOLM: "Holm", Correction.BH: "Benjamini–Hochberg"}
_TESTS = {PairTest.T: "paired t", PairTest.WILCOXON: "Wilcoxon", PairTest.TWO_WAY: "clustered both ways"}
_TIES = {Ties.HALF: "half a win for both", Ties.DAVIDSON: "answers of their own"}
_INCOMPLETE = {Incomplete.LEAVE_OUT: "left out", Incomplete.ALIGN: "aligned"}
_WORDS: dict[str, Callable[[Any, Any], str]] = {
    "alpha": lambda now, then: f"α = {now:g} instead of {then:g}",
    "correction": lambda now, then: f"correction {_CORRECTIONS[now]} instead of {_CORRECTIONS[then]}",
    "prior": lambda now, then: f"prior {now:g} instead of {then:g}",
    "include_excluded": lambda now, _: f"excluded sessions {'counted' if now else 'left out'}",
    "interval": lambda now, then: f"intervals for {now.generalises_to} instead of {then.generalises_to}",
    "test": lambda now, then: f"test {_TESTS[now]} instead of {_TESTS[then]}",
    "without_flagged": lambda now, _: f"subjects proposed for exclusion {'left out' if now else 'counted'}",
    "people": lambda *_: "people counted instead of simulated subjects",
    "ties": lambda now, then: f"ties {_TIES[now]} instead of {_TIES[then]}",
    "anchor": lambda now, then: f"scores relative to {now or 'their mean'} instead of {then or 'their mean'}",
    "scenes": lambda now, _: f"only {counted(len(now), 'scene')} ({some(now)})",
    "incomplete": lambda now, then: f"scenes that lack conditions {_INCOMPLETE[now]} instead of {_INCOMPLETE[then]}",
}
_BY_HAND = "manual"  # the rule of a decision that no rule made
_INTERIM = "looked at before the study was closed"


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What a study planned, and how far it has come."""

    said: AnalysisPlan
    opened_at: datetime | None = None
    closed: bool = False
    peeks: tuple[Peek, ...] = ()  # at the ranking, before it was closed
    excluded: int = 0  # sessions that somebody left out by hand, by no rule that was stated beforehand
    readmitted: int = 0  # sessions that count although a rule, or somebody, had left them out
    valid: int = 0  # sessions that are complete and count
    target: int | None = None  # that were wanted; None where it is not known
    is_demo: bool = False  # whether simulated subjects are counted

    @property
    def options(self) -> ReportOptions:
        """The planned analysis: what results begin with where nobody asks for anything else."""
        names = {field.name: f"plan_{field.name}" for field in fields(ReportOptions)}
        return ReportOptions(**{
            name: getattr(self.said, planned)
            for name, planned in names.items()
            if planned in type(self.said).model_fields
        })  # fmt: skip

    @property
    def is_frozen(self) -> bool:
        """Whether the study opened with a plan."""
        return self.said.plan is Plan.FROZEN and self.opened_at is not None

    def deviations(self, chosen: ReportOptions) -> tuple[str, ...]:
        """What differs from the plan, a clause each; nothing where no plan was frozen."""
        if not self.is_frozen:
            return ()
        planned = self.options
        pairs = ((field.name, getattr(chosen, field.name), getattr(planned, field.name)) for field in fields(chosen))
        found = [_clause(name, now, then) for name, now, then in pairs if (now or None) != (then or None)]
        return (*found, *self._of_sessions(), *([] if self.said.plan_interim else self._early()))

    def _early(self) -> list[str]:
        """That somebody looks now, or did before the study was closed."""
        if not self.closed:
            return [_INTERIM]
        if not self.peeks:
            return []
        times = "once" if len(self.peeks) == 1 else f"{len(self.peeks)} times"
        return [f"{_INTERIM}, {times}, first after {self.peeks[0].votes:g} votes"]

    def _of_sessions(self) -> Iterator[str]:
        if self.excluded:
            yield f"{counted(self.excluded, 'session')} excluded by hand"
        if self.readmitted:
            yield f"{counted(self.readmitted, 'session')} readmitted by hand"
        if self.closed and self.target is not None and self.valid != self.target:
            yield f"{counted(self.valid, 'valid session')} instead of {self.target}"

    def as_json(self) -> dict[str, Any]:
        """Whether a plan was frozen and when, and its settings, for programs."""
        settings = self.said.model_dump(mode="json", include=set(AnalysisPlan.model_fields) - {"plan"})
        frozen_at = self.opened_at.isoformat() if self.is_frozen and self.opened_at else None
        return {"frozen_at": frozen_at, **{name.removeprefix("plan_"): value for name, value in settings.items()}}

    def in_words(self, chosen: ReportOptions) -> str:
        """The deviations as a sentence for a reader; empty without any."""
        found = self.deviations(chosen)
        if not found or self.opened_at is None:
            return ""
        return f"Differs from the plan frozen on {day(self.opened_at)}: {listed(found)}."


def plan_of(database: Database, study_id: int) -> StudyPlan:
    """The plan of the study of that number; raises ``StudyNotFound``."""
    with database.read() as db:
        study = states.find(db, study_id)
        looks = peeks_in(db, study_id, study.closed_at) if study.state.has_ended else ()
        protocol = protocol_of(study)
        counts = (
            Session.study_id == study_id, Session.pilot.is_(False), Session.simulated.is_(study.is_demo),
        )  # fmt: skip
        latest = select(func.max(Exclusion.id)).group_by(Exclusion.session_id)
        decided = select(Exclusion).join(Session, Session.id == Exclusion.session_id)
        decisions = db.scalars(decided.where(*counts, Exclusion.id.in_(latest))).all()
        left_out = [one.session_id for one in decisions if one.action is ExclusionAction.EXCLUDE]
        complete = (*counts, Session.completed_at.is_not(None), Session.id.not_in(left_out))
        pairs = select(func.count()).select_from(Pair).where(Pair.study_id == study_id, Pair.kind == PairKind.TEST)
        return StudyPlan(
            protocol, study.opened_at, study.state.has_ended,
            tuple(look for look in looks if study.opened_at and look.at >= study.opened_at),  # a pilot has no votes
            excluded=sum(one.action is ExclusionAction.EXCLUDE and one.rule == _BY_HAND for one in decisions),
            readmitted=sum(one.action is ExclusionAction.READMIT for one in decisions),
            valid=db.scalars(select(func.count()).select_from(Session).where(*complete)).one(),
            target=protocol.sessions_needed(db.scalars(pairs).one()),
            is_demo=study.is_demo,
        )  # fmt: skip


def in_short(options: ReportOptions) -> str:
    """The choices of an analysis in clauses, with the words that deviations have."""
    return "; ".join((
        f"test {_TESTS[options.test]} at α = {options.alpha:g}",
        f"correction {_CORRECTIONS[options.correction]}",
        f"intervals for {options.interval.generalises_to}",
        f"prior {options.prior:g}",
        f"ties {_TIES[options.ties]}",
        f"excluded sessions {'counted' if options.include_excluded else 'left out'}",
        f"subjects proposed for exclusion {'left out' if options.without_flagged else 'counted'}",
    ))  # fmt: skip


def day(moment: datetime) -> str:
    """``2 March 2026``."""
    return f"{moment.day} {moment:%B %Y}"


def _clause(name: str, now: Any, then: Any) -> str:
    if name in _WORDS:
        return _WORDS[name](now, then)
    return f"{name.replace('_', ' ')} {_shown(now)} instead of {_shown(then)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list | tuple | set | frozenset):
        return listed([_shown(one) for one in value]) if value else "all"
    return f"{value:g}" if isinstance(value, float) else str(value if value is not None else "as usual")
