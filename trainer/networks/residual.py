"""The residual trunk that all networks share, after EDSR: no normalization, no scaling; and their last layer."""

import torch
from torch import Tensor, nn


def convolution(inputs: int, outputs: int) -> nn.Conv2d:
    """A 3 × 3 convolution that keeps the picture's size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)


class LastConvolution(nn.Conv2d):
    """The 3 × 3 convolution that makes a picture of features: in single precision even where the trunk is in bfloat16.

    Near one, bfloat16 steps by a whole display level: what the trunk computes may be rounded so, a picture may not.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            return super().forward(features.to(self.weight.dtype))


class Block(nn.Module):
    """Two convolutions whose result is added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = convolution(channels, channels), convolution(channels, channels)

    def forward(self, features: Tensor) -> Tensor:
        change: Tensor = self.second(self.first(features).relu())
        return features + change


class Trunk(nn.Module):
    """From a picture to features: a convolution, the blocks, a convolution, and the first features added again."""

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.head = convolution(3, channels)
        self.blocks = nn.Sequential(*(Block(channels) for _ in range(blocks)))
        self.tail = convolution(channels, channels)

    def forward(self, picture: Tensor) -> Tensor:
        features: Tensor = self.head(picture)
        change: Tensor = self.tail(self.blocks(features))
        return features + change
