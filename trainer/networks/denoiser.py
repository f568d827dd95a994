"""The denoising network: predicts the noise, which is then subtracted."""

from torch import Tensor, nn

from trainer.networks.residual import Trunk, convolution


class Denoiser(nn.Module):
    """A residual network at the picture's full resolution; any size in, the same size out."""

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.trunk = Trunk(channels, blocks)
        self.noise = convolution(channels, 3)

    def forward(self, noisy: Tensor) -> Tensor:
        noise: Tensor = self.noise(self.trunk(noisy))
        return noisy - noise
