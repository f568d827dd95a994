"""Values that authors of learned measures publish for example pictures of theirs, and what must hold without any.

Beholder's own machines have had no connection to fetch real weights by, so whoever has one makes this comparison first:
``python -m trainer fetch-weights --verify``.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import Request, urlopen

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from app.catalog import measure
from trainer.measures import MEASURES

_LPIPS_PICTURES = "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/imgs/"
_DISTS_PICTURES = "https://raw.githubusercontent.com/dingkeyan93/DISTS/master/images/"
_SILENCE = 20.0  # seconds without a byte
_LARGEST = 20_000_000  # bytes that an example picture may have
_LADDER = (0.0, 0.02, 0.1, 0.4)  # standard deviations of noise


@dataclass(frozen=True, slots=True)
class Published:
    """What a measure gives for two pictures, as somebody has put it on record."""

    measure: str
    restored: str  # an address
    reference: str
    value: float
    tolerance: float  # the digits that are on record, and the rounding of single precision
    where: str
    side: int = 0  # of the smaller side after making the pictures smaller, as the publisher did; 0: as they are


PUBLISHED = (
    Published(
        "lpips", _LPIPS_PICTURES + "ex_p0.png", _LPIPS_PICTURES + "ex_ref.png", 0.569, 6e-4,
        "README of moono/lpips-tf2.x, of the authors' PyTorch code with VGG",
    ),
    Published(
        "lpips", _LPIPS_PICTURES + "ex_p1.png", _LPIPS_PICTURES + "ex_ref.png", 0.422, 6e-4,
        "README of moono/lpips-tf2.x, of the authors' PyTorch code with VGG",
    ),
    Published(
        "dists", _DISTS_PICTURES + "r1.png", _DISTS_PICTURES + "r0.png", 0.3347, 3e-4,
        "last line of the authors' DISTS_pt.py", side=256,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """One comparison: whether it held, None where it could not be made, and the sentence to tell."""

    measure: str
    held: bool | None
    said: str


def verify(name: str) -> Iterator[Verdict]:
    """What can be said of a learned measure under the weights that are here.

    Raises
    ------
    WeightsMissing, WeightsDamaged, WeightsUnfit, PyiqaMissing
        The measure cannot be computed.
    """
    mine = [published for published in PUBLISHED if published.measure == name]
    for published in mine:
        yield _compared(published)
    if not mine:
        yield Verdict(name, None, "no published value of an example picture is known")
    yield _on_a_ladder(name)


def _compared(published: Published) -> Verdict:
    what = f"{published.restored.rpartition('/')[2]} against {published.reference.rpartition('/')[2]}"
    try:
        pair = [_picture(address, published.side) for address in (published.restored, published.reference)]
    except OSError as error:  # the network's, and Pillow's of what is no picture
        return Verdict(published.measure, None, f"{what} could not be fetched ({error})")
    value = _value(published.measure, *pair)
    held = abs(value - published.value) <= published.tolerance
    return Verdict(
        published.measure, held, f"{what}: {value:.4f} here, {published.value:g} published ({published.where})"
    )


def _on_a_ladder(name: str) -> Verdict:
    """Equal pictures come first, more noise is worse."""
    reference = torch.from_numpy(_scenery()).permute(2, 0, 1)[None].float()
    noise = torch.randn(reference.shape, generator=torch.Generator().manual_seed(1))
    values = [_value(name, (reference + sigma * noise).clamp(0, 1), reference) for sigma in _LADDER]
    ordered = values == sorted(set(values), reverse=measure(name).higher_is_better)
    told = " → ".join(f"{value:.4f}" for value in values)
    said = f"with noise of {', '.join(f'{sigma:g}' for sigma in _LADDER)}: {told}"
    if measure(name).lowest == 0 and abs(values[0]) > 1e-6:
        return Verdict(name, False, f"{said}: equal pictures are not at distance 0")
    return Verdict(name, ordered, said if ordered else f"{said}: this is not the order of the noise")


@torch.no_grad()
def _value(name: str, restored: Tensor, reference: Tensor) -> float:
    return MEASURES[name](restored, reference).item()


def _picture(address: str, side: int) -> Tensor:
    """The picture at that address, 1 × 3 × H × W in [0, 1]."""
    with urlopen(Request(address, headers={"User-Agent": "beholder"}), timeout=_SILENCE) as answer:
        picture = Image.open(io.BytesIO(answer.read(_LARGEST))).convert("RGB")
    if side and min(picture.size) > side:
        width, height = (length * side // min(picture.size) for length in picture.size)
        picture = picture.resize((width, height), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.asarray(picture) / 255).permute(2, 0, 1)[None].float()


def _scenery() -> np.ndarray:
    """A picture with slopes, waves and an edge, 192 × 224 × 3 in [0, 1]."""
    y, x = np.mgrid[0:192, 0:224]
    waves = np.stack([np.sin(x / (3 + c)) * np.cos(y / (4 + c)) for c in range(3)], axis=-1)
    return np.asarray(0.45 + 0.15 * waves + 0.25 * (x + y > 208)[..., None])
