"""VIF, IFC and CW-SSIM agree with an independent implementation, and tell apart what their papers say they do."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from tests.trainer.measures import oracles, oracles_wavelets
from tests.trainer.measures.pictures import batch, distorted, photograph
from trainer.measures import MEASURES
from trainer.measures.steerable import bands

# The guards against flat regions, which the definitions do not have, cost VIF and IFC a millionth or two.
CLOSENESS = {"vif": 3e-6, "ifc": 3e-6, "cw_ssim": 1e-8}


@pytest.mark.parametrize("size", [(192, 192), (161, 130), (118, 149)])
@pytest.mark.parametrize("kind", ["noise", "contrast", "shift", "half inverted"])
@pytest.mark.parametrize("name", CLOSENESS)
def test_a_measure_agrees_with_the_independent_implementation(name: str, kind: str, size: tuple[int, int]) -> None:
    clean = photograph(*size)
    bad = distorted(clean, kind)
    theirs = getattr(oracles_wavelets, name)(oracles.luma(bad), oracles.luma(clean))
    assert MEASURES[name](batch(bad), batch(clean), form="y").item() == pytest.approx(theirs, rel=CLOSENESS[name])


@pytest.mark.parametrize("name", CLOSENESS)
def test_the_smallest_picture_agrees_too_and_so_does_the_mean_over_channels(name: str) -> None:
    clean = photograph(65, 67)
    bad = distorted(clean, "noise")
    theirs = getattr(oracles_wavelets, name)(bad, clean)
    assert MEASURES[name](batch(bad), batch(clean)).item() == pytest.approx(theirs, rel=1e-5)


def test_vif_is_above_one_for_more_contrast_and_below_for_less() -> None:
    clean = 0.1 + 0.8 * photograph(192, 192)  # what is clipped is lost
    stronger, weaker = (batch(0.5 + gain * (clean - 0.5)) for gain in (1.2, 0.8))
    assert MEASURES["vif"](stronger, batch(clean)).item() > 1.02
    assert MEASURES["vif"](stronger, batch(clean), form="y").item() > 1.02
    assert MEASURES["vif"](weaker, batch(clean)).item() < 0.98
    assert MEASURES["vif"](weaker, batch(clean), form="y").item() < 0.98
    # With the roles swapped, the weaker one would be the reference, and the verdict the opposite one.
    assert MEASURES["vif"](batch(clean), weaker).item() > 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_pictures_keep_all_information(dtype: torch.dtype) -> None:
    clean = batch(photograph(192, 192), dtype=dtype)
    assert MEASURES["vif"](clean, clean).item() == pytest.approx(1, abs=1e-6)
    assert MEASURES["cw_ssim"](clean, clean).item() == pytest.approx(1, abs=1e-6)
    # Unbounded but for the constant in the definition: single precision must not drown it.
    picture = photograph(192, 192)
    assert MEASURES["ifc"](clean, clean).item() == pytest.approx(oracles_wavelets.ifc(picture, picture), rel=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_flat_reference_has_nothing_to_lose(dtype: torch.dtype) -> None:
    flat = torch.full((1, 3, 96, 96), 0.37, dtype=dtype)
    textured = batch(photograph(96, 96), dtype=dtype)
    assert MEASURES["vif"](textured, flat).item() == 1
    assert MEASURES["ifc"](textured, flat).item() == 0
    assert MEASURES["cw_ssim"](torch.zeros_like(flat), flat).item() == pytest.approx(1, abs=1e-5)
    assert MEASURES["cw_ssim"](textured, flat).item() < 0.01


def test_a_picture_without_detail_is_a_standstill_for_vif() -> None:
    clean = batch(photograph(96, 96))

    def steepness(restored: torch.Tensor) -> float:
        restored = restored.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(MEASURES["vif"](restored, clean).sum(), restored)
        return gradient.abs().max().item()

    flat = torch.full_like(clean, 0.5)
    assert MEASURES["vif"](flat, clean).item() == pytest.approx(0, abs=1e-6)
    assert steepness(flat) < 1e-3 * steepness(0.9 * flat + 0.1 * clean)


def test_ifc_does_not_care_for_contrast() -> None:
    clean = 0.1 + 0.8 * photograph(192, 192)
    noisy = clean + np.random.default_rng(5).normal(0, 0.05, clean.shape)
    score = MEASURES["ifc"](batch(noisy), batch(clean)).item()
    assert MEASURES["ifc"](batch(0.5 * noisy), batch(clean)).item() == pytest.approx(score, rel=1e-6)
    assert MEASURES["vif"](batch(0.5 * noisy), batch(clean)).item() < 0.95 * MEASURES["vif"](batch(noisy), batch(clean))


@pytest.mark.parametrize(("name", "gain"), [("vif", 1.2), ("ifc", 1.2), ("cw_ssim", 1.005)])
def test_a_few_steps_make_a_compressed_picture_better(name: str, gain: float) -> None:
    clean = photograph(96, 96)
    buffer = io.BytesIO()
    Image.fromarray((clean * 255).astype(np.uint8)).save(buffer, "JPEG", quality=10)
    reference, compressed = batch(clean).float(), batch(np.asarray(Image.open(buffer)) / 255).float()
    restored = compressed.clone().requires_grad_()
    optimizer = torch.optim.Adam([restored], 0.002)
    for _ in range(5):
        optimizer.zero_grad()
        torch.autograd.backward(-MEASURES[name](restored, reference).sum())
        optimizer.step()
    assert MEASURES[name](restored, reference) > gain * MEASURES[name](compressed, reference)


def test_cw_ssim_forgives_a_shift_that_ruins_other_measures() -> None:
    clean = photograph(192, 192)
    shifted = batch(distorted(clean, "shift"))
    assert MEASURES["cw_ssim"](shifted, batch(clean)).item() > 0.99
    assert MEASURES["ssim"](shifted, batch(clean)).item() < 0.9


def test_the_bands_see_no_brightness_and_take_the_two_directions_apart() -> None:
    ramp = torch.linspace(0, 1, 128, dtype=torch.float64)
    columns = torch.sin(ramp * 100).expand(128, 128)  # its values change from column to column
    for scale, (down, across) in enumerate(bands(torch.stack((columns, torch.ones_like(columns))))):
        assert down.shape == across.shape == (2, 128 >> scale, 128 >> scale)
        assert down.abs().max() < 1e-12
        assert across[1].abs().max() < 1e-12
        assert across[0].abs().max() > 0.1
