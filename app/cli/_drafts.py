"""The commands of ``beholder study`` about drafts: made of a file, changed by one, and told what is wrong with them."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="A study file (YAML).")]
Number = Annotated[int, typer.Argument(min=1, metavar="STUDY", help="Number of the study.")]
Revision = Annotated[
    int | None,
    typer.Option(min=0, help="The draft that you have read, as `beholder study show` counts; another is refused."),
]


def findings(number: Number) -> None:
    """Say step by step what keeps a draft from opening and what is to be weighed, and what it can be expected to be."""
    from app.cli._in_steps import in_a_line, in_steps
    from app.cli._installation import installation
    from app.db.models import StudyState
    from app.results import outlook
    from app.studies import service, setting_up

    with installation() as place:
        found = service.lint(place.database, place.media, number)
        if service.get(place.database, number).state is StudyState.DRAFT:
            lines = in_steps(setting_up.standing(place.database, number, found))
        else:
            lines = map(in_a_line, found)
        for line in lines:
            typer.echo(line)
        if not found:
            typer.echo(f"Nothing is wrong with study {number}.")
        for line in outlook.in_lines(outlook.outlook(place.database, number)):
            typer.echo(line)


def check(file: File) -> None:
    """Read a study file and its pictures, and tell step by step what is wrong; exit code 1 where it could not open."""
    from app.cli._in_steps import in_steps
    from app.cli._installation import installation
    from app.studies import from_file, study_file
    from app.studies.steps import Step, standings

    asked, source = study_file.read(file)
    with installation() as place:
        found = from_file.check(place.database, place.media, asked, source, file.parent)
        for line in in_steps(standings(found, [*Step], has_pictures=True)):
            typer.echo(line)
        if any(finding.severity == "error" for finding in found):
            raise typer.Exit(1)
        typer.echo(f"{file} makes a study that can open; its protocol is {asked.protocol.hash}.")


def create(file: File) -> None:
    """Make a draft of a study file, with all its pictures; where anything does not fit there is no draft."""
    from app.cli._installation import installation
    from app.studies import from_file, study_file

    asked, source = study_file.read(file)
    with installation() as place:
        number = from_file.create(place.database, place.media, asked, source, file.parent)
        typer.echo(f"Study {number} is a draft; `beholder study findings {number}` says what keeps it from opening.")


def change(
    number: Number,
    file: File,
    pictures: Annotated[
        bool,
        typer.Option("--pictures", help="Keep of its pictures those alone that the file's tasks and leave_out name."),
    ] = False,
    revision: Revision = None,
) -> None:
    """Give a draft the title and all settings of a study file, and print what changed; what it lacks is a default."""
    from app.cli._installation import installation
    from app.studies import from_file, study_file

    asked, _ = study_file.read(file)
    with installation() as place:
        changed, gone = from_file.change(place.database, number, asked, pictures=pictures, revision=revision)
        for setting in changed:
            typer.echo(setting.in_a_line)
        if gone:
            typer.echo(f"{gone} pictures were taken out.")
        if not changed and not gone:
            typer.echo(f"Study {number} was so already.")


def catch(
    number: Number,
    pair: Annotated[list[str] | None, typer.Option(help="A pair as it is printed here; once for each.")] = None,
    revision: Revision = None,
) -> None:
    """Print the catch pairs that a study could show, a star at those that it does; with --pair a draft shows others."""
    from app.cli._installation import installation
    from app.studies import catching

    with installation() as place:
        if pair:
            catching.choose(place.database, number, pair, {}, revision=revision)
        for line in catching.in_lines(place.database, number):
            typer.echo(line)


def set_(
    number: Number,
    settings: Annotated[
        list[str],
        typer.Argument(help="name=value, with the value as in a study file; name=@FILE takes a text from a file."),
    ],
    revision: Annotated[
        int | None,
        typer.Option(min=0, help="The draft that you have read: refused where one of these was changed since."),
    ] = None,
) -> None:
    """Give a draft these settings, or its title, and print what changed; all others stay as they are."""
    from app.cli._installation import installation
    from app.cli._typed_setting import typed
    from app.studies import differences, service, setting_up

    said = dict(map(typed, settings))
    title = said.pop("title", None)
    with installation() as place:
        before = service.get(place.database, number)
        setting_up.save(place.database, number, None, said, title=title, revision=revision)
        after = service.get(place.database, number)
    for one in (
        *differences.titles(before.title, after.title), *differences.changed(before.protocol, after.protocol),
    ):  # fmt: skip
        typer.echo(one.in_a_line)
    if before.revision == after.revision:
        typer.echo(f"Study {number} was so already.")


def add(
    number: Number,
    jobs: Annotated[list[int], typer.Argument(min=1, help="Numbers of finished renderings.")],
) -> None:
    """Bring the pictures of finished renderings into a draft: all of them, or none."""
    from app.cli._in_steps import in_a_line
    from app.cli._installation import installation
    from app.studies import service, stimuli

    with installation() as place:
        typer.echo(str(stimuli.add_renderings(place.database, number, jobs)))
        for finding in service.lint(place.database, place.media, number):
            typer.echo(in_a_line(finding))
