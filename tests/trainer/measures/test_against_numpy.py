"""Measures agree with an independent implementation in numpy and scipy."""

import pytest
import torch

from tests.trainer.measures import oracles
from tests.trainer.measures.pictures import batch, distorted, photograph
from trainer.measures import MEASURES

# Those that guard their roots, which the definitions do not, differ by the guard; the others agree to the last
# digits.
CLOSENESS = {
    "mae": 1e-12,
    "mse": 1e-12,
    "psnr": 1e-12,
    "charbonnier": 1e-12,
    "pamse": 1e-10,
    "ssim": 1e-9,
    "ms_ssim": 1e-9,
    "gmsd": 1e-6,
    "mcsd": 1e-6,
    "nlpd": 1e-9,
}
SIZES = [(176, 192), (201, 177)]  # odd sides too: scales continue their borders, each in its way


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["noise", "contrast", "shift", "half inverted"])
@pytest.mark.parametrize("name", CLOSENESS)
def test_a_measure_agrees_with_the_independent_implementation(name: str, kind: str, size: tuple[int, int]) -> None:
    clean = photograph(*size)
    bad = distorted(clean, kind)
    theirs = getattr(oracles, name)
    assert MEASURES[name](batch(bad), batch(clean)).item() == pytest.approx(theirs(bad, clean), rel=CLOSENESS[name])
    luma = theirs(oracles.luma(bad), oracles.luma(clean))
    assert MEASURES[name](batch(bad), batch(clean), form="y").item() == pytest.approx(luma, rel=CLOSENESS[name])


def test_equal_pictures_have_the_best_score() -> None:
    clean = batch(photograph(192, 192), dtype=torch.float32)
    assert MEASURES["mae"](clean, clean).item() == 0
    assert MEASURES["ms_ssim"](clean, clean).item() == pytest.approx(1, abs=1e-6)
    assert MEASURES["ssim"](clean, clean).item() == pytest.approx(1, abs=1e-6)
    assert MEASURES["psnr"](clean, clean).item() == pytest.approx(100)
    assert MEASURES["charbonnier"](clean, clean).item() == pytest.approx(1e-3)
    for name in ("gmsd", "mcsd", "nlpd"):
        assert MEASURES[name](clean, clean).item() == pytest.approx(1e-6, rel=0.1)  # the guard inside the root
