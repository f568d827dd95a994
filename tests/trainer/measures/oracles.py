"""The measures once more, in double precision with numpy and scipy, after the papers and the authors' MATLAB code.

Shares nothing with the trainer: two-dimensional windows, plain loops, ``convolve2d`` with the borders the authors use.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import convolve2d, fftconvolve

Picture = NDArray[np.float64]  # H × W × 3 in [0, 1]


def luma(picture: Picture) -> Picture:
    """Brightness, H × W × 1, as MATLAB's rgb2gray has it of a picture of 8 bits."""
    yiq = np.array([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]])
    return np.floor(255 * (picture @ np.linalg.inv(yiq)[0])[..., None] + 0.5) / 255


def mae(x: Picture, y: Picture) -> float:
    """Mean absolute error."""
    return float(np.abs(x - y).mean())


def mse(x: Picture, y: Picture) -> float:
    """Mean squared error."""
    return float(np.mean((x - y) ** 2))


def psnr(x: Picture, y: Picture) -> float:
    """Peak signal-to-noise ratio over all channels together."""
    return float(10 * np.log10(1 / mse(x, y)))


def charbonnier(x: Picture, y: Picture) -> float:
    """Charbonnier distance."""
    return float(np.hypot(x - y, 1e-3).mean())


def pamse(x: Picture, y: Picture) -> float:
    """Mean squared error of the blurred difference, the mean over channels."""
    window = gaussian(7, 0.8)
    return _each_channel(lambda a, b: float(np.mean(fftconvolve(255 * (a - b), window, mode="valid") ** 2)), x, y)


def ssim(x: Picture, y: Picture) -> float:
    """Structural similarity, the mean over channels."""
    return _each_channel(lambda a, b: float(np.mean(np.prod(_similarities(a, b), axis=0))), x, y)


def ms_ssim(x: Picture, y: Picture) -> float:
    """Multi-scale structural similarity, the mean over channels."""
    return _each_channel(_ms_ssim, x, y)


def gmsd(x: Picture, y: Picture) -> float:
    """Gradient magnitude similarity deviation, the mean over channels."""
    return _each_channel(lambda a, b: _gmsd(a * 255, b * 255), x, y)


def mcsd(x: Picture, y: Picture) -> float:
    """Multi-scale contrast similarity deviation, the mean over channels."""
    return _each_channel(_mcsd, x, y)


def nlpd(x: Picture, y: Picture) -> float:
    """Normalized Laplacian pyramid distance, the mean over channels."""

    def distance(a: Picture, b: Picture) -> float:
        return float(np.mean([np.sqrt(np.mean((u - v) ** 2)) for u, v in zip(_nlp(a), _nlp(b), strict=True)]))

    return _each_channel(distance, x, y)


