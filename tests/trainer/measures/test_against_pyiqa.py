"""Measures agree with those of pyiqa 0.1.16, an independent implementation, on real and on random pairs in form `y`.

Pictures are grey in 8 bits, so that both libraries compare the very same luma; colour measures get them in colour.
Where pyiqa departs from the original, the tolerance is wide and says why: the originals' values are in
``test_official.py``.
"""

import gc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.trainer.measures.pictures import batch, distorted, photograph
from trainer.measures import MEASURES
from trainer.measures.channels import Form
from trainer.torchvision_ready import make_torchvision_importable


@dataclass(frozen=True)
class Agreement:
    """How close a measure comes to pyiqa's of the same name."""

    tolerance: float  # absolute, on the measure's own scale
    size: tuple[int, int] = (192, 224)
    colour: bool = False  # the measure compares colours: pictures keep theirs
    single: bool = False  # pyiqa takes single precision only
    pairs: tuple[str, ...] = ("noise", "contrast", "shift", "random")  # "half inverted" for those that may contradict


AGREEMENTS = {
    "psnr": Agreement(1e-3),  # pyiqa adds 1e-8 to the mean squared error
    "ssim": Agreement(
        5e-4, pairs=("noise", "contrast", "shift")
    ),  # pyiqa counts contradictions as nought, unlike the paper
    "ms_ssim": Agreement(1e-5, pairs=("noise", "contrast", "shift", "random", "half inverted")),
    "nlpd": Agreement(6e-3, single=True),  # pyiqa leaves a weight of the authors' finest filter out
    "gmsd": Agreement(2e-6),
    "cw_ssim": Agreement(1e-6, pairs=("noise", "contrast", "shift", "random", "half inverted")),
    "vif": Agreement(  # what single precision costs pyiqa's: in double it comes as close as 1e-6
        6e-5, single=True, pairs=("noise", "contrast", "shift", "random", "half inverted")
    ),
    # pyiqa has other digits in YIQ, and takes colours that contradict each other by their magnitude
    "fsim": Agreement(1e-3, colour=True),
    # pyiqa puts the centre of saliency one pixel off, and continues pictures before it reduces them
    "vsi": Agreement(1e-3, colour=True),
}


def to_8_bits(picture: np.ndarray, colour: bool) -> np.ndarray:
    levels = np.round(np.clip(picture, 0, 1) * 255) / 255
    return levels if colour else np.repeat(levels[..., 1:2], 3, axis=2)


def pair(kind: str, agreement: Agreement) -> tuple[Tensor, Tensor]:
    """A restored and a reference picture."""
    clean = photograph(*agreement.size)
    bad = np.random.default_rng(7).random(clean.shape) if kind == "random" else distorted(clean, kind)
    return batch(to_8_bits(bad, agreement.colour)), batch(to_8_bits(clean, agreement.colour))


@pytest.fixture(scope="module")
def pyiqa() -> Any:
    """The library, whose import takes seconds and warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_torchvision_importable()
        library = pytest.importorskip(
            "pyiqa", reason="pyiqa is not installed: it comes with the extra for learned measures"
        )
        gc.collect()  # it leaves files open, and their warnings to whichever test the collector runs in
        return library


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, known in AGREEMENTS.items() for kind in known.pairs])
def test_a_measure_agrees_with_pyiqa(name: str, kind: str, pyiqa: Any) -> None:
    agreement = AGREEMENTS[name]
    restored, reference = pair(kind, agreement)
    precision = torch.float32 if agreement.single else torch.float64
    theirs: Callable[[Tensor, Tensor], Tensor] = pyiqa.create_metric(name, device="cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = theirs(restored.to(precision), reference.to(precision)).item()
    form: Form = "rgb" if agreement.colour else "y"
    assert MEASURES[name](restored, reference, form).item() == pytest.approx(expected, abs=agreement.tolerance)
