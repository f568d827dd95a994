"""The compression network: a picture becomes a code of a quarter bit per pixel, and the code a picture."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainer.networks.residual import Block, LastConvolution, convolution

CODE = 64  # channels of the code, whatever the width: with FACTOR it decides the rate
STAGES = 4  # each halves the grid
FACTOR = 2**STAGES
BITS_PER_PIXEL = CODE / FACTOR**2  # a symbol is one bit


class Compressor(nn.Module):
    """Analysis, a quantizer of two levels, and synthesis; ``blocks`` are the residual blocks of each of four stages."""

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.analysis = nn.Sequential(
            *(_Halving(3 if first else channels, channels, blocks) for first in (True, *[False] * (STAGES - 1))),
            _carrying(convolution(channels, CODE)),
        )
        self.synthesis = nn.Sequential(
            _carrying(convolution(CODE, channels)),
            *(_Doubling(channels, channels, blocks, last=False) for _ in range(STAGES - 1)),
            _Doubling(channels, 3, blocks, last=True),
        )

    def forward(self, clean: Tensor) -> Tensor:
        return self.decode(self.encode(clean))

    def encode(self, clean: Tensor) -> Tensor:
        """The code of pictures N × 3 × H × W whose sides are multiples of 16: N × 64 × H/16 × W/16, each -1 or 1."""
        features: Tensor = self.analysis(clean - 0.5)
        return quantized(features)

    def decode(self, code: Tensor) -> Tensor:
        """The pictures that belong to a code; values may leave [0, 1] a little."""
        # Around mid-grey: the paper says nothing of an offset, and without one the first steps only learn to be grey.
        change: Tensor = self.synthesis(code)
        return 0.5 + change


def quantized(features: Tensor) -> Tensor:
    """The nearest of the centres -1 and 1 forward; backward the gradient of the soft assignment to them.

    The soft assignment is Σ c·softmax(-s·(z - c)²) over both centres c with s = 1, which is exactly tanh(2·s·z):
    Mentzer et al., CVPR 2018, with the distance squared as in their code. At 0, as far from both, the code is 1.
    """
    soft = (2 * features).tanh()
    hard = (features >= 0).to(features.dtype) * 2 - 1
    return hard + (soft - soft.detach())  # in this order the second part is exactly 0, and the code exactly -1 or 1


def _carrying(layer: nn.Conv2d, share: float = 1) -> nn.Conv2d:
    """The layer, begun so that signals keep that share of their size (He et al., ICCV 2015) and nothing is added.

    As PyTorch begins them, ten layers shrink a picture to less than their own offsets: every code is the same, and
    nothing can be learned from it.
    """
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    with torch.no_grad():
        layer.weight.mul_(share)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class _Halving(nn.Module):
    """A convolution with stride two, then residual blocks on the smaller grid."""

    def __init__(self, inputs: int, outputs: int, blocks: int) -> None:
        super().__init__()
        self.down = _carrying(nn.Conv2d(inputs, outputs, 3, stride=2, padding=1))
        self.blocks = nn.Sequential(*(Block(outputs) for _ in range(blocks)))

    def forward(self, features: Tensor) -> Tensor:
        result: Tensor = self.blocks(self.down(features).relu())
        return result


class _Doubling(nn.Module):
    """The mirror of ``_Halving``: residual blocks, then nearest neighbour ×2 and a convolution."""

    def __init__(self, inputs: int, outputs: int, blocks: int, *, last: bool) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(Block(inputs) for _ in range(blocks)))
        # The last begins small: a first picture near grey is nearer to all others than one of noise is.
        self.up = _carrying(LastConvolution(inputs, outputs), 0.1) if last else _carrying(convolution(inputs, outputs))
        self.last = last

    def forward(self, features: Tensor) -> Tensor:
        result: Tensor = self.up(functional.interpolate(self.blocks(features), scale_factor=2, mode="nearest"))
        return result if self.last else result.relu()
