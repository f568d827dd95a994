r"""Two orientations of the steerable pyramid in the picture domain (Simoncelli & Freeman, ICIP 1995).

The pictures pass a lowpass filter :math:`L_0`; then, at each of four scales, two oriented filters take the vertical and
the horizontal details, and a second lowpass filter :math:`L_1` with every second row and column kept leads to the next
scale. Borders are mirrored about the outermost pixel.

The taps are those of ``sp5Filters`` in matlabPyrTools (design: Karasaridis & Simoncelli, ICASSP 1996), which its
successor pyrtools publishes under the MIT licence, © 2016 LabForComputationalVision. All filters are symmetric, so that
a part of each is enough: an eighth of a lowpass filter, a quarter of a band.
"""

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

SCALES = 4

# Row by row from a side's middle towards the corner, up to the diagonal.
_LOW0 = ((0.40304148,), (0.15925570, 0.05586982), (-0.03848215, -0.01551246, 0.00341614))
_LOW1 = (
    (0.20193080,),
    (0.16339236, 0.12852666),
    (0.07962786, 0.06554076, 0.02793492),
    (0.02005976, 0.00821200, -0.01322234, -0.01046562),
    (-0.01924108, -0.01888864, -0.00775624, -0.00489834, 0.00170808),
)
# The rows below the middle one, which is zero, from their middle outwards; the rows above are their negatives.
_BAND = (
    (0.11732297, 0.08226445, 0.03075356, 0.01021852),
    (-0.02755155, -0.01189859, 0.00893064, 0.00986904),
    (-0.01455399, -0.01026699, -0.00496194, -0.00277643),
)


def bands(pictures: Tensor) -> list[Tensor]:
    """The details of P grey pictures, P × H × W, at each scale, finest first: 2 (orientations) × P × H/2ⁿ × W/2ⁿ."""
    low0, low1, *oriented = _filters(pictures.dtype, pictures.device)
    low, scales = _filtered(pictures, low0), []
    for scale in range(SCALES):
        if scale:
            low = _filtered(low, low1, step=2)
        scales.append(torch.stack([_filtered(low, band) for band in oriented]))
    return scales


def _filtered(pictures: Tensor, taps: Tensor, step: int = 1) -> Tensor:
    # Pictures stand as channels of one picture: with as many groups as channels, the convolution's way back is 5 to 20
    # times as fast on a CPU as with one channel.
    count, reach = len(pictures), len(taps) // 2
    mirrored = functional.pad(pictures[None], (reach,) * 4, mode="reflect")
    if pictures.dtype is torch.float64 and pictures.device.type == "cpu":
        return _summed(mirrored[0], taps, step)
    return functional.conv2d(mirrored, taps.expand(count, 1, -1, -1), stride=step, groups=count)[0]


def _summed(mirrored: Tensor, taps: Tensor, step: int) -> Tensor:
    """The same, tap by tap: in double precision PyTorch would first copy every neighbourhood of the picture."""
    height, width = (side - len(taps) + 1 for side in mirrored.shape[-2:])
    total = mirrored.new_zeros(len(mirrored), *(-(-side // step) for side in (height, width)))
    for row, weights in enumerate(taps.tolist()):
        for column, weight in enumerate(weights):
            if weight:
                part = mirrored[:, row : row + height : step, column : column + width : step]
                total = total.add_(part, alpha=weight)
    return total


@cache
@torch.inference_mode(False)  # made once and used again under autograd, whoever asked first
def _filters(dtype: torch.dtype, device: torch.device) -> tuple[Tensor, ...]:
    """Both lowpass filters, and the filters of the horizontal and of the vertical details."""
    band = torch.tensor([row[::-1] + row[1:] for row in _BAND], dtype=torch.float64)
    band = torch.cat((-band.flip(0), torch.zeros_like(band[:1]), band))
    return tuple(taps.to(device, dtype) for taps in (_from_octant(_LOW0), _from_octant(_LOW1), band, band.T))


def _from_octant(octant: tuple[tuple[float, ...], ...]) -> Tensor:
    """The whole of a filter that is symmetric about both axes and the diagonals."""
    distance = (torch.arange(2 * len(octant) - 1) - len(octant) + 1).abs().tolist()
    return torch.tensor([[octant[max(i, j)][min(i, j)] for j in distance] for i in distance], dtype=torch.float64)
