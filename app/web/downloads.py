"""What is taken away from a study's results, by the page and by the API: the choice, tables as streams, figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query
from starlette.responses import Response

from app.analysis.alignment import Incomplete
from app.analysis.davidson import Ties
from app.analysis.intervals import Interval
from app.analysis.significance import Correction, PairTest
from app.errors import NotFound
from app.results.columns import TABLES
from app.results.csv_lines import csv_lines, in_chunks
from app.results.export import sessions_csv, table_csv, votes_csv
from app.results.figures import figure_sheet
from app.results.frame import Width
from app.results.methods import study_methods
from app.results.methods_text import MethodsSheet
from app.results.options import ReportOptions
from app.results.plan import StudyPlan, plan_of
from app.results.report import report
from app.results.report_rows import REPORT_ROWS
from app.results.session_rows import session_table
from app.results.sheet import Form, Scheme
from app.results.vote_rows import vote_rows
from app.sessions.participants import COLUMNS, participants
from app.web.analysis_turns import begun
from app.web.pages import Context, Ctx, Id

FIGURE_TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}


class NoSuchTable(NotFound):
    """No report has such a table."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no table {name!r}", f"choose one of {', '.join(TABLES)}")


class Flagged(StrEnum):
    """What is done with subjects whom the screening proposes to exclude."""

    COUNTED = "counted"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the row of switches says, and what the study planned; ``address`` says the choice again in links."""

    alpha: float
    correction: Correction
    prior: float
    excluded: bool
    people: bool
    scenes: tuple[str, ...]
    flagged: Flagged
    plan: StudyPlan
    interval: Interval = Interval.TWO_WAY
    test: PairTest = PairTest.T
    ties: Ties = Ties.HALF
    anchor: str | None = None
    incomplete: Incomplete = Incomplete.LEAVE_OUT

    @property
    def options(self) -> ReportOptions:
        """The same for the report."""
        return ReportOptions(
            self.alpha, self.correction, self.prior, include_excluded=self.excluded, people=self.people or None,
            interval=self.interval, scenes=self.scenes, test=self.test,
            without_flagged=self.flagged is Flagged.OUT, ties=self.ties, anchor=self.anchor,
            incomplete=self.incomplete,
        )  # fmt: skip

    @property
    def off_plan(self) -> str:
        """What differs from the plan, in a sentence; empty without any."""
        return self.plan.in_words(self.options)

    @property
    def address(self) -> str:
        """The query part of an address; without one, results are as planned."""
        planned = self.plan.options
        said = {"alpha": f"{self.alpha:g}", "correction": self.correction.value}
        if self.prior != planned.prior:
            said["prior"] = f"{self.prior:g}"
        if self.excluded != planned.include_excluded:
            said["excluded"] = "1" if self.excluded else "0"
        if self.interval is not planned.interval:
            said["interval"] = self.interval.value
        if self.test is not planned.test:
            said["test"] = self.test.value
        if (self.flagged is Flagged.OUT) != planned.without_flagged:
            said["flagged"] = self.flagged.value
        if self.ties is not planned.ties:
            said["ties"] = self.ties.value
        if self.anchor != planned.anchor:
            said["anchor"] = self.anchor or ""
        if self.incomplete is not planned.incomplete:
            said["incomplete"] = self.incomplete.value
        said |= {"people": "1"} if self.people else {}
        return urlencode([*said.items(), *(("scene", scene) for scene in self.scenes)])

    def file_name(self, study_id: int, rest: str) -> str:
        """The name of a download, which tells choices that its reader must not overlook."""
        told = (
            (self.excluded, "with-excluded"), (self.flagged is Flagged.OUT, "without-flagged"),
            (self.people, "people"), (self.scenes, "chosen-scenes"),
            (self.incomplete is Incomplete.ALIGN, "aligned"),
        )  # fmt: skip
        marks = [mark for chosen, mark in told if chosen]
        return "-".join([f"study-{study_id}", *marks, rest])


_AskedPeople = Annotated[
    bool, Query(description="In a demonstration: count the people who tried it, not the simulated subjects.")
]
_AskedFlagged = Annotated[
    Flagged | None, Query(description="Whether subjects whom the flags propose to exclude are counted or left out.")
]
_Prior = Annotated[float | None, Query(description="Precision of the prior on scores; 0 is maximum likelihood.")]
_Interval = Annotated[
    Interval | None, Query(description="What the intervals take as a random sample, and so generalise to.")
]
_Scene = Annotated[
    list[str] | None,
    Query(description="Only these scenes take part; repeated for several. All, where none is named."),
]
_Test = Annotated[
    PairTest | None, Query(description="The test that letters follow: paired t, Wilcoxon, or clustered both ways.")
]
_Ties = Annotated[
    Ties | None,
    Query(description="What an answer without a choice is: half a win for both, or (Davidson) of its own kind."),
]
_Anchor = Annotated[
    str | None,
    Query(description="The condition that scores are shown relative to; they sum to zero where none is named."),
]

_Incomplete = Annotated[
    Incomplete | None,
    Query(description="Whether scenes that lack votes on some conditions are left out or aligned: a ranking alone."),
]
_Alpha = Annotated[
    float | None, Query(description="Level of the tests, from 0.000001 to 0.5; intervals hold 1 - alpha.")
]


def choice(
    use: Ctx,
    study_id: Id,
    alpha: _Alpha = None,
    correction: Annotated[Correction | None, Query(description="What the p-values are corrected for.")] = None,
    prior: _Prior = None,
    excluded: Annotated[bool | None, Query(description="Whether votes of excluded sessions count, too.")] = None,
    people: _AskedPeople = False,
    interval: _Interval = None,
    scene: _Scene = None,
    test: _Test = None,
    ties: _Ties = None,
    anchor: _Anchor = None,
    flagged: _AskedFlagged = None,
    incomplete: _Incomplete = None,
) -> Choice:
    """The switches, read from the address; what it does not say is as the study planned it.

    Raises ``BadOptions`` where no analysis can follow them, or one means nothing in such a study.
    """
    plan = plan_of(use.database, study_id)
    usual = plan.options
    wanted = Choice(
        alpha=usual.alpha if alpha is None else alpha,
        correction=usual.correction if correction is None else correction,
        prior=usual.prior if prior is None else prior,
        excluded=usual.include_excluded if excluded is None else excluded,
        people=people,
        scenes=tuple(sorted(set(scene or []))),
        flagged=flagged or (Flagged.OUT if usual.without_flagged else Flagged.COUNTED),
        plan=plan,
        interval=usual.interval if interval is None else interval,
        test=usual.test if test is None else test,
        ties=usual.ties if ties is None else ties,
        anchor=usual.anchor if anchor is None else anchor or None,
        incomplete=usual.incomplete if incomplete is None else incomplete,
    )
    wanted.options.require_meaning(is_demo=plan.is_demo)
    return wanted


Chosen = Annotated[Choice, Depends(choice)]


def table_chunks(use: Context, study_id: int, table: str, chosen: Choice) -> Iterator[bytes]:
    """The table's lines in pieces; raises ``NoSuchTable`` before the first."""
    if table == "votes":
        return in_chunks(votes_csv(vote_rows(use.database, study_id, chosen.options)))
    if table == "sessions":
        return in_chunks(sessions_csv(session_table(use.database, study_id)))
    if table in REPORT_ROWS:
        return begun(in_chunks(table_csv(table, report(use.database, study_id, chosen.options))))
    raise NoSuchTable(table)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a figure is asked for."""

    form: Form
    scheme: Scheme
    width: Width
    download: bool


def drawing(
    form: Form,
    scheme: Annotated[Scheme, Query(description="Ink for light or for dark paper.")] = "light",
    width: Annotated[
        Width, Query(description="For a screen, or for a paper: as wide as its column (3.3 in) or its page (6.9 in).")
    ] = "screen",
    download: Annotated[bool, Query(description="Whether it comes as a file to be kept.")] = False,
) -> Drawing:
    """How the figure is drawn, read from the address."""
    return Drawing(form, scheme, width, download)


Drawn = Annotated[Drawing, Depends(drawing)]


def figure_reply(use: Context, study_id: int, task: str, figure: str, chosen: Choice, drawn: Drawing) -> Response:
    """The figure's bytes; raises ``NoSuchFigure``. ``task`` is empty for a figure of the whole study."""
    found = report(use.database, study_id, chosen.options)
    picture = figure_sheet(found, task, figure, drawn.scheme, drawn.width).saved(drawn.form)
    parts = [task, figure, *([drawn.width] if drawn.width != "screen" else [])]
    name = chosen.file_name(study_id, f"{'-'.join(part for part in parts if part)}.{drawn.form}")
    headers = {"Cache-Control": "no-cache"} | (attached(name) if drawn.download else {})
    return Response(picture, media_type=FIGURE_TYPES[drawn.form], headers=headers)


def sheet_of(use: Context, study_id: int, chosen: Choice) -> MethodsSheet:
    """The study's methods sheet."""
    return study_methods(use.database, study_id, report(use.database, study_id, chosen.options))


def participants_csv(use: Context, study_id: int) -> Response:
    """Who came from a recruiting service, and how it went, line by line."""
    lines = "".join(csv_lines(COLUMNS, participants(use.database, study_id)))
    headers = attached(f"study-{study_id}-participants.csv")
    return Response(lines, media_type="text/csv; charset=utf-8", headers=headers)


def attached(name: str) -> dict[str, str]:
    """The headers of a download of this name."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
    return {"Content-Disposition": f'attachment; filename="{plain}"', "Cache-Control": "no-store"}
