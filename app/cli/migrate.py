"""``beholder migrate``: brings the tables up to date."""

import typer


def migrate() -> None:
    """Bring the database's tables up to date."""
    from app.cli._environment import read_settings
    from app.cli._installation import bring_up, opened

    with opened(read_settings()) as database:
        bring_up(database)
        where = database.url.render_as_string(hide_password=True)
    typer.echo(f"The tables in {where} are up to date.")
