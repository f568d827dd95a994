"""Whether those who have accounts can come in."""

from app.cli._doctor.people import accounts
from app.clock import now
from app.db import Database
from app.db.models import Account
from app.db.upkeep import Health


def test_an_account_of_an_issuer_is_well_without_a_password(database: Database) -> None:
    with database.write() as db:
        db.add(Account(name="ada", oidc_issuer="https://lab.example", oidc_subject="a1", created_at=now()))
    (one,) = accounts(database)
    assert (one.state, one.finding) == (Health.WELL, "1 account, each with a way to sign in")


def test_whoever_has_no_way_in_is_named(database: Database) -> None:
    with database.write() as db:
        db.add(Account(name="ada", password_hash="scrypt", created_at=now()))
        db.add(Account(name="ben", created_at=now()))
    (one,) = accounts(database)
    assert (one.state, one.finding) == (Health.NOTE, "ben has no password and no link that still holds")
    assert one.fix == "run `beholder account link 'ben'`"
