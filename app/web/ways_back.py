"""Where a page that tells of a refusal leads: to what was to be changed, and to what stands in its way."""

import re
from dataclasses import dataclass

from app.errors import AppError, NotFound
from app.jobs.store import TwinAtWork

_PLACES = (  # a page, and what the link to it says; then the list, for what is not there
    (r"/admin/studies/\d+", "Back to study {}", "/admin/studies", "All studies"),
    (r"/admin/trainings/\d+", "Back to job {}", "/admin/jobs", "All jobs"),
    (r"/admin/photographs/[^/]+", "Back to the set {}", "/admin/photographs", "All photographs"),
    (r"/admin/matrices/\d+", "Back to the matrix", "/admin/trainings", "All trainings"),
)


@dataclass(frozen=True, slots=True)
class Way:
    """A link away from an error."""

    address: str
    words: str


def ways_back(path: str, error: AppError) -> list[Way]:
    """The links for a refusal at this path, the most useful first; none where the path belongs to no single thing."""
    ways = []
    if isinstance(error, TwinAtWork) and error.twin is not None:
        ways.append(Way(f"/admin/trainings/{error.twin}", f"Go to job {error.twin}"))
    for page, words, room, every in _PLACES:
        found = re.match(rf"({page})(/|$)", path)
        if found and isinstance(error, NotFound):
            ways.append(Way(room, every))
        elif found and found[2]:
            ways.append(Way(found[1], words.format(found[1].rpartition("/")[2])))
    return ways
