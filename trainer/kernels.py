"""Motion-blur kernels along random trajectories, as a hand-held camera makes them; many at once."""

import math

import torch
from torch import Tensor

from trainer.chance import gaussian

SIDE = 63  # pixels: the longest trajectory, centred, fits with a pixel to spare for the splat
_SAMPLES = 2000  # of a trajectory, one for each moment of the longest exposure
_LENGTH = 60.0  # pixels that the longest exposure travels
_STRIDE = _LENGTH / (_SAMPLES - 1)
_EXPOSURES = (1 / 100, 1 / 10, 1 / 2, 1.0)
_AT_ONCE = 1024  # trajectories: 40 MB


@torch.no_grad()
def motion_kernels(count: int, generator: torch.Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    """So many kernels, count × SIDE × SIDE, on the generator's device; each is at least 0 and sums to 1.

    A trajectory has 2000 samples at equal distances and is 60 px long. Each is blurred over one of the exposures 1/100,
    1/10, 1/2 and 1, all equally likely: over the samples up to there, each with the same weight. The weights' centre
    lies in the kernel's middle, so that blur moves no picture: of a path of length L no point is further than L/2 from
    it, so nothing is ever cut off. Source: Kupyn et al., CVPR 2018, after Boracchi & Foi, IEEE TIP 2012; the equal
    weights and the centring are ours. In double precision, on a CPU, they are the same kernels, and no CPU has others.
    """
    parts = [_kernels(min(_AT_ONCE, count - done), generator, dtype) for done in range(0, count, _AT_ONCE)]
    return torch.cat(parts)


def _kernels(count: int, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    path = _trajectories(count, generator, dtype)
    exposures = torch.tensor(_EXPOSURES, device=path.device, dtype=dtype)
    drawn = torch.randint(len(_EXPOSURES), (count,), generator=generator, device=path.device)
    seen = (exposures[drawn] * _SAMPLES).round()
    weights = (torch.arange(_SAMPLES, device=path.device) < seen[:, None]) / seen[:, None]
    return _splat(path - (path * weights).sum(1, keepdim=True), weights)


def _trajectories(count: int, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    """Complex positions, count × _SAMPLES, that begin at 0."""

    def uniform(*shape: int) -> Tensor:
        # Drawn in single precision in any case: whatever is made of them, the numbers are the same.
        return torch.rand(shape, generator=generator, device=generator.device).to(dtype)

    def normal(*shape: int) -> Tensor:
        if dtype == torch.float64:
            return gaussian(shape, generator)
        return torch.randn(shape, generator=generator, device=generator.device)

    anxiety, centripetal, shaking, abrupt = (scale * uniform(count) for scale in (0.1, 0.7, 10.0, 0.2))
    velocity = torch.polar(
        torch.full((count,), _STRIDE, device=generator.device, dtype=dtype), math.tau * uniform(count)
    )
    pull = anxiety * centripetal * _STRIDE
    # All chance is drawn at once: the steps, 1999 that wait for each other, are left with a few operations each.
    push = _STRIDE * torch.view_as_complex(normal(_SAMPLES - 1, count, 2) * (anxiety * shaking)[:, None])
    turned = torch.polar(
        torch.full((), 2.0, device=generator.device, dtype=dtype), math.pi + uniform(_SAMPLES - 1, count) - 0.5
    )
    keep = 1 + torch.where(uniform(_SAMPLES - 1, count) < abrupt * anxiety, turned, 0)
    place = torch.zeros_like(velocity)
    path = [place]
    for kept, pushed in zip(keep, push, strict=True):
        velocity = velocity * kept + pushed - pull * place
        velocity = velocity * (_STRIDE / velocity.abs().clamp(min=1e-9))  # equal exposures travel equally far
        place = place + velocity
        path.append(place)
    return torch.stack(path, 1)


def _splat(path: Tensor, weights: Tensor) -> Tensor:
    """The kernel of each path: every sample's weight shared among the four pixels around it, bilinearly."""
    count = len(path)
    kernels = torch.zeros(count * SIDE * SIDE, device=path.device, dtype=weights.dtype)
    at = torch.view_as_real(path) + SIDE // 2
    corner = at.floor().clamp(0, SIDE - 2)  # samples beyond the exposure may lie outside, with no weight
    right, down = (at - corner).unbind(-1)
    first = torch.arange(count, device=path.device)[:, None] * SIDE * SIDE
    column, row = corner.long().unbind(-1)
    for x, share_x in ((0, 1 - right), (1, right)):
        for y, share_y in ((0, 1 - down), (1, down)):
            index = first + (row + y) * SIDE + column + x
            kernels.index_add_(0, index.flatten(), (weights * share_x * share_y).flatten())
    return kernels.view(count, SIDE, SIDE)
