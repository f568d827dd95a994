"""``beholder account``: who may sign in at the desk."""

from typing import Annotated, Literal

import typer

account = typer.Typer(help="Who may sign in at the desk.", no_args_is_help=True)

AnyRole = Literal["owner", "experimenter", "analyst", "viewer"]  # a test holds it to app.db.models.Role
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


@account.command("list")
def list_() -> None:
    """List the accounts: what they may do, their last sign-in, and their studies."""
    from app.cli._installation import installation
    from app.web.accounts import people

    with installation() as place:
        for one in people(place.database):
            may = [right for right in ("operates", "creates", "launches") if getattr(one, right)]
            seen = f"{one.seen_at:%Y-%m-%d}" if one.seen_at else "never"
            bound = "  by an issuer" if one.has_issuer else ""
            typer.echo(f"{one.name}  may: {', '.join(may) or 'nothing'}  signed in: {seen}{bound}")
            for number, title, role in one.studies:
                typer.echo(f"    No. {number} {title}: {role}")


@account.command()
def rights(
    name: Name,
    operates: Annotated[bool | None, typer.Option(help="Accounts, and everything in every study.")] = None,
    creates: Annotated[bool | None, typer.Option(help="Begin studies of their own.")] = None,
    launches: Annotated[bool | None, typer.Option(help="Start jobs and keep photographs.")] = None,
) -> None:
    """Give rights to an account or take them; what is not named stays."""
    from app.cli._installation import installation
    from app.web import accounts
    from app.web.login import NoSuchAccount

    with installation() as place:
        had = next((one for one in accounts.people(place.database) if one.name == name), None)
        if had is None:
            raise NoSuchAccount(name)
        accounts.set_rights(
            place.database,
            name,
            operates=had.operates if operates is None else operates,
            creates=had.creates if creates is None else creates,
            launches=had.launches if launches is None else launches,
        )
        typer.echo(f"The rights of {name} are set.")


@account.command()
def invite(
    whom: Annotated[str, typer.Argument(help="For whom it is, as the list of invitations shall say.")],
    study: Annotated[int | None, typer.Option(min=1, help="A study in which they get a role.")] = None,
    role: Annotated[AnyRole | None, typer.Option(help="The role in it.")] = None,
    creates: Annotated[bool, typer.Option("--creates", help="They may begin studies.")] = False,
    launches: Annotated[bool, typer.Option("--launches", help="They may start jobs and keep photographs.")] = False,
) -> None:
    """Print a link by which somebody makes an account, or takes a role, once and within a week."""
    from app.cli._installation import installation
    from app.db.models import Role
    from app.web.account_invitations import make

    with installation() as place:
        given = None if role is None else Role(role)
        token = make(place.database, whom, study_id=study, role=given, creates=creates, launches=launches)
        typer.echo(f"Open once, within a week: {place.settings.address}/invitation/{token}")


@account.command()
def invitations(
    study: Annotated[int | None, typer.Option(min=1, help="Only those into the study with this number.")] = None,
) -> None:
    """List the invitations, the newest first: number, state, what they give, and for whom they are."""
    from app.cli._installation import installation
    from app.web import account_invitations

    with installation() as place:
        for one in account_invitations.listing(place.database, study):
            role = [] if one.role is None else [f"{one.role} of study {one.study_id}"]
            rights = [right for right in ("creates", "launches") if getattr(one, right)]
            gives = ", ".join((*role, *rights)) or "an account"
            typer.echo(f"{one.id:>4}  {one.state:<8} until {one.expires_at:%Y-%m-%d}  {gives}  {one.note}")


@account.command()
def revoke(number: Annotated[int, typer.Argument(min=1, help="The invitation's number.")]) -> None:
    """Revoke an invitation: it opens nothing any more."""
    from app.cli._installation import installation
    from app.web import account_invitations

    with installation() as place:
        account_invitations.revoke(place.database, number)
        typer.echo(f"Invitation {number} is revoked.")


@account.command()
def role(
    name: Name,
    study: Annotated[int, typer.Argument(min=1, help="The study's number.")],
    role: Annotated[AnyRole | None, typer.Argument(help="The role in it.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the role away instead.")] = False,
) -> None:
    """Give an account a role in a study, or take it away."""
    from app.cli._installation import installation
    from app.db.models import Role
    from app.studies import members

    with installation() as place:
        if remove:
            members.remove(place.database, study, name)
            typer.echo(f"{name} takes part in study {study} no longer.")
        elif role is None:
            raise typer.BadParameter("say which role, or --remove")
        else:
            members.give(place.database, study, name, Role(role))
            typer.echo(f"{name} is {role} of study {study}.")


@account.command("sign-out")
def sign_out(name: Name) -> None:
    """End every login of an account, and every link made for it."""
    from app.cli._installation import installation
    from app.web.accounts import end_logins

    with installation() as place:
        end_logins(place.database, name)
        typer.echo(f"Every browser of {name} is signed out.")


@account.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the name once more.")] = False,
) -> None:
    """Delete an account with its logins, tokens and roles; what it did stays in the log."""
    from app.cli._installation import installation
    from app.web import accounts

    with installation() as place:
        typed = name if yes else typer.prompt("Type the account's name to delete it")
        accounts.delete(place.database, name, typed)
        typer.echo(f"The account {name} is deleted.")


@account.command()
def bind(
    name: Name,
    subject: Annotated[str, typer.Argument(help="By which the issuer knows the person: the `sub` of its tokens.")],
) -> None:
    """Bind an account to a person of the issuer, who may then sign in by it."""
    from app.cli._installation import installation
    from app.web.oidc import arrivals

    with installation() as place:
        arrivals.bind(place.database, name, place.settings.oidc_issuer, subject)
        typer.echo(f"{name} may sign in by {place.settings.oidc_issuer}.")


@account.command()
def unbind(name: Name) -> None:
    """Undo what binds an account to a person of the issuer."""
    from app.cli._installation import installation
    from app.web.accounts import people
    from app.web.oidc import arrivals

    with installation() as place:
        arrivals.unbind(place.database, name)
        typer.echo(f"No issuer opens {name} any more.")
        if not next(one for one in people(place.database) if one.name == name).has_password:
            typer.echo(f"Nor does a password: `beholder account link {name}` makes a link by which they can set one.")


def _signing_in(address: str, token: str) -> str:
    return f"Open once, within a day: {address}/login/once/{token}"
