"""``beholder photographs``: the named sets that trainings learn from and studies are made of."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.db import Database
    from app.jobs.photo_files import FolderOfPhotographs
    from app.jobs.photograph_sets import PhotographSet

photographs = typer.Typer(help="Named sets of photographs, to learn from and to judge on.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The set's name.")]


class NothingToAdd(BadInput):
    """The path to photographs is neither a folder nor a zip file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is neither a folder nor a zip file that can be read", "give one that holds pictures")


@photographs.command()
def add(
    name: Name,
    folder_or_zip: Annotated[Path, typer.Argument(help="Folder or zip file of photographs.")],
    test: Annotated[
        str | None,
        typer.Option(help="Those to judge on: names or patterns, separated by commas; a share otherwise."),
    ] = None,
    share: Annotated[float, typer.Option(min=0.01, max=0.99, help="To judge on, chosen by content.")] = 0.3,
    licence: Annotated[str, typer.Option(help="What allows their use.")] = "",
    source: Annotated[str, typer.Option(help="Who took them, or where they come from.")] = "",
) -> None:
    """Take the photographs of a folder or zip into a set: all of them, or none and a list of everything wrong."""
    from app.cli._installation import installation
    from app.jobs.photo_files import folder
    from app.studies.photo_archive import in_archive
    from app.studies.photo_intake import Intake, take_in

    patterns = None if test is None else tuple(part.strip() for part in test.split(",") if part.strip())
    wish = Intake(name, licence, source, share, patterns)
    with installation() as place:
        if folder_or_zip.is_dir():
            given = folder(folder_or_zip)
            _say(place.database, given, take_in(place.database, place.media, given, wish))
        elif folder_or_zip.is_file():
            with in_archive(folder_or_zip, str(folder_or_zip)) as given:
                _say(place.database, given, take_in(place.database, place.media, given, wish))
        else:
            raise NothingToAdd(folder_or_zip)


@photographs.command("list")
def list_() -> None:
    """List the sets: how many to learn from and to judge on, licence and source."""
    from app.cli._installation import installation
    from app.jobs import photograph_sets

    with installation() as place:
        for one in photograph_sets.listing(place.database):
            removed = f"  removed {one.removed_at:%Y-%m-%d}" if one.removed_at else ""
            licence, source = one.licence or "no licence", one.source or "no source"
            typer.echo(f"{one.name}  {one.train} + {one.test}  {licence}  {source}{removed}")


@photographs.command()
def show(name: Name) -> None:
    """Show a set: its photographs, what is wrong with it, and the jobs that have used it."""
    from app.cli._installation import installation
    from app.jobs import photograph_lint, photograph_sets, photograph_uses

    with installation() as place:
        found = photograph_sets.photographs(place.database, name, removed=True)
        for one in (*found.train, *found.test):
            typer.echo(f"{one.split.value:<5}  {one.width} × {one.height}  {one.name}  {one.source}")
        for finding in photograph_lint.lint(place.database, name):
            typer.echo(f"{finding.severity}: {finding.text} Fix: {finding.fix}.")
        for use in photograph_uses.uses(place.database, name):
            typer.echo(f"job {use.job}  {use.state.value}  {use.title}: {use.photographs} of them")


@photographs.command()
def describe(
    name: Name,
    licence: Annotated[str | None, typer.Option(help="What allows their use; as it was otherwise.")] = None,
    source: Annotated[str | None, typer.Option(help="Where they come from; as it was otherwise.")] = None,
) -> None:
    """Write down a set's licence and source."""
    from app.cli._installation import installation
    from app.jobs import photograph_changes

    with installation() as place:
        photograph_changes.describe(place.database, name, licence=licence, source=source)


@photographs.command()
def remove(name: Name) -> None:
    """Remove a set; where jobs have used it, they keep its photographs, and it can be brought back."""
    from app.cli._installation import installation
    from app.jobs import photograph_changes

    with installation() as place:
        kept = photograph_changes.remove(place.database, name)
        typer.echo(f"{name} is no longer offered; jobs have used it." if kept else f"{name} is gone.")


@photographs.command()
def restore(name: Name) -> None:
    """Bring a removed set back."""
    from app.cli._installation import installation
    from app.jobs import photograph_changes

    with installation() as place:
        photograph_changes.restore(place.database, name)


def _say(database: "Database", given: "FolderOfPhotographs", taken: "PhotographSet") -> None:
    from app.jobs.photograph_lint import lint

    typer.echo(f"{taken.name}: {len(taken.train)} to learn from, {len(taken.test)} to judge on.")
    if given.left_alone:
        count = f"{given.left_alone} file{'' if given.left_alone == 1 else 's'}"
        typer.echo(f"Left alone, being no pictures by their names: {count}.")
    for finding in lint(database, taken.name):
        typer.echo(f"{finding.severity}: {finding.text} Fix: {finding.fix}.")
