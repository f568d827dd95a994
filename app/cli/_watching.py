"""The commands of ``beholder study`` about one that runs: coverage, the ranking so far, and who takes part in it."""

from typing import TYPE_CHECKING

import typer

from app.cli._drafts import Number

if TYPE_CHECKING:
    from app.results.task_report import TaskReport


def coverage(number: Number) -> None:
    """Tell how often every two conditions have been judged by subjects who count, and how often they should be."""
    from app.cli._installation import installation
    from app.sessions.coverage import coverage as covered

    with installation() as place:
        found = covered(place.database, number)
    for task in found:
        for pair in task.pairs:
            scenes = f"{pair.least} to {pair.most} in a scene"
            typer.echo(f"{task.task:<12} {f'{pair.judged} of {pair.target}':<14} {scenes:<20} {pair.a} / {pair.b}")
    if not found:
        typer.echo(f"Study {number} shows no pairs yet: they are made when it opens.")


def ranking(number: Number) -> None:
    """Print the ranking as it stands; that somebody looked is written into the log before it is shown."""
    from app.cli._installation import installation
    from app.db.audit import AT_THE_MACHINE
    from app.results import peeks
    from app.results.report import report

    with installation() as place:
        found = report(place.database, number)
        peeks.write_down(place.database, number, found.votes, AT_THE_MACHINE)
    for task in found.tasks:
        typer.echo(f"{task.title}: {task.sentence}")
        _say_ranking(task)


def members(number: Number) -> None:
    """List who takes part in a study, and the open invitations into it with their numbers."""
    from app.cli._installation import installation
    from app.studies import members as taking_part
    from app.web import account_invitations

    with installation() as place:
        for one in taking_part.listing(place.database, number):
            typer.echo(f"{one.role.value:<12}  since {one.added_at:%Y-%m-%d}  {one.name}")
        for made in account_invitations.listing(place.database, number):
            if made.state == "open":
                typer.echo(f"invitation {made.id} to {made.role}, until {made.expires_at:%Y-%m-%d}: {made.note}")


def _say_ranking(task: "TaskReport") -> None:
    from app.web.wording import decimals

    for row in task.rows:
        span = "–" if row.low is None or row.high is None else f"{decimals(row.low)} to {decimals(row.high)}"
        counts = f"{row.wins:g} of {row.votes:g} won"
        typer.echo(
            f"{row.rank:>4}  {decimals(row.score):>6}  {span:<16} {row.letters or '–':<4} {counts:<18} {row.condition}"
        )
