"""Which pictures a score compares: what a rendering brought, each with its scene's reference."""

from app.db import Database
from app.errors import NotFound
from app.jobs.contract import PicturePair, RenderSpec
from app.jobs.views import get, rendered

DEGRADED = "degraded"  # the degraded input is a condition too: what a network must at least improve on


class NoPicturesToScore(NotFound):
    """The rendering has no pictures to compare."""

    def __init__(self, rendering: int) -> None:
        super().__init__(
            f"Job {rendering} has no pictures that could be scored", "run it again if it is a rendering, then this job"
        )


def pairs_of(database: Database, rendering: int, *, degraded: bool = True) -> tuple[PicturePair, ...]:
    """The restored picture of every scene beside its reference, and where it is asked for the degraded input, too.

    Where both are the same picture, as under the baseline that leaves the input alone, it is there once.

    Raises
    ------
    NoPicturesToScore
        The job is no rendering, or left nothing.
    """
    spec = get(database, rendering).spec
    if not isinstance(spec, RenderSpec):
        raise NoPicturesToScore(rendering)
    pairs = tuple(
        PicturePair(scene=row.scene, condition=name, picture=picture, reference=row.reference)
        for row in rendered(database, rendering)
        for name, picture in ((spec.condition, row.condition), (DEGRADED, row.degraded))
        if picture is not None and row.reference is not None
        if name != DEGRADED or (degraded and picture != row.condition)
    )
    if not pairs:
        raise NoPicturesToScore(rendering)
    return pairs
