"""The first three measures agree with an independent implementation in numpy and scipy."""

import pytest
import torch

from tests.trainer.measures import oracles
from tests.trainer.measures.pictures import batch, distorted, photograph
from trainer.measures import MEASURES

# GMSD guards its roots with 1e-12, which the definition does not; the others agree to the last digits.
CLOSENESS = {"mae": 1e-12, "ms_ssim": 1e-10, "gmsd": 1e-6}
SIZES = [(192, 192), (161, 230), (201, 177)]  # odd sides too: each scale of MS-SSIM continues its borders


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
    assert MEASURES["gmsd"](clean, clean).item() == pytest.approx(1e-6, rel=0.1)  # the guard inside the root
