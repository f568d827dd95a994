"""Pictures as files hold them, eight bits per channel, and as networks and measures take them."""

import torch
from torch import Tensor


def picture_of(pixels: Tensor) -> Tensor:
    """Eight-bit pixels, H × W × 3, as a batch of one: 1 × 3 × H × W in [0, 1], channel after channel in memory.

    Noise is drawn in the order of memory, which is therefore part of what a scene's degraded input is.
    """
    return pixels.permute(2, 0, 1)[None].float().contiguous() / 255


def eight_bits(picture: Tensor) -> Tensor:
    """A batch of one in [0, 1] as H × W × 3, rounded and clipped, on the CPU."""
    return (picture.detach()[0].clamp(0, 1) * 255).round().to("cpu", torch.uint8).permute(1, 2, 0).contiguous()
