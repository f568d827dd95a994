"""``beholder ingest``: pictures from a folder or a zip file into a draft study."""

from pathlib import Path
from typing import Annotated

import typer

from app.errors import BadInput


class NothingToIngest(BadInput):
    """The path to ingest is neither a folder nor a zip file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is neither a folder nor a zip file that can be read",
            "give the one that holds task/condition/scene.png",
        )


def ingest(
    study: Annotated[int, typer.Argument(help="Number of a draft study.")],
    folder_or_zip: Annotated[
        Path,
        typer.Argument(help="Folder or zip file of task/condition/scene.png and task/reference/scene.png."),
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="First take out what the study has of the tasks that come in.")
    ] = False,
    strip: Annotated[
        bool, typer.Option("--strip", help="Take text, EXIF and other notes out of the pictures; pixels stay.")
    ] = False,
) -> None:
    """Bring a folder or a zip file of pictures into a draft: all of them, or none and a list of everything wrong."""
    from app.cli._in_steps import in_a_line
    from app.cli._installation import installation
    from app.studies import service
    from app.studies.stimuli import ingest_folder
    from app.studies.zipped import ingest_zip

    source = folder_or_zip
    with installation() as place:
        if source.is_dir():
            report = ingest_folder(place.database, place.media, study, source, replace=replace, strip=strip)
        elif source.is_file():
            report = ingest_zip(
                place.database, place.media, study, source, replace=replace, strip=strip, source=str(source)
            )
        else:
            raise NothingToIngest(source)
        for line in (str(report), *report.notes):
            typer.echo(line)
        for finding in service.lint(place.database, place.media, study):
            typer.echo(in_a_line(finding))
