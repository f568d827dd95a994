"""The results of a study, or of a file of votes: a report on each of its tasks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from app.analysis.intervals import FEWEST_SUBJECTS
from app.db import Database
from app.errors import BadInput
from app.results.agreement import Agreement, agree
from app.results.certainty import Certainty, certainty
from app.results.judgements import TaskTally
from app.results.measure_tables import Measured, measure_tables, measured_in, measured_on_file
from app.results.notes import case_notes
from app.results.options import BadOptions, ReportOptions
from app.results.plan import StudyPlan, plan_of
from app.results.planning import TaskOutlook, Wish, task_outlook
from app.results.subject_facts import facts_of_file, facts_of_study
from app.results.subject_report import SubjectReport, subject_report
from app.results.tally import tally
from app.results.task_report import TaskReport, task_report
from app.results.votes_csv import read_votes
from app.studies.measured import Held


class NoSuchScene(BadOptions):
    """A scene that is to take part is not there."""

    def __init__(self, missing: Sequence[str], offered: Sequence[str]) -> None:
        super().__init__(
            f"There is no scene {', '.join(missing[:3])}",
            f"choose among {', '.join(offered[:20])}{'…' * (len(offered) > 20)}",
        )


class NothingToRank(BadInput):
    """No task of a file can be ranked."""

    def __init__(self, name: str, tasks: Iterable[TaskReport]) -> None:
        reasons = "; ".join(f"{task.task}: {' '.join((task.sentence, *task.notes))}" for task in tasks)
        super().__init__(f"{name}: no task can be ranked. {reasons}", "collect more votes and rank again")


WITHOUT_SUBJECTS = "There is no column subject: what is said about subjects is left out."


class NobodyToFlag(BadInput):
    """Flagged subjects are to be left out of a file that does not say who answered."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has no column 'subject', so that nobody can be flagged",
            "add the column, or analyse the votes without --without-flagged",
        )


def _nobody() -> SubjectReport | None:
    return None


@dataclass(frozen=True, eq=False)
class StudyReport:
    """The results of all tasks, in the order of their names, and the counts that they were made of."""

    tasks: tuple[TaskReport, ...]
    options: ReportOptions
    tallies: tuple[TaskTally, ...]
    plan: StudyPlan | None = None  # of a study; a file has none
    notes: tuple[str, ...] = ()  # on the whole; those on a task stand with it
    measured: Callable[[], Measured] = Measured  # asked when the agreement is: it takes time
    screening: Callable[[], SubjectReport | None] = _nobody  # asked when the subjects are

    @cached_property
    def certainty(self) -> dict[str, Certainty]:
        """By task, what takes too long for the page of rankings: replicates of subjects, the quality of the fits."""
        found = (certainty(one, task, self.options) for one, task in zip(self.tallies, self.tasks, strict=True))
        return {one.task: one for one in found if one is not None}

    @property
    def deviations(self) -> tuple[str, ...]:
        """What differs from the plan that was frozen when the study opened, a clause each."""
        return self.plan.deviations(self.options) if self.plan else ()

    @property
    def offered(self) -> tuple[str, ...]:
        """Every scene of the study or file, chosen or not."""
        return tuple(sorted({scene for tally in self.tallies for scene in tally.offered}))

    @property
    def held(self) -> Sequence[Held]:
        """The values of measures for the pictures of these tasks."""
        return self._measured.held

    def is_measured(self, task: str) -> bool:
        """Whether a measure has a value for a picture of the task."""
        return any(one.task == task for one in self.held)

    @cached_property
    def subjects(self) -> SubjectReport | None:
        """The screening of the subjects; None where nobody says who answered."""
        return self.screening()

    @cached_property
    def agreement(self) -> Agreement:
        """How far measures agree with the subjects."""
        return agree(self.tallies, measure_tables(self.held, self._measured.objectives), self.options)

    @cached_property
    def outlooks(self) -> tuple[TaskOutlook, ...]:
        """What more subjects would bring to each task."""
        return self.outlooks_for(Wish())

    def outlook_of(self, task: str) -> TaskOutlook:
        """The outlook of one task alone."""
        (found,) = (one for one in self.tallies if one.task == task)
        return task_outlook(found, self.options, Wish())

    def outlooks_for(self, wish: Wish, also: Sequence[int] = ()) -> tuple[TaskOutlook, ...]:
        """The same for other wishes, and for these numbers of subjects, too."""
        return tuple(task_outlook(one, self.options, wish, also) for one in self.tallies)

    @cached_property
    def _measured(self) -> Measured:
        return self.measured()

    @property
    def votes(self) -> float:
        """Votes in the rankings of all tasks."""
        return sum(task.votes for task in self.tasks)


