"""What every message of the API has in common: what is sent must be known whole, what is told is read from a view."""

from typing import Annotated, Any

from fastapi import Header, Query
from pydantic import BaseModel, ConfigDict, Field

from app.web.pages import LARGEST_ID


class Sent(BaseModel):
    """A message to the API; a member that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(BaseModel):
    """A message from the API; moments are in UTC."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def example(value: dict[str, Any]) -> ConfigDict:
    """A model's configuration with the example that the description shows."""
    return ConfigDict(json_schema_extra={"example": value})


MOMENT, LATER = "2026-11-20T18:22:00Z", "2026-11-27T09:00:00Z"  # of the examples
DIGEST = "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce"

Number = Annotated[int, Field(ge=1, le=LARGEST_ID)]  # of a study, a job, a session
Limit = Annotated[int, Query(ge=1, le=1000, description="How many to tell at most.")]
After = Annotated[
    int | None, Query(ge=1, le=LARGEST_ID, description="The `next` of the page before; leave it out for the first.")
]
IfMatch = Annotated[
    str | None,
    Header(
        pattern=r'^("[0-9]{1,9}"|[0-9]{1,9}|\*)$',
        description="The `revision` of the draft that you have read: where it has another by now, nothing is changed.",
    ),
]


def revision(if_match: str | None) -> int | None:
    """The revision that the header names; None where any will do."""
    return None if if_match in (None, "*") else int(str(if_match).strip('"'))
