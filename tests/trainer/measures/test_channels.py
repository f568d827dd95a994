"""Luma is that of MATLAB's rgb2gray of 8-bit pictures, and a gradient passes through its rounding."""

import pytest
import torch

from trainer.measures.channels import luma


@pytest.mark.parametrize(
    ("colour", "level"),
    [
        ((10, 200, 30), 124),  # 123.8
        ((255, 255, 255), 255),
        ((0, 0, 0), 0),
        ((177, 10, 208), 82),  # 82.498, where 0.299, 0.587 and 0.114 make 82.505
        ((41, 48, 176), 61),  # 60.502, where they make 60.499
    ],
)
def test_luma_is_in_whole_display_levels(colour: tuple[int, int, int], level: int) -> None:
    picture = torch.tensor(colour, dtype=torch.float64).view(1, 3, 1, 1) / 255
    assert 255 * luma(picture).item() == pytest.approx(level, abs=1e-9)


def test_a_grey_picture_of_8_bits_is_its_own_luma_in_either_precision() -> None:
    for dtype in (torch.float32, torch.float64):
        grey = torch.arange(256, dtype=dtype).view(1, 1, 16, 16).expand(1, 3, 16, 16) / 255
        assert torch.allclose(luma(grey), grey[:, :1], atol=1e-6)


def test_the_gradient_is_that_of_luma_before_it_is_rounded() -> None:
    picture = torch.rand(1, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(luma(picture).sum(), picture)
    weights = torch.tensor([0.298936, 0.587043, 0.114021], dtype=torch.float64)
    assert torch.allclose(gradient.mean((0, 2, 3)), weights, atol=1e-6)
