"""What a worker may compute on; asks the driver, never torch."""

import os
import shutil
import subprocess
from dataclasses import dataclass

from app.errors import BadInput


class BadDevices(BadInput):
    """A device setting that is neither a word nor a list of indices."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"BEHOLDER_GPUS is {setting!r}; it must be auto, none, or indices such as 0,1.")


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one job at a time: a GPU, or the CPU where there is none."""

    gpu: str | None  # what CUDA_VISIBLE_DEVICES is set to

    @property
    def device(self) -> str:
        """The device as torch names it; inside the job's process the one visible GPU is the first."""
        return "cpu" if self.gpu is None else "cuda"

    @property
    def name(self) -> str:
        """The slot as people read it."""
        return "cpu" if self.gpu is None else f"gpu {self.gpu}"


def slots(setting: str) -> tuple[Slot, ...]:
    """One slot per GPU that ``setting`` grants, or one for the CPU."""
    if setting == "none":
        return (Slot(None),)
    gpus = _found() if setting == "auto" else [part.strip() for part in setting.split(",")]
    if setting != "auto" and not all(part.isdecimal() for part in gpus):
        raise BadDevices(setting)
    return tuple(Slot(gpu) for gpu in dict.fromkeys(gpus)) or (Slot(None),)


def _found() -> list[str]:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    program = shutil.which("nvidia-smi")
    if program is None or visible in ("", "-1"):
        return []
    query = [program, "--query-gpu=index", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []  # a driver that does not answer has no GPU to offer
    if visible is not None:
        return [part.strip() for part in visible.split(",") if part.strip()]
    return [line.strip() for line in answer.splitlines() if line.strip()]
