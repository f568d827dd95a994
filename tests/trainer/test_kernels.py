"""Motion-blur kernels are what the docstring promises: light on a short path, moved nowhere, and never cut off."""

import math

import pytest
import torch
from torch import Tensor

from trainer.kernels import SIDE, motion_kernels

_OFFSETS = torch.arange(SIDE) - SIDE // 2


@pytest.fixture(scope="module")
def kernels() -> Tensor:
    return motion_kernels(400, torch.Generator().manual_seed(4)).double()


def test_every_kernel_keeps_the_light_of_the_picture_and_moves_nothing(kernels: Tensor) -> None:
    assert kernels.shape == (400, SIDE, SIDE)
    assert kernels.min() >= 0
    assert torch.allclose(kernels.sum((1, 2)), torch.ones(400, dtype=torch.float64), atol=1e-5)
    assert (kernels.sum(1) * _OFFSETS).sum(1).abs().max() < 1e-4
    assert (kernels.sum(2) * _OFFSETS).sum(1).abs().max() < 1e-4


def test_exposures_are_four_and_equally_frequent(kernels: Tensor) -> None:
    spread = ((kernels.sum(1) + kernels.sum(2)) * _OFFSETS**2).sum(1).sqrt()
    # 20 of 2000 samples travel 0.6 px, which the splat makes a little wider: told from 200 samples by one threshold
    shortest = (kernels.amax((1, 2)) > 0.5).double().mean().item()
    assert shortest == pytest.approx(1 / 4, abs=0.07)
    assert spread.max() < 30


def test_a_straight_and_long_path_fits_into_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The widest there is: no anxiety, the whole exposure."""
    real = torch.rand

    def calm(shape: tuple[int, ...], **options: object) -> Tensor:
        drawn = real(shape, **options)  # type: ignore[call-overload]
        return torch.zeros_like(drawn) if len(shape) == 1 else drawn  # anxiety, and the angle: straight to the right

    monkeypatch.setattr(torch, "rand", calm)
    kernels = motion_kernels(40, torch.Generator().manual_seed(1))
    rows, columns = kernels[0].sum(1), kernels.sum(1)
    assert rows[SIDE // 2] == pytest.approx(1, abs=1e-4)
    widest = columns[(columns > 1e-6).sum(1).argmax()]
    assert (widest > 1e-6).sum() in (61, 62)
    assert widest.sum() == pytest.approx(1, abs=1e-5)
    assert widest[[0, -1]].max() < 1e-6


def test_a_trajectory_turns_as_its_recurrence_says() -> None:
    """One trajectory, step by step in plain numbers from the same random ones."""
    generator = torch.Generator().manual_seed(11)
    anxiety, centripetal, shaking, abrupt = (
        scale * torch.rand(1, generator=generator).item() for scale in (0.1, 0.7, 10.0, 0.2)
    )
    angle = math.tau * torch.rand(1, generator=generator).item()
    shakes = torch.randn(1999, 1, 2, generator=generator)[:, 0].tolist()
    turns = torch.rand(1999, 1, generator=generator)[:, 0].tolist()
    chances = torch.rand(1999, 1, generator=generator)[:, 0].tolist()
    exposure = (1 / 100, 1 / 10, 1 / 2, 1.0)[torch.randint(4, (1,), generator=generator).item()]
    stride = 60 / 1999
    velocity, place = stride * complex(math.cos(angle), math.sin(angle)), 0j
    path = [place]
    for (x, y), turn, chance in zip(shakes, turns, chances, strict=True):
        shake = anxiety * (shaking * complex(x, y) - centripetal * place) * stride
        if chance < abrupt * anxiety:
            shake += 2 * velocity * complex(math.cos(math.pi + turn - 0.5), math.sin(math.pi + turn - 0.5))
        velocity += shake
        velocity *= stride / abs(velocity)
        place += velocity
        path.append(place)
    seen = path[: round(exposure * 2000)]
    spread = sum(abs(point - sum(seen) / len(seen)) ** 2 for point in seen) / len(seen)
    (kernel,) = motion_kernels(1, torch.Generator().manual_seed(11)).double()
    squares = (kernel.sum(0) + kernel.sum(1)) @ (_OFFSETS.double() ** 2)
    # bilinear sharing widens by f(1 - f) along each axis, with f the sample's fraction of a pixel
    centred = [point - sum(seen) / len(seen) for point in seen]
    widened = sum((p.real % 1) * (1 - p.real % 1) + (p.imag % 1) * (1 - p.imag % 1) for p in centred) / len(seen)
    assert squares.item() == pytest.approx(spread + widened, rel=1e-3)


def test_the_same_generator_state_gives_the_same_kernels() -> None:
    one, two, other = (motion_kernels(2, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_in_double_precision_the_kernels_are_the_same() -> None:
    single, double = (
        motion_kernels(3, torch.Generator().manual_seed(3), kind) for kind in (torch.float32, torch.float64)
    )
    assert double.dtype == torch.float64
    assert torch.allclose(single.double(), double, atol=1e-4)
