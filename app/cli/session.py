"""``beholder session``: the sessions of a study, and the decisions about them, as on its monitor."""

from typing import Annotated

import typer

session = typer.Typer(help="The sessions of a study, and which of them count.", no_args_is_help=True)

Study = Annotated[int, typer.Argument(min=1, help="Number of the study.")]
Number = Annotated[int, typer.Argument(min=1, metavar="SESSION", help="Number of the session.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept for good with the decision, so name nobody.")]


@session.command("list")
def list_(
    study: Study,
    state: Annotated[str | None, typer.Option(help="Only those that stand so, as they are printed here.")] = None,
) -> None:
    """List a study's sessions, the newest first: number, state, answers, catch trials, pace, side and subject."""
    from app.cli._installation import installation
    from app.sessions import checks
    from app.web.wording import decimals, share

    with installation() as place:
        for one in checks.session_summaries(place.database, study):
            if state in (None, one.state):
                pace = "–" if one.median_ms is None else f"{decimals(one.median_ms / 1000, 1)} s"
                side = "–" if one.left_rate is None else f"{share(one.left_rate, 1)} left"
                answers, catch = f"{one.answered} of {one.planned}", f"{one.catch_failures} of {one.catch_seen} failed"
                typer.echo(f"{one.id:>6}  {one.state:<12}  {answers:<12}  {catch:<16} {pace:>7} {side:>9}  {one.label}")
                for decision in one.decisions:
                    typer.echo(f"        {decision.action.value} by {decision.by} ({decision.rule}): {decision.reason}")


@session.command()
def participants(study: Study) -> None:
    """Print who came from a recruiting service, and how it went, as CSV: what to approve and pay by."""
    from app.cli._installation import installation
    from app.results.csv_lines import csv_lines
    from app.sessions.participants import COLUMNS
    from app.sessions.participants import participants as rows

    with installation() as place:
        typer.echo("".join(csv_lines(COLUMNS, rows(place.database, study))), nl=False)


@session.command()
def exclude(study: Study, number: Number, reason: Reason) -> None:
    """Let a session count no longer, for a reason that is kept; its slots go back to the schedule."""
    from app.cli._installation import installation
    from app.db.audit import AT_THE_MACHINE
    from app.sessions import checks

    with installation() as place:
        checks.exclude(place.database, number, reason, AT_THE_MACHINE, study_id=study)
        typer.echo(f"Session {number} is excluded.")


@session.command()
def readmit(study: Study, number: Number, reason: Reason) -> None:
    """Let an excluded session count again; the catch rule does not judge it a second time."""
    from app.cli._installation import installation
    from app.db.audit import AT_THE_MACHINE
    from app.sessions import checks

    with installation() as place:
        checks.readmit(place.database, number, reason, AT_THE_MACHINE, study_id=study)
        typer.echo(f"Session {number} counts again.")


@session.command()
def withdraw(
    study: Study,
    number: Number,
    label: Annotated[str, typer.Option(help="The subject's label, exactly as the list shows it.")],
    reason: Annotated[str, typer.Option(help="When and how it was asked for; it is kept, so name nobody.")],
) -> None:
    """Carry out a withdrawal asked for by mail: excluded for good, and what is personal erased; nothing undoes it."""
    from app.cli._installation import installation
    from app.db.audit import AT_THE_MACHINE
    from app.sessions import withdrawal

    with installation() as place:
        withdrawal.carry_out(place.database, study, number, label, reason, AT_THE_MACHINE)
        typer.echo(f"Session {number} is withdrawn.")
