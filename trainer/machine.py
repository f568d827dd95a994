"""The device, the threads, and what happens when memory runs out."""

import contextlib
import os
import sys
from collections.abc import Iterator

import torch

from app.errors import AppError, BadInput
from app.jobs.contract import Recipe

_NUMBERS_PER_THREAD = 400_000  # with less to do, a thread costs more in waiting for the others than it brings

_LESS = "take a smaller batch, patch or network, or smaller pictures: each needs less"


class NoSuchDevice(BadInput):
    """This machine does not have the device."""

    def __init__(self, name: str) -> None:
        here = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
        super().__init__(f"This machine has no device {name!r}", f"choose one of {', '.join(here)}")


class OutOfMemory(AppError):
    """The job needs more memory than its device has."""

    status = 507

    def __init__(self, device: torch.device, fix: str = _LESS) -> None:
        super().__init__(f"The memory of {device} ran out", fix)


def prepare(name: str, threads: int) -> torch.device:
    """The device of that name (``auto``: a GPU where there is one), set up for reproducible work.

    Raises
    ------
    NoSuchDevice
        The machine has no device of that name.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise NoSuchDevice(name) from None
    if device.type not in ("cpu", "cuda") or (
        device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count()
    ):
        raise NoSuchDevice(name)
    if str(device) == "cuda" and "LOCAL_RANK" in os.environ:  # one of several that train
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    if threads:
        torch.set_num_threads(threads)
    # The default on GPUs rounds a convolution's inputs to ten bits; fp32 in a recipe means fp32. Of matrix products an
    # environment may ask the same, and measures are made of those: differences of near-equals would be noise.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    return device


def useful_threads(recipe: Recipe) -> int:
    """How many of the CPU's threads a training of that size keeps busy."""
    numbers = recipe.batch * recipe.network.channels * recipe.patch**2  # what the largest layer computes
    return max(1, min(torch.get_num_threads(), numbers // _NUMBERS_PER_THREAD))


def name_of(device: torch.device) -> str:
    """The device as people call it."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "the CPU"


def room_for_photographs(device: torch.device) -> int:
    """How many bytes of photographs the device takes: half of what is free on a GPU; a CPU has them already."""
    return torch.cuda.mem_get_info(device)[0] // 2 if device.type == "cuda" else sys.maxsize


@contextlib.contextmanager
def memory_of(device: torch.device, fix: str = _LESS) -> Iterator[None]:
    """Inside, memory that runs out is a sentence and not a traceback; ``fix`` says what would need less."""
    try:
        yield
    except (MemoryError, torch.cuda.OutOfMemoryError) as error:
        raise OutOfMemory(device, fix) from error
    except RuntimeError as error:
        if "can't allocate memory" not in str(error):  # what the CPU's allocator says; it has no class of its own
            raise
        raise OutOfMemory(device, fix) from error
