"""Which objectives are learned carefully: by smaller steps, by steps whose gradient is cut to a length, as displayed.

The published comparison says that FSIM and VSI needed a smaller learning rate and clipped gradients, and gives no
numbers; MAD's gradient grows a hundredfold over flat parts of a reference. A tenth of the rate and a norm of one are
our choice. SFF's gradient grows a hundred thousandfold where a restored picture is flat, for its correlation is divided
by next to nothing there. VIF, IFC and CW-SSIM compare bands of detail and see no
brightness: nothing in them keeps a network from pictures that are wonderful beyond black and white, and spoiled by the
clipping of a display. They judge what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.jobs import objective as grammar


@dataclass(frozen=True, slots=True)
class Care:
    """How an objective that holds a certain measure is learned."""

    rate: float = 1.0  # times the preset's learning rate
    clip_norm: float | None = None  # gradient norm above which a step is shortened
    beyond: float | None = None  # judged as displayed; the share of the gradient that passes where that is clipped


CARE: Mapping[str, Care] = {
    **dict.fromkeys(("fsim", "vsi", "mad"), Care(rate=0.1, clip_norm=1.0)),
    "sff": Care(clip_norm=1.0),
    **dict.fromkeys(("vif", "ifc", "cw_ssim"), Care(beyond=0.1)),
}


def care_for(objective: str, table: Mapping[str, Care] = CARE) -> Care:
    """The care that an objective needs: of all its measures, the smallest rate, the shortest norm, the least leak.

    Raises
    ------
    UnknownMeasure, BadObjective
        The text is no objective.
    """
    cares = [table[measure] for measure in grammar.parse(objective).measures if measure in table]
    norms = [care.clip_norm for care in cares if care.clip_norm is not None]
    leaks = [care.beyond for care in cares if care.beyond is not None]
    return Care(min((care.rate for care in cares), default=1.0), min(norms, default=None), min(leaks, default=None))
