"""Everything there is to take away of a matrix of trainings: tables, figures and a summary, all together or none."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from app import __version__
from app.errors import NotFound
from app.results.agreement_columns import MEASURES, RANK_MATRIX
from app.results.agreement_rows import matrix_rows, measure_rows
from app.results.cells import Cell
from app.results.column import Column
from app.results.columns import ABOUT
from app.results.csv_lines import Cells, csv_lines, in_chunks
from app.results.diagonal_columns import DIAGONAL
from app.results.diagonal_figure import caption, diagonal_figure
from app.results.folder import written_before
from app.results.frame import Width
from app.results.package import SUMMARY, Part
from app.results.rank_figure import rank_sheet
from app.results.sheet import Form, Scheme, Sheet, pages
from app.results.staging import staged
from app.results.training_matrix import MatrixReport, TaskMatrix

Drawn = Callable[[Scheme, Width], Sheet]


class NoSuchMatrixFigure(NotFound):
    """A matrix of trainings has no figure of that name, or nothing to show in it yet."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(known) or "none before something is scored"
        super().__init__(f"There is no figure {name!r}", f"choose one of those that there are: {names}")


# The tables of a matrix: their columns, what they hold, and their rows.
MATRIX_TABLES: dict[str, tuple[tuple[Column, ...], str, Callable[[MatrixReport], Cells]]] = {
    "rank_matrix": (RANK_MATRIX, ABOUT["rank_matrix"], lambda report: _rank_rows(report)),
    "diagonal": (
        DIAGONAL, "Whether each network is best under its own measure.", lambda report: diagonal_rows(report)
    ),
    "measures": (MEASURES, ABOUT["measures"], lambda report: measure_rows(report.held)),
}  # fmt: skip
_ON_SCREEN: tuple[tuple[str, Scheme, Form], ...] = (
    (".svg", "light", "svg"), ("-dark.svg", "dark", "svg"), (".png", "light", "png"),
)  # fmt: skip
_ON_PAPER: tuple[tuple[str, Width], ...] = ((".pdf", "page"), ("-column.pdf", "column"))


def matrix_parts(report: MatrixReport) -> list[Part]:
    """The files, each with its bytes when they are asked for."""
    found = [*_tables(report), *_figures(report)]
    names = [SUMMARY, *(part.path for part in found)]
    told = json.dumps(matrix_summary(report, names), indent=2, ensure_ascii=False, allow_nan=False)
    return [Part(SUMMARY, "The matrix in short, for programs.", lambda: [f"{told}\n".encode()]), *found]


def write_matrix(report: MatrixReport, folder: Path) -> list[Path]:
    """The paths of what now stands in ``folder``; all of it or nothing, and the same report gives the same bytes."""
    parts = matrix_parts(report)
    with staged(folder, last=SUMMARY, stale=written_before(folder)) as aside:
        for part in parts:
            (aside / part.path).parent.mkdir(exist_ok=True)
            with (aside / part.path).open("wb") as file:
                file.writelines(part.content())
    return [folder / part.path for part in parts]


def matrix_csv(report: MatrixReport, table: str) -> Iterator[str]:
    """The lines of one of ``MATRIX_TABLES``."""
    columns, _, rows = MATRIX_TABLES[table]
    return csv_lines([column.name for column in columns], rows(report))


def matrix_summary(report: MatrixReport, files: list[str]) -> dict[str, Any]:
    """The criterion and who misses it, for programs; ``files`` are those of the folder."""
    return {
        "beholder": __version__,
        "files": files,
        "sentence": caption(report),
        "asked": report.asked,
        "met": report.met,
        "tasks": [
            {
                "task": task.task,
                "asked": len(task.diagonal.entries),
                "met": task.diagonal.met,
                "measures": [one.text for one in task.ids],
                "conditions": list(task.matrix.conditions),
                "composite": list(task.diagonal.composite),
                "missed": [
                    {
                        "condition": entry.condition, "rank": entry.rank, "value": entry.value, "best": entry.best,
                        "best_value": entry.best_value, "lead": entry.lead, "lead_share": entry.lead_share,
                    }
                    for entry in task.diagonal.entries
                    if not entry.met
                ],
            }
            for task in report.tasks
        ],
        "missing": [{"task": one.task, "condition": one.condition, "why": one.why} for one in report.missing],
    }  # fmt: skip


def diagonal_rows(report: MatrixReport) -> Iterator[tuple[Cell, ...]]:
    """One for each network that the criterion is asked of."""
    higher = {(one.task, one.measure): one.higher_is_better for one in report.held}
    for task, one in report.entries:
        yield (
            task, one.condition, one.measure, "higher" if higher[task, one.measure] else "lower", one.met, one.rank,
            one.value, one.best, one.best_value, one.rival, one.lead, one.lead_share, one.scenes, one.scenes_first,
        )  # fmt: skip


def _rank_rows(report: MatrixReport) -> Iterator[tuple[Cell, ...]]:
    for task in report.tasks:
        yield from matrix_rows(task.task, task.matrix, task.ids)


def _tables(report: MatrixReport) -> Iterator[Part]:
    for name, (_, what, _) in MATRIX_TABLES.items():
        yield Part(f"{name}.csv", what, partial(_lines, report, name))


def _lines(report: MatrixReport, table: str) -> Iterator[bytes]:
    return in_chunks(matrix_csv(report, table))


def matrix_figures(report: MatrixReport) -> dict[str, tuple[str, Drawn]]:
    """What each figure shows and how it is drawn, by the name that it has in addresses and in the folder."""
    found: dict[str, tuple[str, Drawn]] = {}
    if report.asked:
        found["diagonal"] = "Ranks of the networks under their own measures.", partial(diagonal_figure, report)
    for task in report.tasks:
        found[f"matrix-{task.task}"] = "Ranks of the networks under each measure.", partial(_ranks, task)
    return found


def matrix_figure(report: MatrixReport, name: str) -> Drawn:
    """How the figure of that name is drawn; raises ``NoSuchMatrixFigure``."""
    figures = matrix_figures(report)
    if name not in figures:
        raise NoSuchMatrixFigure(name, figures)
    return figures[name][1]


def _figures(report: MatrixReport) -> Iterator[Part]:
    for name, (what, figure) in matrix_figures(report).items():
        for ending, scheme, form in _ON_SCREEN:
            yield Part(f"figures/{name}{ending}", what, partial(_on_screen, figure, scheme, form))
        for ending, width in _ON_PAPER:
            yield Part(f"figures/{name}{ending}", what, partial(_on_paper, figure, width))


def _ranks(task: TaskMatrix, scheme: Scheme, width: Width) -> Sheet:
    return rank_sheet(task.matrix, task.title, scheme, width)


def _on_screen(figure: Drawn, scheme: Scheme, form: Form) -> list[bytes]:
    return [figure(scheme, "screen").saved(form)]


def _on_paper(figure: Drawn, width: Width) -> list[bytes]:
    return [pages([figure("light", width)])]
