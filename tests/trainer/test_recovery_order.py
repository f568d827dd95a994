"""The published ordering of measures by how near to a photograph they lead from white noise."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.catalog import measure
from app.jobs.contract import PhotographRef, RecoverSpec, SceneRef
from app.jobs.packaged import packaged
from tests.trainer.conftest import Listener
from trainer.data import bytes_of, decode
from trainer.recover import Recovery, recover
from trainer.scenes import cut

AHEAD = ("mae", "ms_ssim", "nlpd", "pamse")
BEHIND = ("fsim", "vsi", "gmsd", "cw_ssim")
SCENE = SceneRef(
    name="coffee", photograph=PhotographRef(name="coffee", digest="0" * 64), left=200, top=100, width=176, height=176
)  # fmt: skip


@pytest.fixture
def reference() -> Tensor:
    """A part of a real photograph, one that an installed package ships."""
    content = next(file.content for file in packaged() if file.name == "coffee")
    assert isinstance(content, Path)
    return cut(SCENE, decode("coffee", bytes_of(content)))


@pytest.mark.parametrize(
    ("steps", "ahead", "behind"),
    [
        pytest.param(60, AHEAD, BEHIND, marks=pytest.mark.slow),
        pytest.param(15, ("mae", "ms_ssim", "pamse"), ("gmsd", "cw_ssim"), marks=pytest.mark.quick_twin),
    ],
)
def test_from_noise_some_measures_lead_far_nearer_to_the_photograph_than_others(
    reference: Tensor, tmp_path: Path, steps: int, ahead: tuple[str, ...], behind: tuple[str, ...]
) -> None:
    gained = {}
    for name in (*ahead, *behind):
        spec = RecoverSpec(objective=measure(name).objective, scene=SCENE, steps=steps)
        result = recover(Recovery(spec, reference, tmp_path / name, torch.device("cpu")), Listener())
        assert result.objective_best < result.objective_start, name
        gained[name] = result.curve[-1].psnr - result.psnr_start  # dB
    assert min(gained[name] for name in ahead) > 3 * max(gained[name] for name in behind), gained
