"""Threads and devices are chosen to suit the work."""

import pytest
import torch

from app.jobs.presets import preset
from trainer.machine import NoSuchDevice, memory_of, prepare, useful_threads


def test_a_small_network_gets_one_thread_and_a_large_one_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 12)
    assert useful_threads(preset("tiny", "superres", "mae", stage=1)) == 1
    assert useful_threads(preset("tiny", "denoise", "gmsd", stage=2)) == 2
    assert useful_threads(preset("paper", "denoise", "mae", stage=1)) == 12


def test_the_named_device_is_set_up_with_the_named_threads() -> None:
    assert prepare("cpu", 3) == torch.device("cpu")
    assert torch.get_num_threads() == 3
    with pytest.raises(NoSuchDevice):
        prepare("cuda:99", 1)


def test_single_precision_is_never_less_whatever_the_environment_allows() -> None:
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    prepare("cpu", 1)
    assert (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32) == (False, False)


@pytest.mark.parametrize(("gpus", "chosen"), [(0, "cpu"), (1, "cuda")])
def test_a_gpu_is_chosen_where_there_is_one(monkeypatch: pytest.MonkeyPatch, gpus: int, chosen: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert prepare("auto", 1) == torch.device(chosen)


def test_an_error_that_is_not_about_memory_passes_through() -> None:
    with pytest.raises(RuntimeError, match="shape"), memory_of(torch.device("cpu")):
        torch.zeros(2).view(3)
