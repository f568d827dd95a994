"""VIF, IFC and CW-SSIM once more, in double precision with numpy and scipy, after the authors' MATLAB code.

Shares nothing with the trainer. For VIF and IFC, filters are written out in full, bands of both pictures filtered by
``correlate2d``, windows lie over the mirrored border and are cut off afterwards. For CW-SSIM, the whole spectrum is
filtered and halved from level to level.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter
from scipy.signal import correlate2d

Picture = NDArray[np.float64]

# fmt: off
LO0 = np.array([
    [+0.00341614, -0.01551246, -0.03848215, -0.01551246, +0.00341614],
    [-0.01551246, +0.05586982, +0.15925570, +0.05586982, -0.01551246],
    [-0.03848215, +0.15925570, +0.40304148, +0.15925570, -0.03848215],
    [-0.01551246, +0.05586982, +0.15925570, +0.05586982, -0.01551246],
    [+0.00341614, -0.01551246, -0.03848215, -0.01551246, +0.00341614]])
LO = 2 * np.pad(np.array([
    [+0.00085404, -0.00244917, -0.00387812, -0.00944432, -0.00962054],
    [-0.00244917, -0.00523281, -0.00661117, +0.00410600, +0.01002988],
    [-0.00387812, -0.00661117, +0.01396746, +0.03277038, +0.03981393],
    [-0.00944432, +0.00410600, +0.03277038, +0.06426333, +0.08169618],
    [-0.00962054, +0.01002988, +0.03981393, +0.08169618, +0.10096540]]), (0, 4), mode="reflect")
ACROSS = np.array([
    [0.00277643, -0.00986904, -0.01021852, 0, 0.01021852, 0.00986904, -0.00277643],
    [0.00496194, -0.00893064, -0.03075356, 0, 0.03075356, 0.00893064, -0.00496194],
    [0.01026699, +0.01189859, -0.08226445, 0, 0.08226445, -0.01189859, -0.01026699],
    [0.01455399, +0.02755155, -0.11732297, 0, 0.11732297, -0.02755155, -0.01455399],
    [0.01026699, +0.01189859, -0.08226445, 0, 0.08226445, -0.01189859, -0.01026699],
    [0.00496194, -0.00893064, -0.03075356, 0, 0.03075356, 0.00893064, -0.00496194],
    [0.00277643, -0.00986904, -0.01021852, 0, 0.01021852, 0.00986904, -0.00277643]])
# fmt: on


def vif(x: Picture, y: Picture) -> float:
    """Visual information fidelity of x, given the reference y: the mean over channels."""
    return float(np.mean([_vif(x[..., c], y[..., c]) for c in range(x.shape[2])]))


def ifc(x: Picture, y: Picture) -> float:
    """The information fidelity criterion of x, given the reference y: the mean over channels."""
    return float(np.mean([_ifc(x[..., c], y[..., c]) for c in range(x.shape[2])]))


def cw_ssim(x: Picture, y: Picture) -> float:
    """Complex-wavelet structural similarity, the mean over channels."""
    return float(np.mean([_cw_ssim(x[..., c] * 255, y[..., c] * 255) for c in range(x.shape[2])]))


def _vif(x: Picture, y: Picture) -> float:
    kept = whole = 0.0
    for gain, noise, variance, eigenvalues in _parameters(x * 255, y * 255):
        for eigenvalue in eigenvalues:
            kept += np.log2(1 + gain**2 * variance * eigenvalue / (noise + 0.4)).sum()
            whole += np.log2(1 + variance * eigenvalue / 0.4).sum()
    return kept / whole


def _ifc(x: Picture, y: Picture) -> float:
    known = 0.0
    for gain, noise, variance, eigenvalues in _parameters(x * 255, y * 255):
        for eigenvalue in eigenvalues:
            known += np.log2(1 + gain**2 * variance * eigenvalue / (noise + 1e-10)).sum()
    return known / x.size


def _parameters(distorted: Picture, original: Picture):
    """Gain, noise, s² and eigenvalues of each band, coarse or fine, in which the authors compare."""
    for level, (many, few) in enumerate(zip(_pyramid(original), _pyramid(distorted), strict=True)):
        size = 2 ** (4 - level) + 1
        margin = math.ceil((size - 1) / 2 / 3)
        inner = (slice(margin, -margin),) * 2
        for band, theirs in zip(many, few, strict=True):
            c, d = (b[: len(b) // 3 * 3, : b.shape[1] // 3 * 3] for b in (band, theirs))
            variance, eigenvalues = _mixture(c)
            gain, noise = _channel(c, d, size)
            yield gain[inner], noise[inner], variance[inner], eigenvalues


def _pyramid(picture: Picture) -> list[tuple[Picture, Picture]]:
    low, levels = _correlated(picture, LO0), []
    for _ in range(4):
        levels.append((_correlated(low, ACROSS), _correlated(low, ACROSS.T)))
        low = _correlated(low, LO)[::2, ::2]
    return levels


def _correlated(picture: Picture, taps: Picture) -> Picture:
    return correlate2d(np.pad(picture, len(taps) // 2, mode="reflect"), taps, mode="valid")


def _channel(c: Picture, d: Picture, size: int) -> tuple[Picture, Picture]:
    def total(z: Picture) -> Picture:
        return size**2 * uniform_filter(z, size, mode="mirror")[1::3, 1::3]

    mean_c, mean_d = total(c) / size**2, total(d) / size**2
    cov = total(c * d) - size**2 * mean_c * mean_d
    var_c = np.maximum(total(c * c) - size**2 * mean_c**2, 0)
    var_d = np.maximum(total(d * d) - size**2 * mean_d**2, 0)
    gain = cov / (var_c + 1e-15)
    noise = (var_d - gain * cov) / size**2
    gain[(var_c < 1e-15) | (var_d < 1e-15)] = 0
    noise[gain < 0] = var_d[gain < 0]
    return np.maximum(gain, 0), np.maximum(noise, 1e-15)


def _mixture(c: Picture) -> tuple[Picture, Picture]:
    height, width = c.shape
    places = [(i, j) for i in range(3) for j in range(3)]
    everywhere = np.array([c[i : height - 2 + i, j : width - 2 + j].ravel() for i, j in places])
    covariance = np.cov(everywhere, bias=True)
    apart = np.array([c[i::3, j::3].ravel() for i, j in places])
    variance = (np.linalg.inv(covariance) @ apart * apart).sum(0) / 9
    return variance.reshape(height // 3, width // 3), np.linalg.eigvalsh(covariance)


def _cw_ssim(x: Picture, y: Picture) -> float:
    scores = []
    for a, b in zip(_coarsest(x), _coarsest(y), strict=True):

        def mean(z: Picture) -> Picture:
            return correlate2d(z, np.full((7, 7), 1 / 49), mode="valid")

        similarity = (2 * abs(mean(a * b.conj())) + 1e-5) / (mean(abs(a) ** 2 + abs(b) ** 2) + 1e-5)
        rows, columns = np.ogrid[: similarity.shape[0], : similarity.shape[1]]
        distance = (rows - (similarity.shape[0] - 1) / 2) ** 2 + (columns - (similarity.shape[1] - 1) / 2) ** 2
        weights = np.exp(-distance / (2 * (len(a) / 4) ** 2))
        scores.append((similarity * weights).sum() / weights.sum())
    return float(np.mean(scores))


def _coarsest(picture: Picture) -> list[Picture]:
    """The eight complex bands of level 4, on the picture's own scale."""

    def low(octave: Picture, edge: int) -> Picture:  # a raised cosine that falls within the octave below the edge
        return np.sin(np.clip(edge - octave, 0, 1) * np.pi / 2)

    def high(octave: Picture, edge: int) -> Picture:
        return np.sqrt(1 - low(octave, edge) ** 2)

    spectrum = np.fft.fftshift(np.fft.fft2(picture)) / picture.size
    v, u = (np.arange(side) - side // 2 for side in picture.shape)
    v, u = np.meshgrid(v * 2 / picture.shape[0], u * 2 / picture.shape[1], indexing="ij")
    for level in range(4):
        with np.errstate(divide="ignore"):
            octave = np.log2(np.hypot(u, v))
        spectrum = spectrum * low(octave, -level)
        if level < 3:
            kept = tuple(slice(side // 2 - (side + 1) // 2 // 2, None) for side in spectrum.shape)
            v, u, spectrum = (z[kept][: (z.shape[0] + 1) // 2, : (z.shape[1] + 1) // 2] for z in (v, u, spectrum))
    spectrum = spectrum * high(octave, -4)
    found = []
    for orientation in range(8):
        angle = (np.arctan2(v, u) - orientation * np.pi / 8 + np.pi) % (2 * np.pi) - np.pi
        facing = np.where(abs(angle) < np.pi / 2, np.cos(angle), 0) ** 7
        facing *= 2 * np.sqrt(2**14 * math.factorial(7) ** 2 / (8 * math.factorial(14)))
        found.append(np.fft.ifft2(np.fft.ifftshift(spectrum * facing)) * spectrum.size)
    return found
