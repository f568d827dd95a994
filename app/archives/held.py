"""How much of an archive is in memory at once: its bytes say little of that, for two of them may be an object."""

from app.archives.refusals import Wrong
from app.studies.strict_json import values_in

_OF_A_VALUE = 100  # bytes that a value or a key takes in memory, about
_MOST = 256_000_000  # bytes, about; a study of 200,000 pairs, or a session of eight hours, stays below


class Held:
    """The rows that somebody keeps, and that no archive makes more of than ``most`` bytes hold, about."""

    def __init__(self, what: str, most: int = _MOST) -> None:
        self._what, self._most, self._size = what, most, 0

    @property
    def size(self) -> int:
        """What is kept takes so many bytes, about."""
        return self._size

    def take(self, line: bytes) -> None:
        """One more is kept, which is not made yet; raises ``Wrong`` where they are too many."""
        self._size += len(line) + _OF_A_VALUE * values_in(line)
        if self._size > self._most:
            raise Wrong(f"{self._what} would take more than {self._most / 1e6:,.0f} MB of memory, more than any study")

    def let_go(self) -> None:
        """None of them is kept any longer."""
        self._size = 0
