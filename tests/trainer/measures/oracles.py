"""The measures once more, in double precision with numpy and scipy, after the papers and the authors' MATLAB code.

Shares nothing with the trainer: two-dimensional windows, plain loops, ``convolve2d`` with the borders the authors use.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import convolve2d

Picture = NDArray[np.float64]  # H × W × 3 in [0, 1]


def luma(picture: Picture) -> Picture:
    """Brightness, H × W × 1, as MATLAB's rgb2gray has it of a picture of 8 bits."""
    yiq = np.array([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]])
    return np.floor(255 * (picture @ np.linalg.inv(yiq)[0])[..., None] + 0.5) / 255


def mae(x: Picture, y: Picture) -> float:
    """Mean absolute error."""
    return float(np.abs(x - y).mean())


def ms_ssim(x: Picture, y: Picture) -> float:
    """Multi-scale structural similarity, the mean over channels."""
    return float(np.mean([_ms_ssim(x[..., c], y[..., c]) for c in range(x.shape[2])]))


def gmsd(x: Picture, y: Picture) -> float:
    """Gradient magnitude similarity deviation, the mean over channels."""
    return float(np.mean([_gmsd(x[..., c] * 255, y[..., c] * 255) for c in range(x.shape[2])]))


def _ms_ssim(x: Picture, y: Picture) -> float:
    r = np.arange(-5, 6)
    window = np.exp(-(r[:, None] ** 2 + r[None, :] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    score = 1.0
    for scale, weight in enumerate([0.0448, 0.2856, 0.3001, 0.2363, 0.1333]):
        if scale:
            x, y = _reduce(x), _reduce(y)

        def blur(z: Picture) -> Picture:
            return convolve2d(z, window, mode="valid")

        mx, my = blur(x), blur(y)
        vx, vy, cov = blur(x * x) - mx**2, blur(y * y) - my**2, blur(x * y) - mx * my
        cs = np.maximum(0, (2 * cov + 0.03**2) / (vx + vy + 0.03**2))  # the paper has no maximum
        luminance = (2 * mx * my + 0.01**2) / (mx**2 + my**2 + 0.01**2)
        mean = (cs * luminance).mean() if scale == 4 else cs.mean()
        score *= max(mean, 1e-4) ** weight
    return score


def _reduce(z: Picture) -> Picture:
    """imfilter(z, ones(2)/4, 'symmetric') and then every second pixel."""
    padded = np.pad(z, ((0, 1), (0, 1)), mode="symmetric")
    return ((padded[:-1, :-1] + padded[1:, :-1] + padded[:-1, 1:] + padded[1:, 1:]) / 4)[::2, ::2]


def _gmsd(x: Picture, y: Picture) -> float:
    def magnitude(z: Picture) -> Picture:
        # conv2(z, ones(2)/4, 'same') in MATLAB keeps the part from the second row and column on
        small = convolve2d(z, np.full((2, 2), 0.25))[1:, 1:][::2, ::2]
        dx = np.array([[1, 0, -1]] * 3) / 3
        return np.hypot(convolve2d(small, dx, mode="same"), convolve2d(small, dx.T, mode="same"))

    gx, gy = magnitude(x), magnitude(y)
    return float(np.std((2 * gx * gy + 170) / (gx**2 + gy**2 + 170), ddof=1))
