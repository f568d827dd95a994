"""For whom an issuer vouches."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the issuer knows them."""

    issuer: str
    subject: str  # the issuer's own number or name of them, which nobody else ever has
    email: str  # in small letters; empty unless the issuer has verified it

    @property
    def digest(self) -> str:
        """By which the log of changes tells two people apart, and names neither."""
        return hashlib.sha256(f"{self.issuer} {self.subject}".encode()).hexdigest()[:16]
