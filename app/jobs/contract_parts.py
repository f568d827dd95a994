"""What the parts of the contract share: frozen models, and pictures named by their content."""

import hashlib
import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]  # of a job, or of steps: what every database takes


class Frozen(BaseModel):
    """Plain data that crosses a process boundary; what it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PhotographRef(Frozen):
    """A photograph in the store."""

    name: str
    digest: Digest


class SceneRef(Frozen):
    """The part of a test photograph that is shown: ``width`` × ``height`` pixels from (left, top)."""

    name: str
    photograph: PhotographRef
    left: int = Field(ge=0)
    top: int = Field(ge=0)
    width: int = Field(ge=1)
    height: int = Field(ge=1)


def digest_of(content: object) -> str:
    """sha256 of the canonical JSON of ``content``."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
