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


# Columns that several tables have.
TASK = Column("task", "text", "", "What the conditions restore.", "denoise")
ALPHA = Column("alpha", "number", "", "Level of the tests.", "0.05")
CORRECTION = Column("correction", "text", "", "What the letters correct for: `none`, `holm` or `bh`.", "none")
TASK_SCENES = Column("scenes", "integer", "scenes", "Scenes that take part in the task's scores.", "20")
SCENE = Column("scene", "text", "", "The reference picture that the compared pictures share.", "coffee-1")
INTERVAL = Column(
    "interval",
    "text",
    "",
    "What the interval takes as a random sample: `two_way` (subjects and scenes), `subjects`, `scenes`, `votes` or "
    "`fisher`.",
    "two_way",
)
GENERALISES_TO = Column(
    "generalises_to", "text", "", "The population that the interval speaks about.", "any subjects, any scenes"
)
