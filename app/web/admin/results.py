"""A study's results: a sentence, a figure and a table per task, and everything to take away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from app.analysis.significance import Correction
from app.db.models import StudyState
from app.errors import NotFound
from app.results import figures
from app.results.columns import TABLES
from app.results.export import REPORT_TABLES, votes_csv
from app.results.options import ReportOptions
from app.results.report import StudyReport, report
from app.results.sheet import Form, Scheme
from app.results.task_report import TaskReport
from app.results.vote_rows import vote_rows
from app.web.admin.study_head import head, study_page
from app.web.pages import Ctx, Id
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])
_TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}


class NoSuchTable(NotFound):
    """No report has such a table."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no table {name!r}", f"choose one of {', '.join(TABLES)}")


class NoSuchFigure(NotFound):
    """The study has no such task, or nothing to show of it yet."""

    def __init__(self, task: str) -> None:
        super().__init__(
            f"There is no figure for {task!r}: the study has no such task, or no votes on it yet.",
            "choose a task on the page of results, or come back when there are votes",
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """What the row of switches says; ``address`` says it again in links."""

    alpha: float
    correction: Correction
    excluded: bool
    people: bool

    @property
    def options(self) -> ReportOptions:
        """The same for the report."""
        return ReportOptions(self.alpha, self.correction, include_excluded=self.excluded, people=self.people or None)

    @property
    def address(self) -> str:
        """The query part of an address."""
        said = {"alpha": f"{self.alpha:g}", "correction": self.correction.value}
        return urlencode(said | {name: "1" for name in ("excluded", "people") if getattr(self, name)})

    def file_name(self, study_id: int, rest: str) -> str:
        """The name of a download, which tells choices that its reader must not overlook."""
        marks = [mark for chosen, mark in ((self.excluded, "with-excluded"), (self.people, "people")) if chosen]
        return "-".join([f"study-{study_id}", *marks, rest])


def choice(
    alpha: Annotated[float, Query()] = 0.05,
    correction: Annotated[Correction, Query()] = Correction.NONE,
    excluded: Annotated[bool, Query()] = False,
    people: Annotated[bool, Query()] = False,
) -> Choice:
    """The switches, read from the address."""
    return Choice(alpha, correction, excluded, people)


Chosen = Annotated[Choice, Depends(choice)]


@router.get("/admin/studies/{study_id}/results")
def results(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """The rankings as they stand."""
    above = head(use, study_id)
    found = report(use.database, study_id, chosen.options)
    return study_page(
        request,
        above,
        "results",
        problem="",
        report=found,
        chosen=chosen,
        corrections=_CORRECTIONS,
        tables=TABLES,
        is_draft=above.study.state is StudyState.DRAFT,
    )


@router.get("/admin/studies/{study_id}/results/{table}.csv")
def table_csv(use: Ctx, study_id: Id, table: str, chosen: Chosen) -> Response:
    """One table, line by line."""
    if table == "votes":
        lines = votes_csv(vote_rows(use.database, study_id, chosen.options))
    elif table in REPORT_TABLES:
        lines = REPORT_TABLES[table](report(use.database, study_id, chosen.options))
    else:
        raise NoSuchTable(table)
    headers = _attached(chosen.file_name(study_id, f"{table}.csv"))
    return StreamingResponse(_chunks(lines), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/admin/studies/{study_id}/results/{task}/forest.{form}")
def forest(
    use: Ctx,
    study_id: Id,
    task: str,
    form: Form,
    chosen: Chosen,
    scheme: Annotated[Scheme, Query()] = "light",
    download: Annotated[bool, Query()] = False,
) -> Response:
    """The forest plot of one task."""
    found = _task(report(use.database, study_id, chosen.options), task)
    drawn = figures.forest(found, scheme, form)
    headers = _attached(chosen.file_name(study_id, f"{task}-forest.{form}")) if download else {}
    return Response(drawn, media_type=_TYPES[form], headers={"Cache-Control": "no-cache", **headers})


_CORRECTIONS = {
    Correction.NONE: "none (as published)",
    Correction.HOLM: "Holm",
    Correction.BH: "Benjamini–Hochberg",
}


def _task(found: StudyReport, task: str) -> TaskReport:
    for one in found.tasks:
        if one.task == task and one.rows:
            return one
    raise NoSuchFigure(task)


def _attached(name: str) -> dict[str, str]:
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
    return {"Content-Disposition": f'attachment; filename="{plain}"', "Cache-Control": "no-store"}


def _chunks(lines: Iterable[str], at_least: int = 65_536) -> Iterator[bytes]:
    """The lines in few large pieces: each piece is a hop to the event loop."""
    pending, size = list[str](), 0
    for line in lines:
        pending.append(line)
        size += len(line)
        if size >= at_least:
            yield "".join(pending).encode()
            pending, size = [], 0
    yield "".join(pending).encode()
