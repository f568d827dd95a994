"""``beholder token``: keys with which scripts use the API in an account's name."""

from typing import Annotated

import typer

token = typer.Typer(help="Keys with which scripts use the API in an account's name.", no_args_is_help=True)

Account = Annotated[str, typer.Argument(help="The account that the scripts act for.")]


@token.command()
def create(
    account: Account,
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    scope: Annotated[list[str], typer.Option(help="What it may do, for example studies:read; may be repeated.")],
    days: Annotated[int | None, typer.Option(min=1, help="How long it holds; until it is revoked, without.")] = None,
) -> None:
    """Make a token and print it, this once: it cannot be shown again."""
    from app.cli._installation import installation
    from app.web import tokens

    with installation() as place:
        typer.echo(tokens.make(place.database, account, name, scope, days=days))


@token.command("list")
def list_(account: Account) -> None:
    """List an account's tokens: number, state, name and scopes."""
    from app.cli._installation import installation
    from app.web import tokens

    with installation() as place:
        for one in tokens.listing(place.database, account):
            until = f"until {one.expires_at:%Y-%m-%d}" if one.expires_at else "no end"
            typer.echo(f"{one.id:>4}  {one.state:<8} {until:<16}  {one.name}  ({' '.join(one.scopes)})")


@token.command()
def revoke(account: Account, number: Annotated[int, typer.Argument(min=1, help="The token's number.")]) -> None:
    """Revoke a token: it opens nothing any more."""
    from app.cli._installation import installation
    from app.web import tokens

    with installation() as place:
        tokens.revoke(place.database, account, number)
        typer.echo(f"Token {number} of {account} is revoked.")
