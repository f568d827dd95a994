"""Every figure of the results, by the name it has in addresses and in the folder: a new figure is one entry here."""

from collections.abc import Callable
from dataclasses import dataclass

from app.analysis.intervals import Interval
from app.errors import NotFound
from app.results.agreement_figure import agreement_figure
from app.results.beats_figure import beats_figure
from app.results.forest import forest
from app.results.frame import Width
from app.results.planning_figure import planning_figure
from app.results.rank_figure import rank_figure
from app.results.rank_interval_figure import rank_interval_figure
from app.results.report import StudyReport, replicated
from app.results.sheet import Scheme, Sheet
from app.results.significance_figure import significance_figure
from app.results.slope_chart import has_slopes, slope_chart
from app.results.strips import strips
from app.results.task_report import TaskReport
from app.results.wins_figure import wins_figure


class NoSuchFigure(NotFound):
    """The study has no such task or figure, or nothing to show in it yet."""

    def __init__(self, task: str, name: str = "rankings") -> None:
        super().__init__(
            f"There is no figure {name!r} for {task or 'the study'!r}: the study has no such task, no figure is called "
            "that, or there are not the votes for it yet.",
            f"choose a task that the results name (GET /api/v1/studies/{{number}}/results) and one of the figures "
            f"{', '.join(FIGURES)}, or come back when there are votes",
        )


@dataclass(frozen=True, slots=True)
class TaskFigure:
    """A figure that each task has: what it is called, the table behind it, when it says anything, and how it is drawn.

    ``shows`` must be cheap, since a page asks it to know whether to show the figure.
    """

    name: str
    title: str
    table: str
    shows: Callable[[StudyReport, TaskReport], bool]
    drawn: Callable[[StudyReport, TaskReport, Scheme, Width], Sheet]


@dataclass(frozen=True, slots=True)
class StudyFigure:
    """A figure that a study has one of."""

    name: str
    title: str
    table: str
    shows: Callable[[StudyReport], bool]
    drawn: Callable[[StudyReport, Scheme, Width], Sheet]


Figure = TaskFigure | StudyFigure

_ALL: tuple[Figure, ...] = (
    TaskFigure(
        name="rankings",
        title="Scores with intervals, letters and brackets",
        table="rankings",
        shows=lambda _, task: bool(task.rows),
        drawn=lambda _, task, scheme, width: forest(task, scheme, width),
    ),
    TaskFigure(
        name="significance",
        title="Which pairs differ under the chosen rule",
        table="significance",
        shows=lambda _, task: task.tested,
        drawn=lambda _, task, scheme, width: significance_figure(task, scheme, width),
    ),
    TaskFigure(
        name="scenes",
        title="Scores scene by scene",
        table="scores_by_scene",
        shows=lambda _, task: bool(task.rows),
        drawn=lambda _, task, scheme, width: strips(task, scheme, width),
    ),
    TaskFigure(
        name="wins",
        title="Wins of each condition over each other one",
        table="wins",
        shows=lambda _, task: bool(task.rows),
        drawn=wins_figure,
    ),
    TaskFigure(
        name="planning",
        title="Width of the intervals against the number of subjects",
        table="planning",
        shows=lambda _, task: any(row.kind is Interval.TWO_WAY for row in task.interval_rows),
        drawn=lambda report, task, scheme, width: planning_figure(report.outlook_of(task.task), scheme, width),
    ),
    TaskFigure(
        name="ranks",
        title="Rank intervals",
        table="rankings",
        shows=replicated,
        drawn=lambda report, task, scheme, width: rank_interval_figure(report.certainty[task.task], scheme, width),
    ),
    TaskFigure(
        name="beats",
        title="Chances of each condition to score above each other one",
        table="significance",
        shows=replicated,
        drawn=lambda report, task, scheme, width: beats_figure(report.certainty[task.task], scheme, width),
    ),
    StudyFigure(
        name="slopes",
        title="How closely each subject follows the others",
        table="subjects",
        shows=has_slopes,
        drawn=slope_chart,
    ),
    TaskFigure(
        name="agreement",
        title="How far each measure ranks the conditions as the subjects do",
        table="agreement",
        shows=lambda report, task: bool(task.rows) and report.is_measured(task.task),
        drawn=agreement_figure,
    ),
    TaskFigure(
        name="matrix",
        title="Ranks of the conditions under each measure",
        table="rank_matrix",
        shows=lambda report, task: report.is_measured(task.task),
        drawn=rank_figure,
    ),
)
FIGURES: dict[str, Figure] = {figure.name: figure for figure in _ALL}
_FORMER = {"forest": "rankings"}  # addresses that scripts and papers may still hold


def figure_sheet(
    report: StudyReport, task: str, name: str, scheme: Scheme = "light", width: Width = "screen"
) -> Sheet:  # fmt: skip
    """The figure of that name on a sheet; ``task`` is empty for a figure of the study.

    Raises
    ------
    NoSuchFigure
        There is none, or nothing to show in it.
    """
    figure = FIGURES.get(_FORMER.get(name, name))
    if isinstance(figure, TaskFigure):
        for one in report.tasks:
            if one.task == task and figure.shows(report, one):
                return figure.drawn(report, one, scheme, width)
    elif figure is not None and not task and figure.shows(report):
        return figure.drawn(report, scheme, width)
    raise NoSuchFigure(task, name)
