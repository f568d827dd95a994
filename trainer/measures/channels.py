"""What the measures have in common: checked inputs, and the channels that are compared."""

from typing import Literal

import torch
from torch import Tensor

from app.catalog import measure
from app.errors import BadInput

Form = Literal["rgb", "y"]

# The first row of the inverse of NTSC's YIQ matrix: BT.601's 0.299, 0.587 and 0.114 as MATLAB's rgb2gray has them.
_LUMA = (0.298936021293776, 0.587043074451121, 0.114020904255103)


class PictureTooSmall(BadInput):
    """A measure is not defined on so small a picture."""

    def __init__(self, name: str, height: int, width: int, smallest: int) -> None:
        super().__init__(
            f"{name} is not defined on a picture of {width}×{height} px: both sides must be at least {smallest} px",
            "use a larger crop",
        )


class NotAPair(BadInput):
    """The two batches cannot be compared picture by picture."""

    def __init__(self, restored: Tensor, reference: Tensor) -> None:
        super().__init__(
            f"Pictures of shape {tuple(restored.shape)} and {tuple(reference.shape)} cannot be compared",
            "give both as N × 3 × H × W, and alike",
        )


def channels(name: str, restored: Tensor, reference: Tensor, form: Form) -> tuple[Tensor, Tensor]:
    """Both batches, N × 3 × H × W or N × 1 × H × W, once they are known to suit the measure of that name."""
    if restored.shape != reference.shape or restored.dim() != 4 or restored.shape[1] != 3:
        raise NotAPair(restored, reference)
    height, width = restored.shape[-2:]
    smallest = measure(name).smallest_side
    if min(height, width) < smallest:
        raise PictureTooSmall(measure(name).name, height, width, smallest)
    return (restored, reference) if form == "rgb" else (luma(restored), luma(reference))


def luma(pictures: Tensor) -> Tensor:
    """The brightness of colour pictures, N × 1 × H × W, in whole display levels.

    The originals' published values are of grey pictures of 8 bits, so the value is rounded as ``rgb2gray`` does; the
    gradient passes through the rounding.
    """
    weights = torch.tensor(_LUMA, dtype=pictures.dtype, device=pictures.device)
    brightness = (pictures * weights.view(1, 3, 1, 1)).sum(1, keepdim=True)
    return brightness + ((255 * brightness + 0.5).floor() / 255 - brightness).detach()
