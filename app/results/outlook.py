"""What a study can be expected to be before it opens: how long, how well its rule tells people apart, how sharp."""

from dataclasses import dataclass

from app.db import Database
from app.results.expected_planning import Expected, expected
from app.studies import inventory, states
from app.studies.effort_lint import INATTENTIVE, catch_rule
from app.studies.pace import Pace, pace_of
from app.studies.service import StudyView, get
from app.studies.states import protocol_of


@dataclass(frozen=True, slots=True)
class Outlook:
    """Numbers to be looked at beside the findings."""

    study: StudyView
    pace: Pace
    minutes: float  # of a whole session, without breaks
    random_kept: float | None  # probability that the catch rule keeps somebody who clicks at random; None without one
    inattentive_kept: float | None  # or somebody who is wrong in a quarter of the trials
    honest_dropped: float | None  # or excludes somebody who slips in 2 %
    expected: Expected
    protocol_hash: str
    plan_hash: str | None  # None where the study binds itself to no plan


def outlook(database: Database, study_id: int) -> Outlook:
    """The expectations of the study of that number; raises ``StudyNotFound``."""
    view = get(database, study_id)
    with database.read() as db:
        study = states.find(db, study_id)
        protocol, pace, stock = protocol_of(study), pace_of(db, study), inventory.load(db, study_id)
    rule = catch_rule(protocol) if protocol.catch_trials else None
    return Outlook(
        study=view, pace=pace, minutes=pace.minutes(view.planned),
        random_kept=rule.random_passes if rule else None,
        inattentive_kept=1 - rule.honest_fails(INATTENTIVE) if rule else None,
        honest_dropped=rule.honest_fails() if rule else None,
        expected=expected(protocol, stock), protocol_hash=protocol.hash,
        plan_hash=protocol.plan_hash if protocol.plan == "frozen" else None,
    )  # fmt: skip


def in_lines(seen: Outlook) -> list[str]:
    """The same as sentences, for a terminal."""
    lines = [f"A session has {seen.study.planned} trials, about {seen.minutes:.0f} minutes at {seen.pace.in_words}."]
    if seen.random_kept is not None and seen.inattentive_kept is not None and seen.honest_dropped is not None:
        lines.append(
            f"The catch rule keeps {100 * seen.random_kept:.2g} % of those who click at random, "
            f"{100 * seen.inattentive_kept:.2g} % of those wrong in a quarter of the trials, and excludes "
            f"{100 * seen.honest_dropped:.2g} % of those who slip in 2 %."
        )
    for task in seen.expected.tasks:
        wide = "no interval" if task.half_width is None else f"±{task.half_width:.2f} logits"
        lines.append(f"{task.task}: {task.subjects} subjects, {task.votes_per_pair:.3g} votes per pair, {wide}.")
    return [*lines, f"Protocol {seen.protocol_hash}.", f"Analysis plan {seen.plan_hash or 'none'}."]
