"""What is done to clean pictures is what the catalogue says."""

import numpy as np
import pytest
import torch

from trainer.degrade import FACTOR, SIGMA, enlarged, noisy, reduced


def test_the_noise_has_a_sigma_of_50_and_is_not_clipped() -> None:
    clean = torch.ones(1, 3, 200, 200)
    noise = noisy(clean, torch.Generator().manual_seed(1)) - clean
    assert noise.std().item() == pytest.approx(50 / 255, rel=0.01)
    assert noise.mean().item() == pytest.approx(0, abs=0.002)
    assert (noise > 0).float().mean().item() == pytest.approx(0.5, abs=0.01)  # white plus noise goes above 1
    assert pytest.approx(50 / 255) == SIGMA


def test_the_same_generator_state_gives_the_same_noise() -> None:
    clean = torch.rand(1, 3, 20, 20)
    one, two = (noisy(clean, torch.Generator().manual_seed(9)) for _ in range(2))
    assert torch.equal(one, two)


def bicubic_rows(side: int) -> np.ndarray:
    """The matrix by which MATLAB's imresize reduces a line by four: Keys' cubic of a = -0.5, stretched by four."""
    rows = np.zeros((side // FACTOR, side))
    for i, row in enumerate(rows):
        centre = (i + 0.5) * FACTOR - 0.5
        t = np.abs(np.arange(side) - centre) / FACTOR
        near = 1.5 * t**3 - 2.5 * t**2 + 1
        far = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
        row[:] = np.where(t <= 1, near, np.where(t < 2, far, 0))
        row /= row.sum()
    return rows


def test_the_reduction_is_bicubic_with_antialiasing() -> None:
    clean = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    expected = bicubic_rows(48) @ clean[0].numpy() @ bicubic_rows(64).T
    # the border is left out: MATLAB mirrors the picture there, PyTorch takes what lies inside
    assert np.abs(reduced(clean)[0].numpy() - expected)[:, 2:-2, 2:-2].max() < 1e-12
    assert reduced(clean).shape == (1, 3, 12, 16)


def test_a_flat_picture_survives_reduction_and_enlargement() -> None:
    flat = torch.full((1, 3, 16, 24), 0.7)
    assert torch.allclose(enlarged(reduced(flat)), flat, atol=1e-6)
