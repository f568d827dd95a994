"""Members of messages that say what a column of a table says."""

from typing import Any

from pydantic import Field

from app.results.columns import TABLES

_NEVER_NULL = ("letters", "left_out", "rule")  # empty texts


def told_column(table: str, name: str) -> Any:
    """A member that says what the column of that name says."""
    (column,) = (one for one in TABLES[table] if one.name == name)
    meaning = column.meaning if name in _NEVER_NULL else column.meaning.replace("empty", "null")
    meaning = meaning if name in _NEVER_NULL else meaning.replace("Empty", "Null")
    return Field(description=f"{meaning} Unit: {column.unit}." if column.unit else meaning)
