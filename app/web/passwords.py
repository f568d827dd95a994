"""Hashing passwords and checking them, a few at a time; ``login.py`` comes through here."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import AppError, BadInput
from app.turns import Turns

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000  # argon2 reads all of it
_HASHER = PasswordHasher()


class BadPassword(BadInput):
    """The password cannot be used."""


class CrowdAtTheDoor(AppError):
    """More people type passwords at once than the server can check."""

    status = 429

    def __init__(self) -> None:
        super().__init__("Too many people are signing in at this moment", "try again in a few seconds")


# Each hash takes 64 MiB, which a crowd at the door must not multiply, and a tenth of the patience.
_HASHES = Turns(at_once=2, waiting=4, patience=0.5, refusal=CrowdAtTheDoor)


def hashed(password: str) -> str:
    """The password as the table keeps it; raises ``BadPassword`` where it is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadPassword(
            f"A password has at least {SHORTEST_PASSWORD} characters and at most {LONGEST_PASSWORD}",
            "take a few words that come to you in a row",
        )
    with _HASHES.take():
        return _HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one; where none is kept the answer is no, and takes as long."""
    against = kept or decoy()
    try:
        with _HASHES.take():
            return _HASHER.verify(against, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


@cache
def decoy() -> str:
    """A hash that no password fits, so that an unknown name costs as much time as a wrong password."""
    with _HASHES.take():
        return _HASHER.hash(secrets.token_urlsafe(32))
