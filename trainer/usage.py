"""How much of its device a job uses, said with whatever it reports."""

import os
import time
from pathlib import Path

import torch

from app.jobs.contract import Progress, Usage
from trainer.machine import name_of
from trainer.report import Report

_PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes


class Measured:
    """A report that adds what the job uses of its device to all that is said."""

    def __init__(self, report: Report, device: torch.device) -> None:
        self._report, self._device = report, device
        self._at, self._busy = time.monotonic(), time.process_time()

    @property
    def stop_requested(self) -> bool:
        """Whether the job shall stop."""
        return self._report.stop_requested

    @stop_requested.setter
    def stop_requested(self, wish: bool) -> None:
        self._report.stop_requested = wish

    def due(self) -> bool:
        """Whether it is time to say something again."""
        return self._report.due()

    def progress(self, progress: Progress) -> None:
        """Says how far the job is, and what it uses."""
        usage = self._on_gpu() if self._device.type == "cuda" else self._on_cpu()
        self._report.progress(progress.model_copy(update={"usage": usage}))

    def _on_cpu(self) -> Usage:
        at, busy, threads = time.monotonic(), time.process_time(), torch.get_num_threads()
        share = (busy - self._busy) / max(at - self._at, 1e-9) / threads
        self._at, self._busy = at, busy
        resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
        return Usage(
            device=name_of(self._device), memory=resident, memory_total=_PAGE * os.sysconf("SC_PHYS_PAGES"),
            utilisation=round(min(1.0, share), 3), threads=threads,
        )  # fmt: skip

    def _on_gpu(self) -> Usage:
        return Usage(
            device=name_of(self._device),
            memory=torch.cuda.memory_reserved(self._device),
            memory_total=torch.cuda.get_device_properties(self._device).total_memory,
            utilisation=_gpu_utilisation(self._device),
        )


def _gpu_utilisation(device: torch.device) -> float | None:
    """The share of the last moments in which the GPU computed, by its driver; None where nobody can ask it."""
    try:
        return torch.cuda.utilization(device) / 100
    except (ModuleNotFoundError, RuntimeError, AssertionError):  # the driver's library for Python is optional
        return None
