"""``beholder monitor``: how a study is doing."""

from typing import Annotated

import typer


def monitor(study: Annotated[int, typer.Argument(min=1, help="Number of the study.")]) -> None:
    """Print how many sessions of a study stand where, and its alarms; exit code 1 where there is one."""
    from app.cli._installation import installation
    from app.db.upkeep import rooms
    from app.sessions import alarms, numbers

    with installation() as place:
        counted = numbers.numbers(place.database, study)
        found = alarms.alarms(place.database, study, rooms(place.settings), counted)
    told = ("started", "valid", "under_way", "abandoned", "excluded", "screened_out", "withdrawn", "pilots")
    for name in told:
        typer.echo(f"{name.replace('_', ' '):<14}{getattr(counted, name):>7}")
    typer.echo(f"{'wanted':<14}{counted.target:>7}")
    typer.echo(f"{'answers':<14}{counted.answers:>7}")
    for alarm in found:
        typer.echo(f"! {alarm.text}. Fix: {alarm.fix}.")
    if found:
        raise typer.Exit(1)
