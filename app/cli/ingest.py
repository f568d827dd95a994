"""``beholder ingest``: pictures from a folder into a draft study."""

from pathlib import Path
from typing import Annotated

import typer


def ingest(
    study: Annotated[int, typer.Argument(help="Number of a draft study.")],
    folder: Annotated[Path, typer.Argument(help="Folder of task/condition/scene.png and task/reference/scene.png.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="First take out what the study has of the folder's tasks.")
    ] = False,
) -> None:
    """Bring a folder of pictures into a draft study: all of them, or none and a list of everything wrong."""
    from app.cli._installation import installation
    from app.studies import service
    from app.studies.stimuli import ingest_folder

    with installation() as place:
        typer.echo(str(ingest_folder(place.database, place.media, study, folder, replace=replace)))
        for finding in service.lint(place.database, place.media, study):
            typer.echo(f"{finding.severity}: {finding.text} Fix: {finding.fix}.")
