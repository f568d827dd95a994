"""``beholder log``: what people changed, in the whole program or in one study."""

from typing import Annotated

import typer


def log(
    study: Annotated[int | None, typer.Option(min=1, help="Only of the study with this number.")] = None,
    deed: Annotated[str, typer.Option(help="Only changes of this kind, as they are printed here.")] = "",
    account: Annotated[str, typer.Option(help="Only what the account of this name did.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    table: Annotated[bool, typer.Option("--csv", help="All of them, as CSV.")] = False,
) -> None:
    """Print what people changed, the newest first: when, who, through what, and what."""
    from app.cli._installation import installation
    from app.db import deeds
    from app.results.csv_lines import csv_lines
    from app.studies import service
    from app.web import deed_lines

    with installation() as place:
        if study is not None:
            service.get(place.database, study)
        if table:
            for line in csv_lines(deed_lines.COLUMNS, deed_lines.rows(place.database, study, deed, account)):
                typer.echo(line, nl=False)
            return
        for one in deeds.deeds(place.database, limit, study_id=study, deed=deed, account=account):
            about = " ".join(f"{what} {n}" for what, n in (("study", one.study_id), ("job", one.job_id)) if n)
            who = f"{one.account or '–'} ({one.through.value})"
            more = "; ".join(part for part in (about, deed_lines.told(one)) if part)
            typer.echo(f"{one.at:%Y-%m-%d %H:%M}  {who:<20} {one.deed}{f': {more}' if more else ''}")
