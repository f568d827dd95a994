"""Compression to a quarter bit per pixel: the network is given the clean picture, and its code is the bottleneck."""

from torch import Tensor

from trainer.jpeg import at_rate
from trainer.networks.compressor import BITS_PER_PIXEL
from trainer.tasks.restoration import Restoration


def shown(clean: Tensor) -> Tensor:
    """A batch of one as JPEG at the rate of the code: what a person sees as the degraded input."""
    return at_rate(clean, BITS_PER_PIXEL).picture


COMPRESS = Restoration(degrade=lambda clean, _: clean, shown=shown)
