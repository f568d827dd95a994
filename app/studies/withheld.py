"""What a protocol says of the way back to whoever sent the subject: codes that are worth money, and where they lead.

Whoever has one can have themselves paid, so they are for those who run the study; others learn that they are set. For
the same reason they are no part of the protocol's hash, which everybody is told: short codes could be found by trying.
"""

from collections.abc import Mapping
from typing import Any

ENDS = tuple(f"{end}_{what}" for what in ("code", "url") for end in ("completed", "failed", "screened_out"))
SET = "set"  # instead of what is there


def withheld(settings: Mapping[str, Any], told: str = SET) -> dict[str, Any]:
    """The settings as others read them: ``told`` stands for each of these that is not empty."""
    return {name: told if value and name in ENDS else value for name, value in settings.items()}
