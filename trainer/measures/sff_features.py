r"""The features of SFF, learned once from photographs; ``sff_features.csv`` beside this file holds them.

As the authors do it: 18,000 patches of 8 × 8 pixels in colour on the 0-255 scale, each less its mean; the eight
principal components, whitened; independent components of those by FastICA (Hyvärinen, IEEE TNN 1999) with the
hyperbolic tangent, all at once. A feature is a row of 192 weights, ordered by channel, row and column, whose response
to natural patches has unit variance. The photographs are ours: those that come with scikit-image and scikit-learn.

To learn them anew: ``python -c "from trainer.measures import sff_features; sff_features.write()"``. A test compares.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.measures.sff import FEATURES

_SIDE, _COUNT = 8, 8
_PATCHES = 18_000
_CLOSE = 1e-10  # cosine between two rounds' components at which nothing moves any more

_Array = NDArray[np.float64]


def write(path: Path = FEATURES) -> None:
    """Learns the features and writes them, a line for each."""
    np.savetxt(path, learnt(2013), fmt="%.6g", delimiter=",")


def learnt(seed: int) -> _Array:
    """The features, 8 × 192, the strongest first; equal for equal seeds, and nearly so for all."""
    rng = np.random.default_rng(seed)
    patches = _patches(rng)
    patches -= patches.mean(axis=0)
    patches -= patches.mean(axis=1, keepdims=True)
    variances, axes = np.linalg.eigh(np.cov(patches))
    whitening = (axes[:, -_COUNT:] / np.sqrt(variances[-_COUNT:])).T
    features = _independent(whitening @ patches, rng) @ whitening
    features *= np.sign(np.take_along_axis(features, np.abs(features).argmax(axis=1)[:, None], axis=1))
    strongest: _Array = features[np.argsort(-np.linalg.norm(features, axis=1))]
    return strongest


def _independent(white: _Array, rng: np.random.Generator) -> _Array:
    """The rotation of whitened data after which its components are as far from Gaussian as can be."""
    rotation = np.linalg.qr(rng.standard_normal((_COUNT, _COUNT)))[0]
    moved = 1.0
    while moved > _CLOSE:
        bent = np.tanh(rotation @ white)
        step = bent @ white.T / white.shape[1] - (1 - bent**2).mean(axis=1)[:, None] * rotation
        left, _, right = np.linalg.svd(step)
        turned = left @ right
        moved = float(np.abs(np.abs((turned * rotation).sum(axis=1)) - 1).max())
        rotation = turned
    return rotation


def _patches(rng: np.random.Generator) -> _Array:
    """Patches from random places, equally many of each photograph, 192 × 18,000."""
    photographs = _photographs()
    found = []
    for photograph in photographs:
        height, width, _ = photograph.shape
        for top, left in rng.integers(0, (height - _SIDE + 1, width - _SIDE + 1), (_PATCHES // len(photographs), 2)):
            found.append(photograph[top : top + _SIDE, left : left + _SIDE].transpose(2, 0, 1).ravel())
    return np.array(found, dtype=np.float64).T


def _photographs() -> list[NDArray[np.uint8]]:
    from skimage import data
    from sklearn.datasets import load_sample_images

    pictures: Any = data  # lazily loaded and without types
    return [
        pictures.astronaut(),
        pictures.chelsea(),
        pictures.coffee(),
        pictures.rocket(),
        *load_sample_images().images,
    ]
