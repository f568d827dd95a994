"""Values brought into the displayable range, while a gradient passes as if they had not been, or some of it."""

from torch import Tensor


def clamped(pictures: Tensor) -> Tensor:
    """The pictures within [0, 1]; the gradient of a plain clamp would be zero wherever a network has overshot."""
    return pictures + (pictures.clamp(0, 1) - pictures).detach()


def displayed(pictures: Tensor, beyond: float) -> Tensor:
    """The pictures as a screen shows them, within [0, 1]; where they are not, ``beyond`` of the gradient passes.

    With 0 that is a plain clamp, with 1 ``clamped``. In between, what lies beyond still moves, but its share of the
    gradient is short: for a measure that sees no brightness, that alone tells brightness from darkness.
    """
    inside = pictures.clamp(0, 1)
    leaking = inside + beyond * (pictures - inside)
    return leaking + (inside - leaking).detach()
