"""Everything that a report has to say, as one folder: tables, figures and a summary for programs."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import __version__
from app.results.agreement_summary import agreement_summary
from app.results.certainty import Certainty
from app.results.export import Cells, write_tables
from app.results.figures import FIGURES, Figure, StudyFigure, figure_sheet
from app.results.frame import Width
from app.results.methods_forms import written
from app.results.methods_text import MethodsSheet
from app.results.report import StudyReport
from app.results.sheet import Form, Scheme, pages
from app.results.staging import staged
from app.results.subject_summary import subjects_summary
from app.results.task_report import TaskReport

# For screens a file for each task; for papers a PDF with a page for each task, as wide as a page and as a column.
_FOR_SCREENS: tuple[tuple[str, Scheme, Form], ...] = (
    (".svg", "light", "svg"),
    ("-dark.svg", "dark", "svg"),
    (".png", "light", "png"),
)
_FOR_PAPERS: tuple[tuple[str, Width], ...] = ((".pdf", "page"), ("-column.pdf", "column"))
_SUMMARY = "summary.json"
_FIGURE = re.compile(
    rf"figures/({'|'.join(FIGURES)})([A-Za-z0-9_.+-]*\.(svg|png)|(-column)?\.pdf)"
    r"|(subjects|subject_agreement|screening)\.csv"  # a file that does not say who answered has none
    r"|figures/ranking-[A-Za-z0-9_.+-]+-(light|dark)\.(svg|png|pdf)"  # as earlier versions called them
)


def write_folder(
    report: StudyReport, folder: Path, votes: Cells | None = None, sheet: MethodsSheet | None = None
) -> list[Path]:
    """The paths of what now stands in ``folder``: the CSVs, ``summary.json`` and ``figures/``; all of it or nothing.

    With ``sheet``, also the methods sheet and the bibliography of what it cites.

    Figures that an earlier run drew and listed in its ``summary.json``, of tasks that are no longer there, are removed.
    """
    with staged(folder, last=_SUMMARY, stale=_drawn_before(folder)) as aside:
        write_tables(report, votes, aside)
        for form, text in written(sheet).items() if sheet else ():
            (aside / f"methods.{form}").write_text(text, encoding="utf-8")
        (aside / "figures").mkdir()
        for name, picture in _figures(report):
            (aside / "figures" / name).write_bytes(picture)
        names = [path.relative_to(aside).as_posix() for path in sorted(aside.rglob("*")) if path.is_file()]
        text = json.dumps(summary(report, [*names, _SUMMARY]), indent=2, ensure_ascii=False, allow_nan=False)
        (aside / _SUMMARY).write_text(f"{text}\n", encoding="utf-8")
    return [folder / name for name in (*names, _SUMMARY)]


def _drawn_before(folder: Path) -> list[str]:
    """The figures that the ``summary.json`` there lists, as far as they are files with names that this module gives."""
    try:
        listed = json.loads((folder / _SUMMARY).read_text(encoding="utf-8"))["files"]
        return [
            name
            for name in listed
            if isinstance(name, str)
            and _FIGURE.fullmatch(name)
            and (folder / name).is_file()
            and not (folder / name).is_symlink()
        ]
    except (OSError, ValueError, KeyError, TypeError):  # none, or another program's
        return []


def summary(report: StudyReport, files: Iterable[str] = ()) -> dict[str, Any]:
    """The report in short, for programs: options, sentences, notes and rankings; ``files`` are those of its folder."""
    options = report.options
    return {
        "beholder": __version__,
        "files": list(files),
        "options": {
            "alpha": options.alpha,
            "correction": options.correction.value,
            "prior": options.prior,
            "include_excluded": options.include_excluded,
            "people": options.people,
            "interval": options.interval.value,
            "scenes": list(options.scenes),
            "test": options.test.value,
            "without_flagged": options.without_flagged,
        },
        "notes": list(report.notes),
        "plan": report.plan and report.plan.as_json(),
        "deviations": list(report.deviations),
        "subjects": subjects_summary(report.subjects),
        "tasks": [_task_summary(task, report.certainty.get(task.task)) for task in report.tasks],
        "agreement": agreement_summary(report.agreement),
    }


def _task_summary(task: TaskReport, certainty: Certainty | None) -> dict[str, Any]:
    return {
        "task": task.task,
        "sentence": task.sentence,
        "tests": task.tests,
        "controls": task.controls,
        "notes": list(task.notes),
        "votes": task.votes,
        "subjects": task.subjects,
        "scenes": task.scenes,
        "scenes_left_out": task.scenes_left_out,
        "counted": task.counted,
        "excluded_counted": task.excluded_counted,
        "interval": task.interval,
        "generalises_to": task.generalises_to,
        "adaptive": task.adaptive,
        "ranking": [
            {
                "condition": row.condition, "rank": row.rank, "score": row.score,
                "low": row.low, "high": row.high, "stderr": row.stderr, "letters": row.letters,
            }
            for row in task.rows
        ],
        "boxes": [list(box) for box in task.boxes],
        "intervals": [asdict(row) for row in task.interval_rows],
        "certainty": certainty and certainty.as_json(),
    }  # fmt: skip


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


def _figures(report: StudyReport) -> Iterator[tuple[str, bytes]]:
    for figure in FIGURES.values():
        tasks = _files_of(report, figure)
        for task, name in tasks.items():
            for ending, scheme, form in _FOR_SCREENS:
                yield f"{name}{ending}", figure_sheet(report, task, figure.name, scheme).saved(form)
        for ending, width in _FOR_PAPERS:
            if tasks:
                sheets = [figure_sheet(report, task, figure.name, width=width) for task in tasks]
                yield f"{figure.name}{ending}", pages(sheets)


def _files_of(report: StudyReport, figure: Figure) -> dict[str, str]:
    """The tasks that the figure shows, each with the name of its files; the study's own figure has no task."""
    if isinstance(figure, StudyFigure):
        return {"": figure.name} if figure.shows(report) else {}
    names = figure_names(report)
    return {one.task: f"{figure.name}-{names[one.task]}" for one in report.tasks if figure.shows(report, one)}
