"""SFF under features of ours: what they are, how they were learned, and what is made of them."""

import numpy as np
import pytest
import torch

from tests.trainer.measures import oracles
from tests.trainer.measures.pictures import batch, distorted, photograph
from trainer.measures import MEASURES, sff_features
from trainer.measures.sff import FEATURES


def features() -> np.ndarray:
    return np.loadtxt(FEATURES, delimiter=",")


@pytest.mark.parametrize("kind", ["noise", "contrast", "shift", "half inverted"])
def test_it_agrees_with_the_independent_implementation(kind: str) -> None:
    clean = photograph(100, 131)
    bad = distorted(clean, kind)
    score = MEASURES["sff"](batch(bad), batch(clean)).item()
    assert score == pytest.approx(oracles.sff(bad, clean, features()), abs=1e-9)


def test_there_is_one_form_which_sees_colour() -> None:
    clean = batch(photograph(64, 64))
    grey = clean.mean(1, keepdim=True).expand_as(clean)
    both = [MEASURES["sff"](grey, clean, form=form).item() for form in ("rgb", "y")]
    assert both[0] == both[1] < 0.99


def test_equal_differences_of_8_bit_pictures_stand_or_fall_together_in_either_precision() -> None:
    clean = np.round(photograph(128, 128) * 255) / 255
    bad = np.round(distorted(clean, "noise") * 255) / 255
    double, single = (
        MEASURES["sff"](batch(bad, dtype=dtype), batch(clean, dtype=dtype)).item()
        for dtype in (torch.float64, torch.float32)
    )
    assert single == pytest.approx(double, abs=1e-6)


def test_a_flat_reference_has_no_strong_features_and_still_a_score() -> None:
    flat = torch.full((1, 3, 32, 32), 0.5, dtype=torch.float64)
    noisy = flat + 0.1 * torch.randn(flat.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    assert MEASURES["sff"](flat, flat).item() == pytest.approx(1, abs=1e-3)
    assert MEASURES["sff"](noisy, flat).item() < 0.99


@pytest.mark.slow
def test_the_features_are_those_that_the_photographs_teach() -> None:
    shipped = features()
    assert shipped.shape == (8, 192)
    learnt = sff_features.learnt(2013)
    assert np.abs(learnt - shipped).max() < 1e-3 * np.abs(shipped).max()
    # From other patches and another beginning come the same features, some a little turned among each other.
    others = sff_features.learnt(4)
    cosine = np.abs(shipped @ others.T) / np.outer(np.linalg.norm(shipped, axis=1), np.linalg.norm(others, axis=1))
    assert np.median(cosine.max(axis=1)) > 0.95
