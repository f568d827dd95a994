"""``beholder export``: everything that a study's results have to take away."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from app.results.options import ReportOptions

_Alpha = Annotated[float | None, typer.Option(help="Level of the tests, instead of the planned one.")]
_Correction = Annotated[
    Literal["none", "holm", "bh"] | None,
    typer.Option(help="What letters and groups correct for, instead of what is planned."),
]
_Prior = Annotated[float | None, typer.Option(help="Precision of the prior on strengths, instead of the planned one.")]
_Interval = Annotated[
    Literal["two_way", "subjects", "scenes", "votes", "fisher"] | None,
    typer.Option(help="What the intervals take as a random sample, instead of what is planned."),
]
_Test = Annotated[
    Literal["t", "wilcoxon", "two_way"] | None,
    typer.Option(help="The test that letters follow, instead of the planned one."),
]
_Ties = Annotated[Literal["half", "davidson"] | None, typer.Option(help="What a tie is, instead of what is planned.")]
_Anchor = Annotated[
    str | None, typer.Option(help="The condition that scores are shown relative to; otherwise they sum to zero.")
]
_Scenes = Annotated[
    list[str] | None, typer.Option("--scene", help="Only this scene takes part; repeat it for several.")
]
_Incomplete = Annotated[
    Literal["leave_out", "align"] | None,
    typer.Option(help="What becomes of scenes that lack votes on some conditions; aligned, they give a ranking alone."),
]
_Flagged = Annotated[
    bool | None,
    typer.Option("--without-flagged/--with-flagged", help="Whether subjects whom the flags propose are left out."),
]
_Excluded = Annotated[
    bool | None, typer.Option("--excluded/--no-excluded", help="Whether votes of excluded sessions count.")
]


def export(
    study: Annotated[int, typer.Argument(help="Number of the study.")],
    out: Annotated[Path, typer.Option("--out", help="A folder, or a file whose name ends in .zip.")],
    alpha: _Alpha = None,
    correction: _Correction = None,
    prior: _Prior = None,
    interval: _Interval = None,
    test: _Test = None,
    ties: _Ties = None,
    anchor: _Anchor = None,
    scene: _Scenes = None,
    incomplete: _Incomplete = None,
    without_flagged: _Flagged = None,
    excluded: _Excluded = None,
    people: Annotated[
        bool, typer.Option("--people", help="In a demonstration: count the people who tried it.")
    ] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="Tables as Parquet, too.")] = False,
) -> None:
    """Write a study's tables, figures, methods sheet and the layouts of R and pwcmp to a folder or a zip file."""
    from app import clock
    from app.cli._installation import installation
    from app.db.audit import AT_THE_MACHINE
    from app.results import peeks
    from app.results.folder import write_package
    from app.results.package import study_source

    wanted = {
        "alpha": alpha, "correction": correction, "prior": prior, "interval": interval, "test": test, "ties": ties,
        "anchor": anchor, "scenes": tuple(sorted(set(scene or []))) or None, "incomplete": incomplete,
        "without_flagged": without_flagged, "include_excluded": excluded, "people": people or None,
    }  # fmt: skip
    with installation() as place:
        options = _options(place.database, study, {name: said for name, said in wanted.items() if said is not None})
        peeks.looked(place.database, study, "export", AT_THE_MACHINE)
        source = study_source(place.database, study, options, clock.now(), parquet=parquet)
        files = write_package(source, out)
    typer.echo(f"{files} files are in {out}.")


def _options(database: Any, study: int, wanted: dict[str, Any]) -> "ReportOptions":
    """As planned, but for what is wanted; raises ``StudyNotFound`` and ``BadOptions``."""
    from dataclasses import replace

    from app.analysis.alignment import Incomplete
    from app.analysis.davidson import Ties
    from app.analysis.intervals import Interval
    from app.analysis.significance import Correction, PairTest
    from app.results.plan import plan_of

    kinds: dict[str, Any] = {
        "correction": Correction, "interval": Interval, "test": PairTest, "ties": Ties, "incomplete": Incomplete,
    }  # fmt: skip
    said: dict[str, Any] = {name: kinds[name](one) if name in kinds else one for name, one in wanted.items()}
    plan = plan_of(database, study)
    options = replace(plan.options, **said)
    options.require_meaning(is_demo=plan.is_demo)
    return options
