"""FSIMc, VSI and MAD agree with an independent implementation in numpy and scipy."""

import numpy as np
import pytest
import torch

from tests.trainer.measures import frequency_oracles as oracles
from tests.trainer.measures.pictures import batch, distorted, photograph
from trainer.measures import MEASURES
from trainer.measures.channels import luma
from trainer.measures.features import reduced
from trainer.measures.moments import cells, windows
from trainer.measures.resizing import resized
from trainer.measures.straight_through import clamped

# The median of an even number of pixels is the lower of the middle two here; eps are inside roots and quotients.
CLOSENESS = {"fsim": 3e-5, "vsi": 1e-5}


@pytest.mark.parametrize("size", [(96, 96), (97, 120), (401, 420)])  # an odd side; a pair that is reduced first
@pytest.mark.parametrize("kind", ["noise", "contrast"])
@pytest.mark.parametrize("name", CLOSENESS)
def test_a_measure_agrees_with_the_independent_implementation(name: str, kind: str, size: tuple[int, int]) -> None:
    clean = photograph(*size)
    bad = np.clip(distorted(clean, kind), 0, 1)
    expected = getattr(oracles, name)(bad, clean)
    assert MEASURES[name](batch(bad), batch(clean)).item() == pytest.approx(expected, abs=CLOSENESS[name])


@pytest.mark.parametrize("name", CLOSENESS)
def test_form_y_is_the_measure_of_grey_pictures(name: str) -> None:
    clean, bad = (
        np.round(255 * p.mean(2, keepdims=True).repeat(3, 2)) / 255
        for p in (photograph(64, 70), photograph(70, 64).transpose(1, 0, 2))
    )
    x, y = batch(bad), batch(clean)
    assert MEASURES[name](x, y, form="y").item() == pytest.approx(MEASURES[name](x, y).item(), abs=1e-9)


@pytest.mark.parametrize("name", CLOSENESS)
def test_equal_pictures_have_the_best_score_however_flat(name: str) -> None:
    for picture in (batch(photograph(64, 70)), torch.full((1, 3, 64, 70), 0.5)):
        assert MEASURES[name](picture, picture).item() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("old", "new"), [(97, 256), (384, 256), (256, 100)])
def test_resizing_follows_imresize(old: int, new: int) -> None:
    picture = torch.rand(1, 1, old, old, dtype=torch.float64)
    weights = oracles._resize(old, new)
    assert np.allclose(resized(picture, new, new)[0, 0].numpy(), weights @ picture[0, 0].numpy() @ weights.T)


def test_reducing_rounds_halves_up_and_keeps_the_last_rows() -> None:
    picture = torch.rand(1, 1, 641, 700, dtype=torch.float64)  # 641 / 256 is 2.504: three
    assert np.allclose(reduced(picture)[0, 0].numpy(), oracles._reduce(picture[0, 0].numpy()))
    assert reduced(torch.rand(1, 640, 640)).shape == (1, 214, 214)  # 2.5, which Python's round() would call two


def test_clamping_leaves_the_gradient_alone() -> None:
    picture = torch.tensor([-0.5, 0.25, 1.5], requires_grad=True)
    (clamped(picture) * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert clamped(picture).tolist() == [0, 0.25, 1]
    assert picture.grad is not None
    assert picture.grad.tolist() == [1, 2, 3]


@pytest.mark.parametrize(("kind", "size"), [("noise", (96, 96)), ("contrast", (80, 112))])
def test_mad_agrees_with_the_independent_implementation_and_weights_by_wavelength(
    kind: str, size: tuple[int, int]
) -> None:
    clean = photograph(*size)
    x, y = batch(np.clip(distorted(clean, kind), 0, 1)), batch(clean)
    grey = [luma(picture)[0, 0, ..., None].numpy() for picture in (x, y)]
    score = MEASURES["mad"](x, y, form="y").item()
    assert score == pytest.approx(oracles.mad(*grey), rel=1e-4)  # guards of roots, where a response hardly varies
    assert score != pytest.approx(oracles.mad(*grey, weighted="orientation"), rel=0.02)


def test_mad_in_form_rgb_is_the_mean_over_channels() -> None:
    clean = photograph(64, 64)
    x, y = batch(np.round(255 * distorted(clean, "contrast")) / 255), batch(clean)
    alone = [MEASURES["mad"](x[:, [c] * 3], y[:, [c] * 3]).item() for c in range(3)]
    assert MEASURES["mad"](x, y).item() == pytest.approx(np.mean(alone), rel=1e-12)


def test_mad_is_the_same_for_pictures_that_lie_on_their_side() -> None:
    clean = photograph(64, 108)
    bad = distorted(clean, "noise")
    standing = MEASURES["mad"](batch(bad), batch(clean)).item()
    lying = MEASURES["mad"](batch(bad.transpose(1, 0, 2)), batch(clean.transpose(1, 0, 2))).item()
    # The highest frequency of an even side has one sign only, which falls to another orientation after turning.
    assert lying == pytest.approx(standing, rel=1e-3)


def test_mad_grows_with_the_distortion_from_next_to_nothing() -> None:
    clean = batch(photograph(96, 97))
    noise = torch.randn(clean.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    scores = [MEASURES["mad"](clean + sigma * noise, clean).item() for sigma in (0, 0.01, 0.03, 0.1, 0.3)]
    assert scores[0] < 1e-3
    assert scores == sorted(scores)


def test_moments_of_windows_are_those_of_windows_cut_out() -> None:
    # A mean far above the deviation: in single precision, fourth powers of these pixels tell nothing about kurtosis.
    maps = 1000 + torch.rand(2, 45, 54, generator=torch.Generator().manual_seed(2))
    found = windows(cells(maps))
    cut = np.lib.stride_tricks.sliding_window_view(maps.double().numpy(), (16, 16), (1, 2))[:, ::4, ::4]
    mean = cut.mean((3, 4), keepdims=True)
    assert np.allclose(found[0].numpy(), mean[..., 0, 0], rtol=1e-7)
    for order, moment in zip((2, 3, 4), found[1:], strict=True):
        assert np.allclose(moment.numpy(), ((cut - mean) ** order).mean((3, 4)), rtol=1e-3, atol=1e-5)


def test_the_gradient_of_moments_is_that_of_their_values() -> None:
    maps = torch.rand(1, 17, 22, dtype=torch.float64, generator=torch.Generator().manual_seed(2)).requires_grad_()
    assert torch.autograd.gradcheck(lambda m: torch.stack(windows(cells(m))), maps, fast_mode=True)


@pytest.mark.parametrize("name", ["fsim", "vsi", "mad"])
def test_references_may_overshoot_too(name: str) -> None:
    reference = 1.2 * batch(photograph(64, 70)) - 0.1
    assert MEASURES[name](reference, reference).isfinite().all()
    assert MEASURES[name](0.9 * reference, reference).isfinite().all()
