"""Several processes, each with a GPU, that train one network: each takes its share of every batch.

All draw the very same batch from the same generator and work on a part of it; gradients and loss are then averaged, so
that every process takes the same step as one process with the whole batch would, up to rounding. How many there are is
therefore no part of a recipe, and a training goes on with another number of them than it was begun with.

They find each other by the words that ``torchrun`` puts into the environment. A worker's job starts the others itself
(``helpers``), so that its own process stays the one that is asked to stop and whose exit code counts.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

from app.errors import BadInput
from app.jobs.contract import Recipe
from trainer.report import PIPE

_TOGETHER = 20  # steps between two questions to all: each makes every device wait for the slowest
_PATIENCE = 10.0  # seconds that helpers are given to end by themselves


class UnevenShares(BadInput):
    """A batch cannot be dealt out evenly."""

    def __init__(self, batch: int, size: int) -> None:
        super().__init__(
            f"{batch} crops cannot be shared evenly among {size} processes",
            "set 'batch' to a multiple of that, or start as many processes as divide it",
        )


@dataclass(frozen=True, slots=True)
class Company:
    """Which of how many processes this is."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the process that reports, saves and writes the result."""
        return self.rank == 0

    def check(self, recipe: Recipe) -> None:
        """Nothing, where the recipe's batch can be shared; raises ``UnevenShares``."""
        if recipe.batch % self.size:
            raise UnevenShares(recipe.batch, self.size)

    def share(self, batch: Tensor) -> Tensor:
        """This process's part of a batch."""
        return batch.chunk(self.size)[self.rank]

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Each tensor, in place, becomes its mean over all processes; all in one message."""
        if self.size == 1:
            return
        message = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(message)
        message /= self.size
        parts = torch.split(message, [tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))

    def least(self, number: int, device: torch.device) -> int:
        """The smallest of all processes' numbers."""
        if self.size == 1:
            return number
        numbers = torch.tensor([number], device=device)
        distributed.all_reduce(numbers, distributed.ReduceOp.MIN)
        return int(numbers.item())

    def any(self, wish: Callable[[], bool], step: int, device: torch.device) -> bool:
        """Whether anybody wishes it; several ask each other, and themselves, at every twentieth step only."""
        if self.size == 1:
            return wish()
        if step % _TOGETHER:
            return False
        wishes = torch.tensor([float(wish())], device=device)
        distributed.all_reduce(wishes)
        return bool(wishes.item())


ALONE = Company()


@contextlib.contextmanager
def company(device: torch.device) -> Iterator[Company]:
    """The processes that the environment tells of, once they have found each other; or this one alone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Company(distributed.get_rank(), size)
    finally:
        distributed.destroy_process_group()


@contextlib.contextmanager
def helpers(size: int, arguments: Sequence[str]) -> Iterator[None]:
    """While this lasts, ``size`` - 1 processes with the same command line work beside this one, on this machine."""
    if size == 1 or "RANK" in os.environ:
        yield
        return
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(size)}
    inherited = {name: value for name, value in os.environ.items() if name != PIPE} | told
    others = [
        subprocess.Popen(
            [sys.executable, "-m", "trainer", *arguments],
            env=inherited | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(1, size)
    ]
    os.environ.update(told | {"RANK": "0", "LOCAL_RANK": "0"})
    try:
        yield
    finally:
        for other in others:
            try:
                other.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                other.kill()
                other.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
