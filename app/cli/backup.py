"""``beholder backup``: a checked copy of the database, while the server runs."""

from pathlib import Path
from typing import Annotated

import typer


def backup(
    dest: Annotated[
        Path, typer.Argument(help="The file to write; an older one is replaced once the new one is whole.")
    ],
) -> None:
    """Copy the SQLite database to a file, whole and checked, while others work; exit code 2 where that fails."""
    from app.cli._environment import read_settings
    from app.cli._installation import copy_database

    kept = copy_database(read_settings(), dest.expanduser().absolute())
    typer.echo(f"The database is kept in {kept}")
