"""Pictures to measure: parts of a real photograph, distorted in ways that take measures apart, and hazards."""

import numpy as np
import torch
from skimage import data
from torch import Tensor
from torch.nn import functional


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
        case "blur":
            return functional.avg_pool2d(batch(clean), 5, 1, 2, count_include_pad=False)[0].permute(1, 2, 0).numpy()
    raise AssertionError(kind)


def batch(*pictures: np.ndarray, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.stack([torch.from_numpy(np.ascontiguousarray(p)).permute(2, 0, 1).to(dtype) for p in pictures])


HAZARDS = [
    "equal",
    "nearly equal",
    "one level off",
    "noisy",
    "pure noise",
    "pure noise, another draw",
    "pure noise, a third draw",
    "noise on noise",
    "flat",
    "black",
    "white",
    "black on flat",
    "flat on flat",
    "equally flat",
    "both black",
    "both white",
    "half flat",
    "half flat on half flat",
    "picture on flat",
    "outside [0, 1]",
    "far outside [0, 1]",
]


def hazard(kind: str, height: int, width: int) -> tuple[Tensor, Tensor]:
    """A restored and a reference picture, 2 × 3 × H × W, that some implementation of some measure cannot take."""
    reference = batch(photograph(height, width), photograph(height, width)[::-1], dtype=torch.float32)
    normal, uniform, other, third = (
        draw(reference.shape, generator=torch.Generator().manual_seed(seed))
        for seed, draw in enumerate((torch.randn, torch.rand, torch.rand, torch.rand))
    )
    flat, black, white = (torch.full_like(reference, level) for level in (0.5, 0, 1))
    half = torch.where(torch.arange(width) < width // 2, reference, flat)
    return {
        "equal": (reference, reference),
        "nearly equal": (reference + 1e-4 * normal, reference),
        "one level off": (reference + 1 / 255, reference),
        "noisy": (reference + 0.2 * normal, reference),
        "pure noise": (uniform, reference),
        "pure noise, another draw": (other, reference),
        "pure noise, a third draw": (third, reference),
        "noise on noise": (uniform, other),
        "flat": (flat, reference),
        "black": (black, reference),
        "white": (white, reference),
        "black on flat": (black, flat),
        "flat on flat": (flat + 0.1, flat),
        "equally flat": (flat, flat),
        "both black": (black, black),
        "both white": (white, white),
        "half flat": (half, reference),
        "half flat on half flat": (half + 0.05 * normal, half),
        "picture on flat": (reference, flat),
        "outside [0, 1]": (reference * 3 - 1, reference),
        "far outside [0, 1]": (20 * normal, reference),
    }[kind]
