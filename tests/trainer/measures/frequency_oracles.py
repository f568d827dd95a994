"""FSIMc, VSI and MAD once more, in double precision with numpy and scipy, after papers and authors' code.

Shares nothing with the trainer: whole spectra, plain loops, ``convolve2d`` and windows that are looked at one by one.
"""

import numpy as np
from numpy.fft import fft2, fftshift, ifft2, ifftshift
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import convolve2d
from scipy.stats import kurtosis, skew

Map = NDArray[np.float64]  # H × W
Picture = NDArray[np.float64]  # H × W × 3 in [0, 1]

SCHARR = np.array([[3, 0, -3], [10, 0, -10], [3, 0, -3]]) / 16
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def fsim(x: Picture, y: Picture) -> float:
    """FSIMc as in FeatureSIM.m."""
    yiq = 255 * np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    (y1, i1, q1), (y2, i2, q2) = ([_reduce(z @ row) for row in yiq] for z in (x, y))
    p1, p2 = phase_congruency(y1), phase_congruency(y2)
    chroma = (_likeness(i1, i2, 200) * _likeness(q1, q2, 200) + 0j) ** 0.03
    similarity = _likeness(p1, p2, 0.85) * _likeness(_edges(y1), _edges(y2), 160) * chroma.real
    weight = np.maximum(p1, p2)
    return float((similarity * weight).sum() / weight.sum())


def vsi(x: Picture, y: Picture) -> float:
    """VSI as in VSI.m."""
    lmn = 255 * np.array([[0.06, 0.63, 0.27], [0.30, 0.04, -0.35], [0.34, -0.60, 0.17]])
    (l1, m1, n1), (l2, m2, n2) = ([_reduce(z @ row) for row in lmn] for z in (x, y))
    v1, v2 = _reduce(saliency(x)), _reduce(saliency(y))
    chroma = (_likeness(m1, m2, 130) * _likeness(n1, n2, 130) + 0j) ** 0.02
    similarity = _likeness(v1, v2, 1.27) * _likeness(_edges(l1), _edges(l2), 386) ** 0.4 * chroma.real
    weight = np.maximum(v1, v2)
    return float((similarity * weight).sum() / weight.sum())


def mad(x: Picture, y: Picture, weighted: str = "wavelength") -> float:
    """MAD of pictures of one channel, H × W × 1 with even sides; weights by ``wavelength`` or by ``orientation``."""
    x, y = 255 * x[..., 0], 255 * y[..., 0]
    detection, appearance = _detection(x, y), _appearance(x, y, weighted)
    alpha = 1 / (1 + np.exp(-2.55 / 3.35) * detection ** (1 / (np.log(10) * 3.35)))
    return float(detection**alpha * appearance ** (1 - alpha))


def _detection(x: Map, y: Map) -> float:
    height, width = y.shape
    # Rows and columns counted from the picture's middle, which lies between two of them; 32 cycles at the edge.
    down, across = ((np.arange(n) - n / 2 + 0.5) / n * 64 for n in (height, width))
    plane = across[None, :] + 1j * down[:, None]
    frequency = np.abs(plane) / (0.15 * np.cos(4 * np.angle(plane)) + 0.85)
    sensitivity = 2.6 * (0.0192 + 0.114 * frequency) * np.exp(-((0.114 * frequency) ** 1.1))
    sensitivity[frequency < 7.8909] = 0.9809
    seen_x, seen_y = (ifft2(ifftshift(fftshift(fft2(0.02874 * z ** (2.2 / 3))) * sensitivity)).real for z in (x, y))
    mean = _windows(seen_y).mean((2, 3))
    quarters = [_windows(seen_y)[..., i : i + 8, j : j + 8].std((2, 3), ddof=1) for i in (0, 8) for j in (0, 8)]
    contrast = np.log(np.minimum.reduce(quarters) / mean)
    contrast_of_error = np.log(_windows(seen_x - seen_y).std((2, 3), ddof=1) / mean)
    visible = np.where(
        contrast > -5, np.maximum(contrast_of_error - contrast, 0), np.maximum(contrast_of_error + 5, 0)
    ) * (mean >= 0.5)
    return float(200 * np.sqrt(((visible * _windows((x - y) ** 2).mean((2, 3))) ** 2).mean()))


