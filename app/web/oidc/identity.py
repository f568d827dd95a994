"""For whom an issuer vouches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the issuer knows them."""

    issuer: str
    subject: str  # the issuer's own number or name of them, which nobody else ever has
    email: str  # in small letters; empty unless the issuer has verified it
