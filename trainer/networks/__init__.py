"""The networks of the paper, one for each task, at a size set by the recipe."""

from collections.abc import Callable

from torch import nn

from app.catalog import task
from app.jobs.presets import keys
from trainer.networks.compressor import Compressor
from trainer.networks.denoiser import Denoiser
from trainer.networks.superresolver import Superresolver

NETWORKS: dict[str, Callable[[int, int], nn.Module]] = {  # from channels and blocks
    "denoise": Denoiser,
    "deblur": Denoiser,  # predicts what the blur changed, which is then subtracted
    "superres": Superresolver,
    "compress": Compressor,
}

__all__ = ["NETWORKS", "Compressor", "Denoiser", "Superresolver", "build"]


def build(name: str, *, preset: str = "paper") -> nn.Module:
    """The network of that task at a preset's size, its weights drawn from PyTorch's generator.

    Raises
    ------
    UnknownTask, UnknownPreset
        There is none of that name.
    """
    size = keys(preset, name, "mae", stage=1)["network"]
    return NETWORKS[task(name).id](size["channels"], size["blocks"])