def _appearance(x: Map, y: Map, weighted: str) -> float:
    height, width = y.shape
    down, across = ((np.arange(n) - n // 2) / n for n in (height, width))
    radius, angle = np.hypot(*np.meshgrid(across, down)), np.arctan2(-down[:, None], across[None, :])
    radius[height // 2, width // 2] = 1
    weights, total = np.array([0.5, 0.75, 1, 5, 6]) / 13.25, 0
    for scale in range(5):
        radial = np.exp(-(np.log(radius * 3 * 3**scale) ** 2) / (2 * np.log(0.55) ** 2))
        radial[height // 2, width // 2] = 0
        for orientation in range(4):
            away = angle - orientation * np.pi / 4
            spread = np.exp(-(np.arctan2(np.sin(away), np.cos(away)) ** 2) / (2 * (np.pi / 4 / 1.5) ** 2))
            magnitudes = [np.abs(ifft2(fft2(z) * fftshift(radial * spread))) for z in (x, y)]
            a, b = (_windows(m).reshape(-1, 256) for m in magnitudes)
            change = np.abs(a.std(1, ddof=1) - b.std(1, ddof=1)) + 2 * np.abs(skew(a, axis=1) - skew(b, axis=1))
            change += np.abs(kurtosis(a, axis=1) - kurtosis(b, axis=1))
            total = total + weights[scale if weighted == "wavelength" else orientation] * change
    return float(np.sqrt((total**2).mean()))


def _windows(z: Map) -> NDArray[np.float64]:
    return sliding_window_view(z, (16, 16))[::4, ::4]


def phase_congruency(z: Map) -> Map:
    """Kovesi's phasecong2 with the parameters of FSIM."""
    height, width = z.shape
    down, across = ((np.arange(n) - n // 2) / (n - n % 2) for n in (height, width))
    radius, angle = np.hypot(*np.meshgrid(across, down)), np.arctan2(-down[:, None], across[None, :])
    low_pass, radius, angle = (ifftshift(a) for a in (1 / (1 + (radius / 0.45) ** 30), radius, angle))
    radius[0, 0] = 1
    spectrum, energy, amplitude = fft2(z), np.zeros(z.shape), np.zeros(z.shape)
    for orientation in range(4):
        away = angle - orientation * np.pi / 4
        spread = np.exp(-(np.arctan2(np.sin(away), np.cos(away)) ** 2) / (2 * (np.pi / 4 / 1.2) ** 2))
        filters = []
        for scale in range(4):
            radial = np.exp(-(np.log(radius * 6 * 2**scale) ** 2) / (2 * np.log(0.55) ** 2)) * low_pass
            radial[0, 0] = 0
            filters.append(radial * spread)
        answers = [ifft2(spectrum * f) for f in filters]
        mean = sum(answers) / (np.abs(sum(answers)) + 1e-4)
        aligned = [answer * mean.conj() for answer in answers]
        kernels = [ifft2(f).real * np.sqrt(z.size) for f in filters]
        squares = sum((k**2).sum() for k in kernels)
        pairs = sum((kernels[i] * kernels[j]).sum() for i in range(4) for j in range(i + 1, 4))
        power = -np.median(np.abs(answers[0]) ** 2) / np.log(0.5) / (filters[0] ** 2).sum()
        tau = np.sqrt((2 * power * squares + 4 * power * pairs) / 2)
        noise = (tau * np.sqrt(np.pi / 2) + 2 * np.sqrt((2 - np.pi / 2) * tau**2)) / 1.7
        energy += np.maximum(sum(a.real - np.abs(a.imag) for a in aligned) - noise, 0)
        amplitude += sum(np.abs(a) for a in answers)
    return energy / amplitude


def saliency(x: Picture, side: int | None = 256, white: tuple[float, float, float] = (0.9642, 1, 0.8251)) -> Map:
    """SDSP with the parameters of VSI; with ``side=None`` at the picture's own size."""
    height, width = x.shape[:2]
    rows, columns = (height, width) if side is None else (side, side)
    small = np.stack([_resize(height, rows) @ x[..., c] @ _resize(width, columns).T for c in range(3)], -1)
    colours = _lab(small, white)
    radius = np.hypot(*np.meshgrid((np.arange(columns) - columns // 2) / columns, (np.arange(rows) - rows // 2) / rows))
    radius = ifftshift(np.where(radius > 0.5, 0, radius))
    radius[0, 0] = 0
    with np.errstate(divide="ignore"):
        band = np.exp(-(np.log(radius / 0.021) ** 2) / (2 * 1.34**2))
    frequency = np.sqrt(sum(ifft2(fft2(colours[..., c]) * band).real ** 2 for c in range(3)))
    i, j = np.mgrid[1 : rows + 1, 1 : columns + 1]
    location = np.exp(-((i - rows / 2) ** 2 + (j - columns / 2) ** 2) / 145**2)
    warmth = _stretched(colours[..., 1]) ** 2 + _stretched(colours[..., 2]) ** 2
    found = frequency * location * (1 - np.exp(-warmth / 0.001**2))
    return _stretched(_resize(rows, height) @ found @ _resize(columns, width).T)


def _lab(x: Picture, white: tuple[float, float, float]) -> Picture:
    linear = np.where(x <= 0.04045, x / 12.92, ((np.maximum(x, 0.04045) + 0.055) / 1.055) ** 2.4)
    relative = linear @ XYZ.T / np.array(white)
    fx, fy, fz = np.moveaxis(np.where(relative > 0.008856, np.cbrt(relative), (903.3 * relative + 16) / 116), -1, 0)
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], -1)


def _resize(old: int, new: int) -> Map:
    """imresize's bilinear weights for one side, by MATLAB's own rules: pixels from 1, mirrored beyond the edge."""
    scale = new / old
    support = 2 / min(scale, 1)
    weights = np.zeros((new, old))
    for k in range(1, new + 1):
        centre = k / scale + 0.5 * (1 - 1 / scale)
        for place in range(int(np.floor(centre - support / 2)) - 1, int(np.ceil(centre + support / 2)) + 2):
            mirrored = (place - 1) % (2 * old)
            weights[k - 1, min(mirrored, 2 * old - 1 - mirrored)] += max(0, 1 - abs(centre - place) * 2 / support)
    return weights / weights.sum(1, keepdims=True)


def _stretched(z: Map) -> Map:
    return (z - z.min()) / (z.max() - z.min())


def _same(z: Map, kernel: Map) -> Map:
    """MATLAB's conv2(z, kernel, 'same')."""
    first = [int(np.ceil((n - 1) / 2)) for n in kernel.shape]
    return convolve2d(z, kernel)[first[0] : first[0] + z.shape[0], first[1] : first[1] + z.shape[1]]


def _reduce(z: Map) -> Map:
    factor = max(1, int(np.floor(min(z.shape) / 256 + 0.5)))
    return _same(z, np.full((factor, factor), 1 / factor**2))[::factor, ::factor]


def _edges(z: Map) -> Map:
    return np.hypot(_same(z, SCHARR), _same(z, SCHARR.T))


def _likeness(x: Map, y: Map, constant: float) -> Map:
    return (2 * x * y + constant) / (x**2 + y**2 + constant)
