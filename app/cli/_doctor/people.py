"""Who may sign in at the desk, and whether they can."""

from collections.abc import Iterator

from app.cli._doctor.findings import Finding, counted, note, well
from app.db import Database
from app.web.accounts import openings


def accounts(database: Database) -> Iterator[Finding]:
    """There is an account, and each one can be opened."""
    found = openings(database)
    if not found:
        yield note(
            "login", "nobody has an account, so nobody can sign in at the desk", "run `beholder account create NAME`"
        )
        return
    shut = [account.name for account in found if not account.opens_again and not account.is_open]
    bare = [account.name for account in found if not account.opens_again and account.is_open]
    for name in shut:
        yield note(
            "login", f"{name} has no password and no link that still holds", f"run `beholder account link '{name}'`"
        )
    for name in bare:
        yield note(
            "login", f"{name} has no password yet", "set one on the desk's page of the account, or make links anew"
        )
    if not shut and not bare:
        yield well("login", f"{counted(len(found), 'account')}, each with a way to sign in")
