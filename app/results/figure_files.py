"""The figures of a report as files: which there are, what they are called, and each drawn when it is asked for."""

import re
from collections.abc import Callable, Iterator

from app.results.figures import FIGURES, Figure, StudyFigure, figure_sheet
from app.results.frame import Width
from app.results.report import StudyReport
from app.results.sheet import Form, Scheme, pages

# For screens a file for each task; for papers a PDF with a page for each task, as wide as a page and as a column.
_FOR_SCREENS: tuple[tuple[str, Scheme, Form], ...] = (
    (".svg", "light", "svg"),
    ("-dark.svg", "dark", "svg"),
    (".png", "light", "png"),
)
_FOR_PAPERS: tuple[tuple[str, Width], ...] = ((".pdf", "page"), ("-column.pdf", "column"))
Drawing = Callable[[], bytes]


def figure_files(report: StudyReport) -> Iterator[tuple[str, str, Drawing]]:
    """The name of each file, what it shows, and how its bytes come to be."""
    for figure in FIGURES.values():
        tasks = _files_of(report, figure)
        for task, name in tasks.items():
            for ending, scheme, form in _FOR_SCREENS:
                yield f"{name}{ending}", figure.title, _on_screen(report, task, figure.name, scheme, form)
        for ending, width in _FOR_PAPERS if tasks else ():
            yield f"{figure.name}{ending}", figure.title, _on_paper(report, [*tasks], figure.name, width)


def _on_screen(report: StudyReport, task: str, name: str, scheme: Scheme, form: Form) -> Drawing:
    return lambda: figure_sheet(report, task, name, scheme).saved(form)


def _on_paper(report: StudyReport, tasks: list[str], name: str, width: Width) -> Drawing:
    return lambda: pages([figure_sheet(report, task, name, width=width) for task in tasks])


def figure_names(report: StudyReport) -> dict[str, str]:
    """A name for each task that is fit for files, and different from all others."""
    names: dict[str, str] = {}
    for task in report.tasks:
        plain = re.sub(r"[^A-Za-z0-9_.+]+", "-", task.task).strip("-.")[:80] or "task"
        taken, number = {name.lower() for name in names.values()}, 2
        name = plain
        while name.lower() in taken:
            name, number = f"{plain}-{number}", number + 1
        names[task.task] = name
    return names


def _files_of(report: StudyReport, figure: Figure) -> dict[str, str]:
    """The tasks that the figure shows, each with the name of its files; the study's own figure has no task."""
    if isinstance(figure, StudyFigure):
        return {"": figure.name} if figure.shows(report) else {}
    names = figure_names(report)
    return {one.task: f"{figure.name}-{names[one.task]}" for one in report.tasks if figure.shows(report, one)}
