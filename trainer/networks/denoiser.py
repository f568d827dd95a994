"""The denoising network: predicts the noise, which is then subtracted."""

from torch import Tensor, nn

from trainer.networks.residual import LastConvolution, Trunk


class Denoiser(nn.Module):
    """A residual network at the picture's full resolution; any size in, the same size out."""

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.trunk = Trunk(channels, blocks)
        self.noise = LastConvolution(channels, 3)

    def forward(self, noisy: Tensor) -> Tensor:
        noise: Tensor = self.noise(self.trunk(noisy))
        return noisy - noise
