"""The residual trunk that all networks share, after EDSR: no normalization, no scaling."""

from torch import Tensor, nn


def convolution(inputs: int, outputs: int) -> nn.Conv2d:
    """A 3 × 3 convolution that keeps the picture's size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)


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