def replicated(found: StudyReport, task: TaskReport) -> bool:
    """Whether the subjects of the task allow replicates, without drawing them."""
    certain = found.certainty.get(task.task)
    named = certain is not None and certain.tally.columns.subject is not None
    return named and (task.subjects or 0) >= FEWEST_SUBJECTS


def report(database: Database, study_id: int, options: ReportOptions | None = None) -> StudyReport:
    """The results of a study as it stands, analysed as planned unless ``options`` say otherwise."""
    plan = plan_of(database, study_id)
    chosen = options or plan.options
    screening = cache(lambda: subject_report(facts_of_study(database, study_id, chosen), chosen))
    counts = tally(
        database, study_id, people=chosen.people, include_excluded=chosen.include_excluded, scenes=chosen.scenes,
        without=_left_out(screening, chosen),
    )  # fmt: skip
    return replace(
        _report(counts, chosen, plan), measured=lambda: measured_in(database, study_id), screening=screening
    )  # fmt: skip


def report_on_file(path: Path, options: ReportOptions | None = None, measures: Path | None = None) -> StudyReport:
    """The results of a CSV file of votes, and of one with values of measures.

    Raises
    ------
    BadMeasures
        The file of measures cannot be read.
    BadVotes
        The file cannot be read.
    NobodyToFlag
        Flagged subjects are to be left out, and the file does not say who answered.
    NothingToRank
        No scene of any task compares two conditions.
    """
    chosen = options or ReportOptions()
    votes, values = read_votes(path, chosen.scenes), measured_on_file(measures) if measures else Measured()
    screening = cache(lambda: subject_report(facts_of_file(votes.answers), chosen))
    unnamed = not votes.rows.subjects
    if unnamed and chosen.without_flagged:
        raise NobodyToFlag(path.name)
    counts = votes.without(_left_out(screening, chosen), chosen.scenes)
    notes = (*votes.notes, *values.notes, *([WITHOUT_SUBJECTS] if unnamed else []))
    found = replace(_report(counts, chosen, notes=notes), measured=lambda: values, screening=screening)
    if not any(row.score is not None for task in found.tasks for row in task.scene_rows):
        raise NothingToRank(path.name, found.tasks)
    return found


def _left_out(screening: Callable[[], SubjectReport | None], chosen: ReportOptions) -> frozenset[str]:
    """The subjects whom the screening proposes to exclude, where they are to be left out."""
    found = screening() if chosen.without_flagged else None
    return found.proposed if found else frozenset()


def _report(
    counts: tuple[TaskTally, ...], options: ReportOptions, plan: StudyPlan | None = None, notes: tuple[str, ...] = ()
) -> StudyReport:
    _require_scenes(options.scenes, counts)
    tasks = [task_report(one, options) for one in counts]
    _require_anchor(tasks, options)
    twins = tuple(case_notes("task", [task.task for task in tasks]))
    off_plan = plan.in_words(options) if plan else ""
    told = tuple(replace(task, notes=(*task.notes, *twins), off_plan=off_plan) for task in tasks)
    return StudyReport(told, options, counts, plan, notes)


def _require_scenes(chosen: tuple[str, ...], counts: tuple[TaskTally, ...]) -> None:
    offered = sorted({scene for tally in counts for scene in tally.offered})
    if missing := [scene for scene in chosen if scene not in offered]:
        raise NoSuchScene(missing, offered)


def _require_anchor(tasks: Sequence[TaskReport], options: ReportOptions) -> None:
    """Nothing, where some task has a score for the anchor, or none is asked for, or nothing is ranked yet."""
    names = sorted({row.condition for task in tasks for row in task.rows})
    if options.anchor is not None and names and options.anchor not in names:
        raise BadOptions(
            f"Scores cannot be relative to {options.anchor!r}: no task has a condition of that name",
            f"choose one of {', '.join(names)}, or leave the anchor out",
        )
