"""Several processes, each with a GPU, that train one network: each takes its share of every batch.

All draw the very same batch from the same generator and work on a part of it; gradients and loss are then averaged, so
that every process takes the same step as one process with the whole batch would, up to rounding. How many there are is
therefore no part of a recipe, and a training goes on with another number of them than it was begun with.

They find each other by the words that ``torchrun`` puts into the environment. A worker's job starts the others itself
(``trainer.crew``), so that its own process stays the one that is asked to stop and whose exit code counts.
"""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, distributed
from torch.distributed.rendezvous import rendezvous

from app.errors import BadInput, Conflict
from app.jobs.contract import Recipe

_TOGETHER = 20  # steps between two meetings at most: each makes every device wait for the slowest
_APART = 5.0  # seconds between two, or one step: a stop is to be heard well within the grace that a worker gives it
_FINDING = timedelta(minutes=2)  # in which all must have come; they are started at once, and load PyTorch first
_WAITING = timedelta(minutes=10)  # for another in one sum: one may be writing a checkpoint, or fetching weights


class UnevenShares(BadInput):
    """A batch cannot be dealt out evenly."""

    def __init__(self, batch: int, size: int) -> None:
        super().__init__(
            f"{batch} crops cannot be shared evenly among {size} processes",
            "set 'batch' to a multiple of that, or start as many processes as divide it",
        )


class Unaccompanied(Conflict):
    """Not all processes of a training came together."""

    def __init__(self, size: int, reason: str) -> None:
        super().__init__(
            f"The {size} processes of this training have not found each other within {_FINDING.seconds} seconds "
            f"({reason})",
            "look for what the others say, and start all of them again",
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

    def any(self, wish: bool, device: torch.device) -> bool:
        """Whether anybody wishes it; all must ask."""
        return self.most(float(wish), device) > 0

    def most(self, number: float, device: torch.device) -> float:
        """The largest of all processes' numbers."""
        if self.size == 1:
            return number
        numbers = torch.tensor([number], device=device)
        distributed.all_reduce(numbers, distributed.ReduceOp.MAX)
        return numbers.item()


ALONE = Company()


class Meetings:
    """The steps after which the processes of a company ask each other anything: the same for all of them.

    One alone asks itself after every step. Several meet after their first, and then again after some seconds by the
    clock of the slowest, or twenty steps: how many steps that will be is reckoned from a number that all have alike.
    """

    def __init__(self, company: Company, device: torch.device, step: int) -> None:
        self._company, self._device = company, device
        self._last, self._next, self._at = step, step + 1, time.monotonic()

    def after(self, step: int) -> bool:
        """Whether one is held after that step; to be asked after every step by all."""
        if self._company.size > 1 and step < self._next:
            return False
        now = time.monotonic()
        seconds = self._company.most((now - self._at) / (step - self._last), self._device)  # of a step
        self._last, self._next, self._at = step, step + max(1, min(_TOGETHER, int(_APART / max(seconds, 1e-9)))), now
        return True


@contextlib.contextmanager
def company(device: torch.device) -> Iterator[Company]:
    """The processes that the environment tells of, once they have found each other; or this one alone.

    Raises
    ------
    Unaccompanied
        Some of them did not come.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    backend = "nccl" if device.type == "cuda" else "gloo"
    try:
        store, rank, size = next(rendezvous("env://", timeout=_FINDING))
    except distributed.DistError as error:
        raise Unaccompanied(size, " ".join(str(error).split())[:200]) from error
    distributed.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=_WAITING)
    try:
        yield Company(distributed.get_rank(), size)
    finally:
        distributed.destroy_process_group()
