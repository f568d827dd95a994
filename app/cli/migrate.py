"""``beholder migrate``: brings the tables up to date."""

import typer


def migrate() -> None:
    """Bring the database's tables up to date; a SQLite database is copied to data_dir/backups first."""
    from app.cli._environment import read_settings
    from app.cli._installation import bring_up, opened

    settings = read_settings()
    with opened(settings) as database:
        backup = bring_up(database, settings)
        where = database.url.render_as_string(hide_password=True)
    if backup is not None:
        typer.echo(f"The database as it was is kept in {backup}")
    typer.echo(f"The tables in {where} are up to date.")
