"""``beholder <command>``: one file each, named after the command it holds.

A file ``name.py`` in this room defines ``name``: a function (a command) or a ``typer.Typer`` (a group of commands). It
imports what it needs inside, so that ``beholder --help`` answers at once. Files that begin with an underscore hold no
command.
"""

import os
import sys
from importlib import import_module
from pkgutil import iter_modules

import typer

from app import __version__
from app.cli._as_typed import as_typed
from app.errors import AppError


def program() -> typer.Typer:
    """All commands that lie in this room."""
    commands = typer.Typer(
        name="beholder",
        help=f"Beholder {__version__}: train, render, ask people, rank.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for file in iter_modules(__path__):
        if not file.name.startswith("_"):
            command = getattr(import_module(f"{__name__}.{file.name}"), file.name)
            if isinstance(command, typer.Typer):
                commands.add_typer(command, name=file.name)
            else:
                commands.command(file.name)(command)
    return commands


def main() -> None:
    """Runs the command in ``sys.argv``; a broken rule, or a lost database, ends it with a sentence and exit code 2."""
    try:
        if any(name.upper().startswith("BEHOLDER_") for name in os.environ):  # otherwise there is nothing to read
            import_module(f"{__name__}._environment").warn_of_unknown_names()
        program()()
    except AppError as error:
        typer.echo(as_typed(error.message), err=True)
        sys.exit(2)
    except Exception as error:
        if "app.db" not in sys.modules:  # otherwise no database was asked for anything
            raise
        silence = import_module("app.db.silence")
        told = silence.said_of(error) if isinstance(error, silence.SQLAlchemyError) else None
        if told is None:
            raise
        typer.echo(f"{told.message} ({silence.reason(error)})", err=True)
        sys.exit(2)
