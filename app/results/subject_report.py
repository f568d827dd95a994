"""The subjects of a study or of a file: what is known of each, who is flagged, and whom that proposes to exclude."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.analysis.arrays import BoolArray, FloatArray, IntArray
from app.db import Database
from app.results.judgements import WhyNot
from app.results.options import ReportOptions
from app.results.screening_effect import TaskEffect, effects
from app.results.subject_agreement import TaskAgreement, agreements
from app.results.subject_facts import SubjectFacts, facts_of_study
from app.results.subject_flags import Flag, Rule, proposal, rules
from app.results.subject_measures import Measures, flagged_catch, measures
from app.results.subject_rows import SubjectRow
from app.results.subject_sentences import screening_in_words
from app.results.subject_votes import Screened, screened

_EXCLUDED = WhyNot.EXCLUDED.value


@dataclass(frozen=True, eq=False)
class SubjectReport:
    """All subjects in the order of their names, and what their flags rest on.

    What is left out of scores because of it is worked out without it: flags come from all votes that count otherwise.
    """

    rows: tuple[SubjectRow, ...]
    rules: tuple[Rule, ...]
    facts: SubjectFacts
    measures: Measures
    who: Screened
    options: ReportOptions

    @property
    def sentence(self) -> str:
        """Who is flagged and who is proposed, in words."""
        return screening_in_words(self.rows)

    @property
    def proposed(self) -> frozenset[str]:
        """The subjects whom the flags propose to exclude."""
        return frozenset(row.subject for row in self.rows if row.proposed)

    @property
    def median_slope(self) -> float | None:
        """Of the subjects whose votes count; None where there are too few."""
        return self.measures.slopes.median if self.measures.slopes.known.any() else None

    @property
    def slope_threshold(self) -> float | None:
        """Below which a slope's upper bound is flagged; None where nothing is."""
        median = self.median_slope
        return self.measures.slopes.threshold if median is not None and median > 0 else None

    @property
    def catch_power(self) -> dict[str, float] | None:
        """The study's catch rule and what it can do; None where there are no catch trials, or a file says nothing."""
        rule = self.facts.rule
        if rule is None or not rule.trials:
            return None
        return {
            "trials": rule.trials, "allowed": rule.allowed, "random_passes": rule.random_passes,
            "honest_fails": rule.honest_fails(),
        }  # fmt: skip

    @property
    def worst_first(self) -> tuple[SubjectRow, ...]:
        """Those proposed first, then by the number of flags, then by the slope."""
        return tuple(
            sorted(
                self.rows,
                key=lambda row: (
                    not row.proposed, -len(row.flags), row.slope is None, row.slope if row.slope is not None else 0.0,
                ),
            )
        )  # fmt: skip

    @cached_property
    def agreements(self) -> tuple[TaskAgreement, ...]:
        """How far subjects agree with each other, task by task."""
        return agreements(self.who, self.measures.blocks, self.options)

    @cached_property
    def effects(self) -> tuple[TaskEffect, ...]:
        """What leaving subjects out does to each task's ranking."""
        return effects(self.who, self.proposed, self.options)


def subject_report(facts: SubjectFacts | None, options: ReportOptions) -> SubjectReport | None:
    """The report; None where nobody says who answered."""
    return _report(facts, options) if facts else None


def _report(facts: SubjectFacts, options: ReportOptions) -> SubjectReport:
    who = screened(facts.answers)
    found = measures(who, options.prior, facts.rule, facts.ties)
    flags = _flags(found, len(who.subjects))
    sessions, excluded_by = _sessions(who, facts.rules)
    rows = tuple(
        _row(who, found, place, flags[place], sessions[place], excluded_by[place]) for place in who.who.tolist()
    )
    counted = Counter(flag for row in rows for flag in row.flags)
    median = found.slopes.median if found.slopes.known.any() else None
    return SubjectReport(
        rows, rules(median, found.repeats.threshold, facts.rule, counted), facts, found, who, options
    )  # fmt: skip


def screening_of(database: Database, study_id: int, options: ReportOptions) -> SubjectReport:
    """The report on the subjects of a study; raises ``StudyNotFound``."""
    return _report(facts_of_study(database, study_id, options), options)


def _flags(found: Measures, subjects: int) -> list[tuple[Flag, ...]]:
    raised: dict[Flag, BoolArray | list[bool]] = {
        Flag.SLOPE: found.slopes.flagged,
        Flag.LIKELIHOOD: found.likelihoods.flagged,
        Flag.CATCH: [flagged_catch(sessions) for sessions in found.catch],
        Flag.SIDE: [verdict == "yes" for verdict in found.sides.verdicts],
        Flag.REPEATS: found.repeats.flagged,
        Flag.TIMES: found.times.flagged,
    }
    return [tuple(flag for flag in Flag if raised[flag][place]) for place in range(subjects)]


def _sessions(who: Screened, known: Mapping[str, str]) -> tuple[list[tuple[str, ...] | None], list[str]]:
    """The sessions of each subject, and by which rules some are excluded."""
    said = who.answers
    if said.session is None or said.sessions is None:
        return [None] * len(who.subjects), [_EXCLUDED if out else "" for out in _of_each(who.excluded, who)]
    _, first = np.unique(who.sitting, return_index=True)
    names, by = [[list[str]() for _ in who.subjects] for _ in range(2)]
    for row in np.sort(first).tolist():
        name = said.sessions[said.session[row]]
        names[who.subject[row]].append(name)
        if who.excluded[row]:
            by[who.subject[row]].append(known.get(name, _EXCLUDED))
    return [tuple(one) for one in names], [", ".join(dict.fromkeys(rules)) for rules in by]


def _of_each(rows: BoolArray, who: Screened) -> BoolArray:
    return np.asarray(np.bincount(who.subject[rows], minlength=len(who.subjects)) > 0)


def _row(
    who: Screened,
    found: Measures,
    place: int,
    flags: tuple[Flag, ...],
    sittings: tuple[str, ...] | None,
    rule: str,
) -> SubjectRow:
    slope, likelihood, sides, times = found.slopes, found.likelihoods, found.sides, found.times
    asked, blocks, counts = int(found.repeats.asked[place]), int(found.consistency.blocks[place]), who.counts[place]

    def told(values: FloatArray | IntArray, known: object) -> float | None:
        return float(values[place]) + 0.0 if known else None

    sided = sides.answers[place] > 0
    return SubjectRow(
        subject=who.subjects[place], sittings=sittings,
        votes=float(found.votes[place]), catch=found.catch[place],
        slope=told(slope.slope, slope.known[place]), stderr=told(slope.stderr, slope.known[place]),
        low=told(slope.low, slope.known[place]), high=told(slope.high, slope.known[place]),
        likelihood=told(likelihood.per_answer, likelihood.known[place]),
        distance=told(likelihood.distance, likelihood.known[place] and likelihood.judged),
        left_share=float(sides.left[place] / sides.answers[place]) if sided else None,
        left_p=told(sides.p, sided), side=sides.verdicts[place] if sided else None,
        repeats=asked, agreed=int(found.repeats.agreed[place]), repeats_p=told(found.repeats.p, asked),
        blocks=blocks, triads=int(found.consistency.triads[place]) if blocks else None,
        zeta=told(found.consistency.zeta, blocks), median_ms=told(times.median, times.known[place]),
        fast_share=told(times.fast_share, times.known[place]), flags=flags,
        proposed=proposal(flags) if counts else "", excluded=not counts, rule=rule,
    )  # fmt: skip
