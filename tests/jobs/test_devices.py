"""Which devices a worker offers."""

from pathlib import Path

import pytest

from app.jobs.devices import BadDevices, NoSuchGpu, Slot, slots


@pytest.fixture
def two_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A driver that answers for two GPUs."""
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nprintf '0\\n1\\n'\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return program


def test_every_gpu_is_a_slot_of_its_own(two_gpus: Path) -> None:
    assert [(slot.gpu, slot.device, slot.name) for slot in slots("auto")] == [
        ("0", "cuda", "gpu 0"),
        ("1", "cuda", "gpu 1"),
    ]


def test_gpus_hidden_from_the_worker_stay_hidden(two_gpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert slots("auto") == (Slot("1"),)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert slots("auto") == (Slot(None),)


def test_without_a_gpu_the_cpu_takes_one_job_at_a_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [(slot.device, slot.name) for slot in slots("auto")] == [("cpu", "cpu")]


def test_a_driver_that_fails_offers_no_gpu(two_gpus: Path) -> None:
    two_gpus.write_text("#!/bin/sh\nexit 9\n", encoding="ascii")
    assert slots("auto") == (Slot(None),)


def test_the_setting_decides(two_gpus: Path) -> None:
    assert slots("none") == (Slot(None),)
    assert slots("1, 0,1") == (Slot("1"), Slot("0"))
    for wrong in ("all", "0,x", "", "0,"):
        with pytest.raises(BadDevices, match="auto, none, or indices"):
            slots(wrong)


def test_gpus_in_a_group_train_one_network_together(two_gpus: Path) -> None:
    (slot,) = slots("0 + 1")
    assert (slot.gpu, slot.device, slot.name, slot.processes) == ("0,1", "cuda", "gpu 0+1", 2)
    assert [slot.processes for slot in slots("auto")] == [1, 1]
    for wrong in ("0+0", "0,0+1", "0+"):
        with pytest.raises(BadDevices, match=r"0\+1"):
            slots(wrong)


def test_a_gpu_that_is_not_there_is_refused_before_any_job_fails_on_it(
    two_gpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(NoSuchGpu, match="this machine has 0, 1"):
        slots("0,7")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(NoSuchGpu, match="no GPU is found"):
        slots("0")


def test_a_cpu_that_does_several_jobs_shares_its_cores_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 5)
    assert [(slot.name, slot.threads) for slot in slots("none", 2)] == [("cpu", 2), ("cpu 2", 2)]
    assert len(set(slots("none", 8))) == 8
    assert {slot.threads for slot in slots("none", 8)} == {1}
    assert slots("none", 1)[0].threads == 0  # as many as its network keeps busy
