"""What a worker may compute on; asks the driver, never torch."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.errors import BadInput

_ROCM = Path("/dev/kfd")  # an AMD card, which nvidia-smi knows nothing of


class BadDevices(BadInput):
    """The setting of devices is neither a word nor a list of indices."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"BEHOLDER_GPUS is {setting!r}", "set it to auto, none, or indices such as 0,1 or 0+1")


class NoSuchGpu(BadInput):
    """This machine does not have a GPU that the setting names."""

    def __init__(self, setting: str, found: list[str]) -> None:
        here = f"this machine has {', '.join(found)}" if found else "no GPU is found on this machine"
        super().__init__(f"BEHOLDER_GPUS is {setting!r}, but {here}", "say auto or none")


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one job at a time: a GPU, several that train together, or the CPU where there is none."""

    gpu: str | None  # what CUDA_VISIBLE_DEVICES is set to
    place: int = 1  # among those that share the CPU
    threads: int = 0  # that its job may use; 0 means as many as its network keeps busy

    @property
    def device(self) -> str:
        """The device as torch names it; inside the job's process the one visible GPU is the first."""
        return "cpu" if self.gpu is None else "cuda"

    @property
    def name(self) -> str:
        """The slot as people read it."""
        if self.gpu is not None:
            return f"gpu {self.gpu.replace(',', '+')}"
        return "cpu" if self.place == 1 else f"cpu {self.place}"

    @property
    def processes(self) -> int:
        """How many processes train together, one for each GPU."""
        return 1 if self.gpu is None else self.gpu.count(",") + 1


def slots(setting: str, cpu_jobs: int = 1) -> tuple[Slot, ...]:
    """One slot per GPU that ``setting`` grants, one per group of them (``0+1``), or ``cpu_jobs`` that share the CPU."""
    if setting == "none":
        return _on_cpu(cpu_jobs)
    if setting == "auto":
        return tuple(Slot(gpu) for gpu in _visible()) or _on_cpu(cpu_jobs)
    groups = [[part.strip() for part in group.split("+")] for group in setting.split(",")]
    groups = [group for place, group in enumerate(groups) if group not in groups[:place]]
    gpus = [gpu for group in groups for gpu in group]
    if not all(gpu.isdecimal() for gpu in gpus) or len(set(gpus)) < len(gpus):
        raise BadDevices(setting)
    installed = _installed()
    if not set(gpus) <= set(installed) and not _ROCM.exists():
        raise NoSuchGpu(setting, installed)
    return tuple(Slot(",".join(group)) for group in groups)


def _on_cpu(jobs: int) -> tuple[Slot, ...]:
    if jobs == 1:
        return (Slot(None),)
    threads = max(1, (os.cpu_count() or 1) // jobs)
    return tuple(Slot(None, place, threads) for place in range(1, jobs + 1))


def _visible() -> list[str]:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    installed = _installed() if visible not in ("", "-1") else []
    if visible is None or not installed:
        return installed
    return [part.strip() for part in visible.split(",") if part.strip()]


def _installed() -> list[str]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=index", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []  # a driver that does not answer has no GPU to offer
    return [line.strip() for line in answer.splitlines() if line.strip()]
