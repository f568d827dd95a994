"""``beholder account``: who may sign in at the desk."""

from typing import Annotated

import typer

account = typer.Typer(help="Who may sign in at the desk.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]


@account.command()
def create(
    name: Name,
    once: Annotated[
        bool, typer.Option("--link", help="Print a one-time link instead of asking for a password.")
    ] = False,
    operates: Annotated[
        bool | None, typer.Option(help="Accounts, and everything in every study; the first account may.")
    ] = None,
    creates: Annotated[bool | None, typer.Option(help="Begin studies of their own; every account may.")] = None,
    launches: Annotated[
        bool | None, typer.Option(help="Start jobs and keep photographs; the first account may.")
    ] = None,
) -> None:
    """Create an account; asks for its password."""
    from app.cli._installation import installation
    from app.web.login import create_account, one_time_link

    with installation() as place:
        password = None if once else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        create_account(place.database, name, password, operates=operates, creates=creates, launches=launches)
        typer.echo(f"{name} may sign in at {place.settings.address}/login")
        if once:
            typer.echo(_signing_in(place.settings.address, one_time_link(place.database, name)))


@account.command()
def link(name: Name) -> None:
    """Print a link that signs the account in once, for a first visit or a forgotten password."""
    from app.cli._installation import installation
    from app.web.login import one_time_link

    with installation() as place:
        typer.echo(_signing_in(place.settings.address, one_time_link(place.database, name)))


def _signing_in(address: str, token: str) -> str:
    return f"Open once, within a day: {address}/login/once/{token}"
