"""``beholder measures``: values of measures from a CSV file, for the pictures of a study."""

from pathlib import Path
from typing import Annotated

import typer


def measures(
    study: Annotated[int, typer.Argument(help="Number of the study whose pictures were measured.")],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with the columns task, scene, condition, measure and value; also better (higher or lower) for "
            "measures that the catalogue does not know, and form (rgb or y)."
        ),
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace values that are here and differ; the old ones are told.")
    ] = False,
) -> None:
    """Bring values of measures in: all of the file, or nothing and a list of everything wrong."""
    from app.cli._installation import installation
    from app.results.measure_import import import_measures

    with installation() as place:
        done = import_measures(place.database, study, file, replace=replace)
    typer.echo(f"{done}.")
    for line in (*done.replaced, *done.notes):
        typer.echo(line)
