"""Denoising: white Gaussian noise of σ = 50."""

from trainer.degrade import noisy
from trainer.networks import Denoiser
from trainer.tasks.restoration import Restoration

DENOISE = Restoration(degrade=noisy, network=Denoiser, shown=lambda noisy: noisy)
