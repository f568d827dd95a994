"""The networks of the paper, at a size set by the recipe."""

from trainer.networks.denoiser import Denoiser
from trainer.networks.superresolver import Superresolver

__all__ = ["Denoiser", "Superresolver"]
