"""What a column of a table is."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``unit`` is empty where a value has none."""

    name: str
    type: Literal["text", "integer", "number", "yes/no", "time"]
    unit: str
    meaning: str
    example: str
