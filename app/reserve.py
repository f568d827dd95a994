"""The room on a disk that is left to votes: whatever else is written stops before it takes the last of it.

A disk that pictures and uploads have filled refuses the next vote, and a subject's answer cannot be asked for again.
"""

import errno
import shutil
from pathlib import Path

RESERVE = 1 << 30  # bytes; below so many free ones votes are in danger


class ReserveReached(OSError):
    """Writing would leave less free than is kept for votes."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, f"less than {RESERVE / 1e9:,.1f} GB would be free, which are kept for votes")

    def __str__(self) -> str:
        return str(self.strerror)


def require_room(folder: Path, coming: int) -> None:
    """Nothing, where the reserve is still free after ``coming`` bytes more; raises ``ReserveReached``.

    ``folder`` exists.
    """
    if shutil.disk_usage(folder).free - coming < RESERVE:
        raise ReserveReached
