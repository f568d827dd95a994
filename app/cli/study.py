"""``beholder study``: studies from draft to archive, as the desk's buttons do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli import _drafts, _watching
from app.cli._drafts import Number, Revision

study = typer.Typer(help="Studies: the list, and the moves of their lives.", no_args_is_help=True)

Anyway = Annotated[bool, typer.Option("--anyway", help="Also while subjects are in the middle of their sessions.")]


@study.command("list")
def list_(archived: Annotated[bool, typer.Option("--archived", help="Those in the archive instead.")] = False) -> None:
    """List the studies: number, state, valid sessions of those wanted, and title."""
    from app.cli._installation import installation
    from app.db.models import StudyState
    from app.sessions import checks
    from app.studies import service

    with installation() as place:
        for one in service.listing(place.database):
            if (one.state is StudyState.ARCHIVED) is archived:
                valid = checks.valid_sessions(place.database, one.id, simulated=one.is_demo)
                typer.echo(f"{one.id:>4}  {one.state.value:<8}  {f'{valid} of {one.target_sessions}':<12}  {one.title}")


for _command in (
    _drafts.findings, _drafts.check, _drafts.create, _drafts.change, _drafts.add, _drafts.catch,
    _watching.coverage, _watching.ranking, _watching.members,
):  # fmt: skip
    study.command()(_command)
study.command("set")(_drafts.set_)


@study.command()
def show(
    number: Number,
    yaml: Annotated[bool, typer.Option("--yaml", help="The whole study as a file that makes it again.")] = False,
) -> None:
    """Tell what a study is and how far it has come."""
    from app.cli._installation import installation
    from app.studies import as_file, service, study_text

    with installation() as place:
        if yaml:
            typer.echo(study_text.text_of(as_file.described(place.database, number)), nl=False)
            return
        found = service.get(place.database, number)
        typer.echo(f"{number}  {found.title}")
        typer.echo(
            f"state {found.state}; revision {found.revision}; protocol {found.protocol_hash or found.protocol.hash}"
        )
        typer.echo(f"{found.pairs} pairs, {found.planned} trials a session, {found.target_sessions} sessions wanted")


@study.command("open")
def open_(number: Number, revision: Revision = None) -> None:
    """Open a draft or a pilot to subjects; pictures, pairs and protocol are frozen."""
    from app.cli._installation import installation
    from app.studies import moves, service

    with installation() as place:
        moves.open_study(place.database, place.media, number, revision=revision)
        one = service.get(place.database, number)
        typer.echo(f"Study {number} is open. Its protocol is {one.protocol_hash}.")
        typer.echo(f"Its analysis plan is {one.protocol.plan_hash}.")


@study.command()
def pilot(number: Number, revision: Revision = None) -> None:
    """Freeze a draft and let those in who come by its pilot link; nothing counts."""
    from app.cli._installation import installation
    from app.studies import moves

    with installation() as place:
        moves.start_pilot(place.database, place.media, number, revision=revision)
        typer.echo(f"Study {number} is a pilot.")


@study.command()
def draft(number: Number) -> None:
    """Make a pilot a draft again, as long as nobody has begun it."""
    from app.cli._installation import installation
    from app.studies import moves

    with installation() as place:
        moves.end_pilot(place.database, number)
        typer.echo(f"Study {number} is a draft again.")


@study.command()
def pause(number: Number, anyway: Anyway = False) -> None:
    """Pause an open study; while subjects sit at their screens only with --anyway."""
    from app.cli._installation import installation
    from app.sessions import stopping

    with installation() as place:
        with _said_by_anyway():
            stopping.pause(place.database, number, anyway=anyway)
        typer.echo(f"Study {number} is paused.")


@study.command()
def resume(number: Number) -> None:
    """Let subjects go on in a paused study."""
    from app.cli._installation import installation
    from app.studies import trouble

    with installation() as place:
        trouble.resume(place.database, place.media, number)
        typer.echo(f"Study {number} is open.")


@study.command()
def close(number: Number, anyway: Anyway = False) -> None:
    """Close a study for good; while sessions are unfinished only with --anyway."""
    from app.cli._installation import installation
    from app.sessions import stopping

    with installation() as place:
        with _said_by_anyway():
            stopping.close(place.database, number, anyway=anyway)
        typer.echo(f"Study {number} is closed.")


@study.command()
def archive(number: Number) -> None:
    """Put a closed study into the archive; its results stay where they are."""
    from app.cli._installation import installation
    from app.studies import moves

    with installation() as place:
        moves.archive(place.database, number)
        typer.echo(f"Study {number} is in the archive.")


@study.command()
def unarchive(number: Number) -> None:
    """Take a study out of the archive, closed as it was."""
    from app.cli._installation import installation
    from app.studies import moves

    with installation() as place:
        moves.unarchive(place.database, number)
        typer.echo(f"Study {number} is closed, and listed with the others.")


@study.command()
def delete(number: Number) -> None:
    """Delete a draft, with the links made for it."""
    from app.cli._installation import installation
    from app.studies import moves

    with installation() as place:
        moves.delete(place.database, number)
        typer.echo(f"Draft {number} is gone.")


@study.command("export")
def export_(
    number: Number,
    file: Annotated[Path, typer.Argument(help="Where to write; in a folder the file gets a name of its own.")],
    personal: Annotated[
        bool, typer.Option("--personal", help="With external ids, questionnaires and completion codes.")
    ] = False,
    design: Annotated[bool, typer.Option("--design", help="Without sessions: a template for another study.")] = False,
) -> None:
    """Write a whole study to one file, its pictures, votes and logs in it; prints the digest that names it."""
    from app.archives.export import Wanted
    from app.cli._archives import write
    from app.cli._installation import installation

    with installation() as place:
        write(place, number, file, Wanted(sessions=not design, personal=personal))


@study.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A study's archive.")],
    again: Annotated[bool, typer.Option("--again", help="Also where it is a study here already.")] = False,
) -> None:
    """Make a new study of an archive, after all of it has been verified: closed, or a draft of a design."""
    from app.cli._archives import bring
    from app.cli._installation import at_work

    with at_work() as place:
        bring(place, file, again=again)


@study.command()
def duplicate(
    number: Number,
    demonstration: Annotated[
        bool,
        typer.Option("--demonstration", help="Count simulated subjects, who come by its public link, and no others."),
    ] = False,
) -> None:
    """Make a new draft with the same pictures and the same protocol."""
    from app.cli._installation import installation
    from app.studies import copies

    with installation() as place:
        copy = copies.duplicate(place.database, number, demonstration=demonstration)
        typer.echo(f"Study {copy} is a draft, and a copy of study {number}.")


@study.command()
def diff(
    number: Number,
    to: Annotated[int | None, typer.Option(min=1, help="The other study; without, the one it is a copy of.")] = None,
) -> None:
    """Tell what differs between two studies: settings, analysis plan and pictures."""
    from app.cli._installation import installation
    from app.studies import differences, service

    with installation() as place:
        other = to or service.get(place.database, number).duplicate_of
        if other is None:
            raise differences.NotACopy(number)
        found = differences.differences(place.database, other, number)
        for one in (*found.settings, *found.plan):
            typer.echo(one.in_a_line)
        for shown in found.pictures:
            typer.echo(f"{shown.task}/{shown.condition}: {shown.change.value} in {', '.join(shown.scenes)}")
        if found.are_none:
            typer.echo(f"Nothing differs between study {other} and study {number}.")


@study.command("try")
def try_(number: Number) -> None:
    """Print a link for taking a study as a subject would; what is answered there never counts."""
    from app.cli._installation import installation
    from app.sessions import trying

    with installation() as place:
        token = trying.try_it(place.database, place.media, place.settings.secret(), number)
        typer.echo(f"{place.settings.address}/join/{token}")


@contextmanager
def _said_by_anyway() -> Iterator[None]:
    from app.sessions import stopping

    try:
        yield
    except stopping.SubjectsSitting as error:
        raise stopping.SubjectsSitting(error.sitting, "say --anyway") from None
