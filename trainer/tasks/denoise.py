"""Denoising: white Gaussian noise of σ = 50."""

from trainer.degrade import noisy
from trainer.tasks.restoration import Restoration

DENOISE = Restoration(degrade=noisy, shown=lambda noisy: noisy)
