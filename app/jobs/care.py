"""Which objectives are learned carefully: by smaller steps, and by steps whose gradient is cut to a length.

The published comparison says that FSIM and VSI needed a smaller learning rate and clipped gradients, and gives no
numbers; MAD's gradient grows a hundredfold over flat parts of a reference. A tenth of the rate and a norm of one are
our choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.jobs import objective as grammar


@dataclass(frozen=True, slots=True)
class Care:
    """How an objective that holds a certain measure is learned."""

    rate: float = 1.0  # times the preset's learning rate
    clip_norm: float | None = None  # gradient norm above which a step is shortened


CARE: Mapping[str, Care] = {measure: Care(rate=0.1, clip_norm=1.0) for measure in ("fsim", "vsi", "mad")}


def care_for(objective: str, table: Mapping[str, Care] = CARE) -> Care:
    """The care that an objective needs: of all its measures, the smallest rate and the shortest norm.

    Raises
    ------
    UnknownMeasure, BadObjective
        The text is no objective.
    """
    cares = [table[measure] for measure in grammar.parse(objective).measures if measure in table]
    norms = [care.clip_norm for care in cares if care.clip_norm is not None]
    return Care(min((care.rate for care in cares), default=1.0), min(norms, default=None))
