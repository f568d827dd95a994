"""Whoever decides something in a test."""

from app.db.audit import Actor
from app.db.models import Through


def somebody(name: str) -> Actor:
    """Somebody of that name at the machine, without an account."""
    return Actor(None, name, Through.CLI)
