"""What scenes are made of is the same on every CPU: instructions, and so last bits, differ between them."""

import os
import subprocess
import sys

import pytest
import torch

from tests.trainer.conftest import ROOT
from trainer.chance import gaussian, on_grid

_HASHES = """
import hashlib, torch
from trainer.scenes import staged
torch.set_num_threads(1)
clean = (torch.rand(1, 3, 96, 128, generator=torch.Generator().manual_seed(5)) * 255).round() / 255
for task in ("denoise", "deblur", "superres"):
    degraded = staged(task, "lake", 3, clean)
    pictures = [degraded.given, degraded.shown.picture]
    print(task, *(hashlib.sha256(one.numpy().tobytes()).hexdigest() for one in pictures), degraded.shown.origin)
print(torch.randn(10_000, generator=torch.Generator().manual_seed(5)).double().sum().item())
"""


def test_a_scene_s_degraded_input_is_the_same_whatever_instructions_the_cpu_has() -> None:
    """The oldest are those that every CPU knows; what this one knows is taken where nothing is said."""
    environment = {name: value for name, value in os.environ.items() if name != "ATEN_CPU_CAPABILITY"}
    environment |= {"PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _HASHES], env=environment | capability, stdout=subprocess.PIPE, text=True
        )
        for capability in ({}, {"ATEN_CPU_CAPABILITY": "default"})
    ]
    newest, oldest = (process.communicate(timeout=100)[0].splitlines() for process in processes)
    assert len(newest) == 4
    assert newest[:3] == oldest[:3]
    if torch.backends.cpu.get_cpu_capability() != "DEFAULT":
        assert newest[3] != oldest[3], "single precision differs, so that this test could fail"


@pytest.mark.parametrize("count", [16, 17, 31, 100, 4000])
def test_gaussian_numbers_are_those_of_single_precision_before_they_are_rounded(count: int) -> None:
    ours, theirs = (torch.Generator().manual_seed(3) for _ in range(2))
    exact = gaussian((count,), ours)
    assert torch.allclose(exact, torch.randn(count, generator=theirs).double(), atol=2e-6)
    assert exact.dtype == torch.float64
    assert torch.equal(ours.get_state(), theirs.get_state()), "as many were drawn"


def test_few_gaussian_numbers_are_the_first_of_a_block() -> None:
    few, block = (gaussian(shape, torch.Generator().manual_seed(3)) for shape in ((5, 1), (16,)))
    assert few.shape == (5, 1)
    assert torch.equal(few[:, 0], block[:5])


def test_the_grid_is_held_exactly_in_single_precision() -> None:
    values = torch.linspace(-1.5, 1.5, 1001, dtype=torch.float64)
    rounded = on_grid(values)
    assert rounded.dtype == torch.float32
    assert torch.equal(rounded.double() * 2**16, (values * 2**16).round())
    assert torch.equal(on_grid(values.abs() / 2, bits=24).double() * 2**24, (values.abs() / 2 * 2**24).round())
