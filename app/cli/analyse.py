"""``beholder analyse``: rankings from any CSV of votes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from app.results.report import StudyReport

_Interval = Annotated[
    Literal["two_way", "subjects", "scenes", "votes", "fisher"],
    typer.Option(help="What the intervals take as a random sample, and so generalise to."),
]
_Test = Annotated[
    Literal["t", "wilcoxon", "two_way"],
    typer.Option(help="The test that letters follow: paired t, Wilcoxon, or clustered both ways."),
]
_Measures = Annotated[
    Path | None,
    typer.Option(
        help="CSV with the columns task, scene, condition, measure and value: how far measures agree with the "
        "subjects is worked out, too."
    ),
]
_Scenes = Annotated[
    list[str] | None, typer.Option("--scene", help="Only this scene takes part; repeat it for several.")
]
_WithoutFlagged = Annotated[
    bool, typer.Option("--without-flagged", help="Leave out the subjects whom the flags propose to exclude.")
]
_Ties = Annotated[
    Literal["half", "davidson"],
    typer.Option(help="What a tie is: half a win for both, or (Davidson) an answer of its own."),
]
_Anchor = Annotated[
    str | None, typer.Option(help="The condition that scores are shown relative to; otherwise they sum to zero.")
]
_Incomplete = Annotated[
    Literal["leave_out", "align"],
    typer.Option(help="What becomes of scenes that lack votes on some conditions; aligned, they give a ranking alone."),
]
_Correction = Annotated[
    Literal["none", "holm", "bh"],
    typer.Option(help="What letters and groups correct for when many pairs are tested."),
]


def analyse(
    votes: Annotated[
        Path,
        typer.Argument(help="CSV with the columns task, scene, condition_a, condition_b and winner (a, b or tie)."),
    ],
    out: Annotated[Path, typer.Option("--out", help="A folder, or a file whose name ends in .zip.")],
    prior: Annotated[float, typer.Option(help="Precision of the prior on strengths; 0 is maximum likelihood.")] = 0.1,
    alpha: Annotated[float, typer.Option(help="Level of the tests; the intervals hold 1 - alpha.")] = 0.05,
    correction: _Correction = "none",
    interval: _Interval = "two_way",
    test: _Test = "t",
    ties: _Ties = "half",
    anchor: _Anchor = None,
    measures: _Measures = None,
    scene: _Scenes = None,
    without_flagged: _WithoutFlagged = False,
    incomplete: _Incomplete = "leave_out",
) -> None:
    """Rank the conditions in a file of votes: tables, figures, and what they show in words."""
    from app.analysis.alignment import Incomplete
    from app.analysis.davidson import Ties
    from app.analysis.intervals import Interval
    from app.analysis.significance import Correction, PairTest
    from app.results.options import ReportOptions
    from app.results.report import report_on_file

    options = ReportOptions(
        alpha=alpha, correction=Correction(correction), prior=prior, interval=Interval(interval),
        scenes=tuple(sorted(set(scene or []))), test=PairTest(test), without_flagged=without_flagged,
        ties=Ties(ties), anchor=anchor, incomplete=Incomplete(incomplete),
    )  # fmt: skip
    report = report_on_file(votes, options, measures)
    files = _written(report, votes, out)
    typer.echo("\n".join((*_lines(report), f"{files} files are in {out}.")))


def _written(report: "StudyReport", votes: Path, out: Path) -> int:
    """How many files were written: the report's, and the methods sheet as far as a file can tell."""
    from app import clock
    from app.results.folder import write_package
    from app.results.methods import file_methods
    from app.results.package import Source

    with votes.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    sheet = file_methods(votes.name, digest, report)
    return write_package(Source(report, f"Analysis of {votes.name}", clock.now(), sheet=sheet), out)


def _lines(report: "StudyReport") -> Iterator[str]:
    """What the report shows, in words."""
    yield from report.notes
    for task in report.tasks:
        yield f"{task.title}: {task.sentence}"
        yield from (f"  {note}" for note in (*([task.tests] if task.tests else []), *task.notes))
    yield from report.agreement.notes
    if report.agreement.measured:
        for beside in report.agreement.tasks:
            yield f"{beside.title}, measures: {beside.sentence}"
            yield from (f"  {note}" for note in beside.notes)
