"""FSIMc and VSI agree with an independent implementation of their authors' code in numpy and scipy."""

import numpy as np
import pytest
import torch

from tests.trainer.measures import frequency_oracles as oracles
from tests.trainer.measures.pictures import batch, distorted, photograph
from trainer.measures import MEASURES
from trainer.measures.features import reduced
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
