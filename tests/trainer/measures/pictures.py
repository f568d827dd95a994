"""Pictures to measure: parts of a real photograph, distorted in ways that take measures apart, and hazards."""

import numpy as np
import torch
from skimage import data
from torch import Tensor


def photograph(height: int, width: int) -> np.ndarray:
    """A part of a real photograph, H × W × 3 in [0, 1]."""
    return data.astronaut()[20 : 20 + height, 100 : 100 + width] / 255.0


def distorted(clean: np.ndarray, kind: str) -> np.ndarray:
    rng = np.random.default_rng(3)
    match kind:
        case "noise":
            return clean + rng.normal(0, 0.1, clean.shape)
        case "contrast":
            return np.clip((clean - 0.5) * 1.4 + 0.45, 0, 1)
        case "shift":
            return np.roll(clean, 1, axis=1)
        case "half inverted":  # there the two contradict each other: the covariance is negative
            return np.concatenate((clean[:, :90], 1 - clean[:, 90:]), axis=1)
    raise AssertionError(kind)


def batch(*pictures: np.ndarray, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.stack([torch.from_numpy(np.ascontiguousarray(p)).permute(2, 0, 1).to(dtype) for p in pictures])


HAZARDS = ["equal", "nearly equal", "noisy", "pure noise", "flat", "black on flat", "half flat", "outside [0, 1]"]


def hazard(kind: str) -> tuple[Tensor, Tensor]:
    """A restored and a reference picture, 2 × 3 × 161 × 176, that some implementation of some measure cannot take."""
    generator = torch.Generator().manual_seed(4)
    reference = batch(photograph(161, 176), photograph(161, 176)[::-1], dtype=torch.float32)
    noise = torch.randn(reference.shape, generator=generator)
    flat = torch.full_like(reference, 0.5)
    half = torch.where(torch.arange(176) < 88, reference, flat)
    return {
        "equal": (reference, reference),
        "nearly equal": (reference + 1e-4 * noise, reference),
        "noisy": (reference + 0.2 * noise, reference),
        "pure noise": (torch.rand(reference.shape, generator=generator), reference),
        "flat": (flat, reference),
        "black on flat": (torch.zeros_like(flat), flat),
        "half flat": (half + 0.05 * noise, half),
        "outside [0, 1]": (reference * 3 - 1, reference),
    }[kind]
