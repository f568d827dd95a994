"""What a worker's devices are called and how much memory they have; asks the driver and the kernel, never torch."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.jobs.devices import Slot

_CPU = Path("/proc/cpuinfo")
_MEMORY = Path("/proc/meminfo")
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(frozen=True, slots=True)
class Device:
    """Where one training at a time runs."""

    name: str  # as people call it; devices of one name are equally fast
    cores: int | None = None  # of a CPU; None: a GPU
    processes: int = 1  # GPUs that train together
    memory: int | None = None  # bytes in all, of one of them; None: unknown


@dataclass(frozen=True, slots=True)
class Room:
    """Memory of a device, bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Card:
    """A GPU as its driver tells of it."""

    name: str
    room: Room


def here() -> Device:
    """The CPU of this machine, wholly for one training."""
    return on_cpu(os.cpu_count() or 1)


def on_cpu(cores: int) -> Device:
    """So many cores of this machine's CPU."""
    room = memory()
    name = f"{_model()}, {cores} core{'' if cores == 1 else 's'}"
    return Device(name, cores, memory=room.total if room else None)


def device_of(slot: Slot, cards: dict[str, Card]) -> Device:
    """What a slot is, with the cards that ``gpus`` found."""
    if slot.gpu is None:
        return on_cpu(slot.threads or os.cpu_count() or 1)
    found = [cards[index] for index in slot.gpu.split(",") if index in cards]
    name = found[0].name if found else "GPU"
    smallest = min((card.room.total for card in found), default=None)
    told = name if slot.processes == 1 else f"{slot.processes} × {name}"
    return Device(told, None, slot.processes, smallest)


def gpus() -> dict[str, Card]:
    """The NVIDIA cards by index, with their memory; none where the driver does not answer."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return {}
    query = [program, "--query-gpu=index,name,memory.free,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    cards = dict[str, Card]()
    for line in answer.splitlines():
        index, name, free, total = ([*(part.strip() for part in line.split(",")), "", "", "", ""])[:4]
        if free.isdecimal() and total.isdecimal():
            cards[index] = Card(name, Room(int(free) * 2**20, int(total) * 2**20))
    return cards


def memory() -> Room | None:
    """The computer's memory, as much of it as this process may have; None where the kernel does not say."""
    try:
        lines = dict(line.split(":", 1) for line in _MEMORY.read_text(encoding="ascii").splitlines() if ":" in line)
        free, total = (int(lines[key].split()[0]) * 1024 for key in ("MemAvailable", "MemTotal"))
    except (OSError, ValueError, KeyError, IndexError):
        return None
    limit = min([total, *(found for path in _LIMITS if (found := _number(path)) is not None)])
    return Room(min(free, limit), limit)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # "max": no limit
        return None


def _model() -> str:
    try:
        for line in _CPU.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.split(":", 1)[1].split())
    except (OSError, IndexError):
        pass
    return "CPU"
