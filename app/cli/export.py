"""``beholder export``: everything that a study's results have to take away."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from app.results.options import ReportOptions


def export(
    study: Annotated[int, typer.Argument(help="Number of the study.")],
    out: Annotated[Path, typer.Option("--out", help="A folder, or a file whose name ends in .zip.")],
    alpha: Annotated[float | None, typer.Option(help="Level of the tests, instead of the planned one.")] = None,
    correction: Annotated[
        Literal["none", "holm", "bh"] | None,
        typer.Option(help="What letters and groups correct for, instead of what is planned."),
    ] = None,
    prior: Annotated[
        float | None, typer.Option(help="Precision of the prior on strengths, instead of the planned one.")
    ] = None,
    interval: Annotated[
        Literal["two_way", "subjects", "scenes", "votes", "fisher"] | None,
        typer.Option(help="What the intervals take as a random sample, instead of what is planned."),
    ] = None,
    excluded: Annotated[
        bool | None, typer.Option("--excluded/--no-excluded", help="Whether votes of excluded sessions count.")
    ] = None,
    people: Annotated[
        bool, typer.Option("--people", help="In a demonstration: count the people who tried it.")
    ] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="Tables as Parquet, too.")] = False,
) -> None:
    """Write a study's tables, figures, methods sheet and the layouts of R and pwcmp to a folder or a zip file."""
    from app import clock
    from app.cli._installation import installation
    from app.results.folder import write_package
    from app.results.package import study_source

    wanted = {
        "alpha": alpha, "correction": correction, "prior": prior, "interval": interval, "include_excluded": excluded,
        "people": people or None,
    }  # fmt: skip
    with installation() as place:
        options = _options(place.database, study, {name: said for name, said in wanted.items() if said is not None})
        source = study_source(place.database, study, options, clock.now(), parquet=parquet)
        files = write_package(source, out)
    typer.echo(f"{files} files are in {out}.")


def _options(database: Any, study: int, wanted: dict[str, Any]) -> "ReportOptions":
    """As planned, but for what is wanted; raises ``StudyNotFound`` and ``BadOptions``."""
    from dataclasses import replace

    from app.analysis.intervals import Interval
    from app.analysis.significance import Correction
    from app.results.plan import plan_of
    from app.studies import service

    kinds: dict[str, Any] = {"correction": Correction, "interval": Interval}
    said: dict[str, Any] = {name: kinds[name](one) if name in kinds else one for name, one in wanted.items()}
    options = replace(plan_of(database, study).options, **said)
    options.require_meaning(is_demo=service.get(database, study).is_demo)
    return options