def sff(x: Picture, y: Picture, features: Picture) -> float:
    """Sparse feature fidelity of colour pictures under features of 192 weights (channel, row, column)."""
    height, width = (side // 8 - 1 for side in x.shape[:2])
    corners = [(8 * row, 8 * column) for row in range(height) for column in range(width)]
    patches = [np.array([255 * z[r : r + 8, c : c + 8].transpose(2, 0, 1).ravel() for r, c in corners]) for z in (x, y)]
    means = [p.mean(axis=1) for p in patches]
    detail_x, detail_y = (p - m[:, None] for p, m in zip(patches, means, strict=True))

    apart = np.abs(detail_x - detail_y).mean(axis=1)
    kept = apart >= np.median(apart)
    a, b = detail_y[kept] @ features.T, detail_x[kept] @ features.T
    strong = (a**2).sum(axis=1) > 0.4 * (a**2).sum(axis=1).mean()
    a, b = a[strong], b[strong]
    fidelity = ((2 * a * b + 0.08) / (a**2 + b**2 + 0.08)).mean()

    apart = np.abs(means[0] - means[1])
    u, v = (m[apart >= np.median(apart)] for m in means)
    u, v = u - u.mean(), v - v.mean()
    correlation = ((u * v).sum() + 0.001) / (np.sqrt((u**2).sum() * (v**2).sum()) + 0.001)
    return float(0.8 * correlation + 0.2 * fidelity)


def gaussian(taps: int, sigma: float) -> Picture:
    """fspecial('gaussian', taps, sigma)"""
    r = np.arange(taps) - taps // 2
    window = np.exp(-(r[:, None] ** 2 + r[None, :] ** 2) / (2 * sigma**2))
    return window / window.sum()


def _each_channel(score: Callable[[Picture, Picture], float], x: Picture, y: Picture) -> float:
    return float(np.mean([score(x[..., c], y[..., c]) for c in range(x.shape[2])]))


def _similarities(x: Picture, y: Picture) -> tuple[Picture, Picture]:
    def blur(z: Picture) -> Picture:
        return fftconvolve(z, gaussian(11, 1.5), mode="valid")

    mx, my = blur(x), blur(y)
    vx, vy, cov = blur(x * x) - mx**2, blur(y * y) - my**2, blur(x * y) - mx * my
    luminance = (2 * mx * my + 0.01**2) / (mx**2 + my**2 + 0.01**2)
    return luminance, (2 * cov + 0.03**2) / (vx + vy + 0.03**2)


def _ms_ssim(x: Picture, y: Picture) -> float:
    score = 1.0
    for scale, weight in enumerate([0.0448, 0.2856, 0.3001, 0.2363, 0.1333]):
        if scale:
            x, y = _reduce(x), _reduce(y)
        luminance, cs = _similarities(x, y)
        cs = np.maximum(0, cs)  # the paper has no maximum
        mean = (cs * luminance).mean() if scale == 4 else cs.mean()
        score *= max(mean, 1e-4) ** weight
    return score


def _mcsd(x: Picture, y: Picture) -> float:
    product = 1.0
    for scale in range(3):
        if scale:
            x, y = _reduce(x), _reduce(y)
        mx, my = (fftconvolve(z, gaussian(11, 1.5), mode="valid") for z in (x, y))
        vx, vy = (fftconvolve(z * z, gaussian(11, 1.5), mode="valid") - m**2 for z, m in ((x, mx), (y, my)))
        cx, cy = np.sqrt(vx + 1e-8), np.sqrt(vy + 1e-8)  # the floor is part of the definition
        product *= np.std((2 * cx * cy + 0.03**2) / (cx**2 + cy**2 + 0.03**2), ddof=1)
    return float(product ** (1 / 3))


# Centre weights of the divisive normalization, as matrices that conv2 turns round.
_DN = (
    (0.0248, [[0, 0, 0.1011, 0, 0], [0, 0.1493, 0, 0.1460, 0.0072], [0, 0, 0.1015, 0, 0]]),
    (0.0185, [[0, 0, 0.0757, 0, 0], [0, 0.1986, 0, 0.1846, 0], [0, 0, 0.0837, 0, 0]]),
    (0.0179, [[0, 0, 0.0477, 0, 0], [0, 0.2138, 0, 0.2243, 0], [0, 0, 0.0467, 0, 0]]),
    (0.0191, [[0, 0.2503, 0, 0.2616, 0]]),
    (0.0220, [[0, 0.2598, 0, 0.2552, 0]]),
    (0.2782, [[0, 0.2215, 0, 0.0717, 0]]),
)


def _nlp(picture: Picture) -> list[Picture]:
    """The normalized Laplacian pyramid."""
    binomial = np.outer(*[[0.05, 0.25, 0.4, 0.25, 0.05]] * 2)
    levels = []
    for level, (sigma, weights) in enumerate(_DN):
        small = convolve2d(np.pad(picture, 2, mode="symmetric"), binomial, mode="valid")[::2, ::2]
        large = np.zeros((2 * small.shape[0] + 4, 2 * small.shape[1] + 4))
        large[::2, ::2] = 4 * np.pad(small, 1, mode="edge")
        large = convolve2d(large, binomial, mode="same")[2 : 2 + picture.shape[0], 2 : 2 + picture.shape[1]]
        detail = picture if level == len(_DN) - 1 else picture - large
        levels.append(detail / (sigma + convolve2d(np.abs(detail), np.array(weights), mode="same")))
        picture = small
    return levels


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
