"""What is done to clean pictures is what the catalogue says."""

import numpy as np
import pytest
import torch

from app.jobs.contract import Recipe
from trainer.degrade import FACTOR, SIGMA, blurred, enlarged, noisy, reduced
from trainer.tasks import TASKS, degradation_of


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
    """The matrix that reduces a line by four: Keys' cubic of a = -0.5, stretched by four, of what lies inside."""
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
    ours = bicubic_rows(48) @ clean[0].numpy() @ bicubic_rows(64).T
    assert np.abs(reduced(clean)[0].numpy() - ours).max() < 1e-12
    assert reduced(clean).shape == (1, 3, 12, 16)


def test_the_reduction_is_matlabs_but_for_two_rows_and_columns_at_each_border() -> None:
    clean = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    wide = np.pad(clean[0].numpy(), ((0, 0), (16, 16), (16, 16)), mode="symmetric")  # as MATLAB sees it
    matlabs = (bicubic_rows(80) @ wide @ bicubic_rows(96).T)[:, 4:-4, 4:-4]
    differ = np.abs(reduced(clean)[0].numpy() - matlabs).max(0) > 1e-12
    assert not differ[2:-2, 2:-2].any()
    assert differ[[0, 1, -2, -1]].all()
    assert differ[:, [0, 1, -2, -1]].all()


def test_a_flat_picture_survives_reduction_and_enlargement() -> None:
    flat = torch.full((1, 3, 16, 24), 0.7)
    assert torch.allclose(enlarged(reduced(flat)), flat, atol=1e-6)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (70, 91), (5, 40)])
def test_blur_is_a_convolution_of_the_picture_mirrored_at_its_border(height: int, width: int) -> None:
    generator = torch.Generator().manual_seed(3)
    clean = torch.rand(2, 3, height, width, generator=generator, dtype=torch.float64)
    kernels = torch.rand(2, 7, 7, generator=generator, dtype=torch.float64)
    found = blurred(clean, kernels).numpy()
    wide = np.pad(clean.numpy(), ((0, 0), (0, 0), (3, 3), (3, 3)), mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(wide, (7, 7), axis=(2, 3))
    expected = np.einsum("nchwij,nij->nchw", windows, kernels.numpy()[:, ::-1, ::-1])
    assert np.abs(found - expected).max() < 1e-12


def test_a_kernel_of_one_point_leaves_the_picture_as_it_is() -> None:
    clean, kernel = torch.rand(1, 3, 20, 33), torch.zeros(1, 63, 63)
    kernel[0, 31, 31] = 1
    assert torch.allclose(blurred(clean, kernel), clean, atol=1e-6)


def test_a_bank_gives_each_picture_a_kernel_and_its_generators_decide_which() -> None:
    clean = torch.rand(1, 3, 1, 1).expand(6, 3, 40, 40).clone()
    clean[..., 20, 20] = 1  # a point shows the kernel
    one, two = (TASKS["deblur"].prepared(8, torch.Generator().manual_seed(2)) for _ in range(2))
    ours, theirs = one(clean, torch.Generator().manual_seed(5)), two(clean, torch.Generator().manual_seed(5))
    assert torch.equal(ours, theirs)
    assert len({tuple(picture.flatten().tolist()) for picture in ours}) > 1
    other = TASKS["deblur"].prepared(8, torch.Generator().manual_seed(3))(clean, torch.Generator().manual_seed(5))
    assert not torch.equal(ours, other)


def test_the_bank_of_kernels_comes_from_other_numbers_than_the_crops(recipe: Recipe) -> None:
    clean = torch.zeros(6, 3, 40, 40)
    clean[..., 20, 20] = 1  # a point shows the kernel
    recipe = recipe.model_copy(update={"task": "deblur", "kernels": 8})
    ours = degradation_of(recipe, torch.device("cpu"))
    of_the_crops = TASKS["deblur"].prepared(8, torch.Generator().manual_seed(recipe.seed))
    pictures = [degrade(clean, torch.Generator().manual_seed(5)) for degrade in (ours, of_the_crops)]
    assert not torch.equal(*pictures)
