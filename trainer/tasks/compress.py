"""Compression to a quarter bit per pixel: the network is given the clean picture, and its code is the bottleneck."""

from typing import cast

import torch
from torch import Tensor, nn

from app.log import logger
from trainer.jpeg import at_rate
from trainer.networks.bits import entropy, pack, unpack
from trainer.networks.compressor import BITS_PER_PIXEL, Compressor
from trainer.tasks.restoration import Degraded, Made, Restoration


def _stage(clean: Tensor, _: torch.Generator) -> Degraded:
    """What a person sees as the input is JPEG at the rate of the code, or as near as JPEG comes."""
    jpeg = at_rate(clean, BITS_PER_PIXEL)
    if not jpeg.fits:
        logger("trainer").warning("JPEG takes more bits than the code", bits_per_pixel=round(jpeg.bits_per_pixel, 3))
    origin = {"jpeg_quality": jpeg.quality, "jpeg_bytes": len(jpeg.data), "bits_per_pixel": jpeg.bits_per_pixel}
    return Degraded(clean, Made(jpeg.picture, origin, {"jpg": jpeg.data}))


def _restore(network: nn.Module, clean: Tensor) -> Made:
    """The picture that comes out of the packed bits: its rate is what was written, not what was meant."""
    compressor = cast(Compressor, network)
    code = compressor.encode(clean)
    data = pack(code)
    picture = compressor.decode(unpack(data, tuple(code.shape)).to(clean.device))
    pixels = clean.shape[-2] * clean.shape[-1]
    origin = {
        "code_bytes": len(data),
        "bits_per_pixel": len(data) * 8 / pixels,
        "entropy_per_pixel": entropy(code) * code.numel() / pixels,
    }
    return Made(picture, origin, {"code": data})


COMPRESS = Restoration(degrade=lambda clean, _: clean, stage=_stage, restore=_restore)
