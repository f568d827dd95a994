"""The database: every table, and the two ways to open a transaction."""

from app.db.engine import Database

__all__ = ["Database"]
