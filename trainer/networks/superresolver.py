"""The ×4 super-resolution network: thinks on the small grid, then enlarges twice by two."""

from torch import Tensor, nn
from torch.nn import functional

from trainer.degrade import enlarged
from trainer.networks.residual import LastConvolution, Trunk, convolution


class Superresolver(nn.Module):
    """A residual network on the small grid, then 2 × (nearest neighbour ×2 and a convolution)."""

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.trunk = Trunk(channels, blocks)
        self.twice, self.again = convolution(channels, channels), convolution(channels, channels)
        self.detail = LastConvolution(channels, 3)

    def forward(self, small: Tensor) -> Tensor:
        features = self.trunk(small)
        for convolve in (self.twice, self.again):
            features = convolve(functional.interpolate(features, scale_factor=2, mode="nearest")).relu()
        # The paper leaves open what the last layer predicts. Ours: the detail that bicubic enlargement lacks, so that
        # even a training of seconds starts from a sensible picture.
        detail: Tensor = self.detail(features)
        return enlarged(small) + detail
