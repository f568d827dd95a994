"""The methods sheet on what stands beside the ranking: replicates, the quality of the fit, and measures."""

from collections.abc import Iterator, Sequence

from app.analysis import bootstrap, fit_quality, simultaneous, two_way
from app.analysis.intervals import FEWEST_SUBJECTS
from app.results.bibliography import cite
from app.results.report import StudyReport
from app.results.task_report import TaskReport


def beside_lines(found: StudyReport) -> Iterator[str]:
    """What the parts on certainty and agreement rest on; with how many random draws, and from which seeds."""
    ranked = [task for task in found.tasks if task.rows and not (task.adaptive or task.apart or task.aligned)]
    if any(task.tested for task in ranked):
        yield (
            f"Friedman’s test {cite('friedman1937')} asks whether the conditions of a task differ at all, with "
            f"Nemenyi’s critical difference between mean ranks {cite('demsar2006')} beside it."
        )
    if any(task.subjects is not None and task.subjects >= FEWEST_SUBJECTS for task in ranked):
        yield (
            "Intervals of ranks, and how often a condition is best or beats another: "
            f"{bootstrap.REPLICATES} replicates with subjects drawn anew {cite('efron1979')} (seed {bootstrap.SEED}); "
            "they speak about any subjects and these scenes."
        )
    if any(row.low is not None for task in ranked for row in task.rows):
        yield (
            f"Intervals that hold all scores of a task at once {cite('hothorn2008')}: {simultaneous.DRAWS} draws (seed "
            f"{simultaneous.SEED})."
        )
    if ranked:
        yield (
            "Whether the Bradley–Terry model holds: the deviance of the fit, with a p-value from "
            f"{_replicates(ranked)} sets of votes drawn from the fitted model {cite('davison1997')} (seed "
            f"{fit_quality.SEED}), and Holm’s procedure {cite('holm1979')} over scenes."
        )
    if found.held:
        yield from _agreement()


def _replicates(ranked: Sequence[TaskReport]) -> str:
    """How many, from the task with the fewest scenes to that with the most."""
    fewest, most = (fit_quality.replicates_for(end(task.scenes for task in ranked)) for end in (min, max))
    return f"{fewest}" if fewest == most else f"{fewest} to {most}"


def _agreement() -> Iterator[str]:
    yield (
        f"Agreement of a measure with the subjects in a task: SRCC {cite('spearman1904')}, KRCC (τ-b) "
        f"{cite('kendall1945')} and PLCC between its means over scenes, turned so that higher is better, and the "
        f"scores of the conditions over the same scenes, as in {cite('ding2021')}; beside it the same without the "
        "condition that was trained with the measure."
    )
    yield (
        f"Their intervals draw scenes and subjects anew, each with replacement, but not conditions {cite('owen2007')}: "
        f"{two_way.REPLICATES} replicates (seed {two_way.SEED}), percentiles."
    )
    yield (
        f"Share of voted pairs in which a measure chooses as a subject does: the 2AFC score {cite('zhang2018')}. What "
        "people reach is estimated from votes of different subjects only, so that no vote agrees with itself."
    )
