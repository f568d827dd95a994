"""Everything that changes while a network is trained, saved and restored as one."""

import copy
import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from app.errors import Conflict
from app.jobs.contract import Recipe
from app.log import logger
from trainer.checkpoint import Checkpoint, State, load
from trainer.data import Photograph, digest_of_pixels
from trainer.networks import NETWORKS


class OtherNetwork(Conflict):
    """Weights of another task or of another size cannot be begun with."""

    def __init__(self, path: Path, theirs: Recipe, ours: Recipe) -> None:
        super().__init__(
            f"{path} holds a {theirs.task} network of {theirs.network.channels} channels and {theirs.network.blocks} "
            f"blocks; this recipe asks for {ours.task} with {ours.network.channels} and {ours.network.blocks}",
            "begin with weights of the same shape, or change 'network'",
        )


class OtherPhotographs(Conflict):
    """A training can only be continued on the photographs it was begun with."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The training of {path} was begun with other photographs",
            "continue it with those, or train into an empty folder",
        )


@dataclass(slots=True)
class TrainingState:
    """The network, its optimizer, the one source of randomness, and the counters; all but ``step`` on the device."""

    network: nn.Module
    averaged: nn.Module | None  # the moving average of its weights, where the recipe asks for one
    optimizer: torch.optim.Adam
    generator: torch.Generator
    photographs: str  # what the generator's numbers point into
    learned_from: tuple[str, ...]  # the pixels of every photograph so far, those of the first stage included
    loss: Tensor  # a moving average; not a number before the first finite step
    skipped: Tensor
    step: int = 0

    @property
    def shown(self) -> nn.Module:
        """The network that is validated, rendered and lent."""
        return self.network if self.averaged is None else self.averaged

    def as_saved(self) -> State:
        """What a checkpoint holds."""
        saved = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "device": self.generator.device.type,
            "photographs": self.photographs,
            "step": self.step,
            "skipped": int(self.skipped),
            "loss": self.loss,
        }
        return saved if self.averaged is None else saved | {"averaged": self.averaged.state_dict()}

    def restore(self, checkpoint: Checkpoint) -> None:
        """Continues where the checkpoint was saved, to the last bit on a CPU.

        On another kind of device the random numbers cannot go on: others are drawn from the seed and the step.
        """
        saved = checkpoint.state
        if saved["photographs"] != self.photographs:
            raise OtherPhotographs(checkpoint.path)
        self.network.load_state_dict(saved["network"])
        if self.averaged is not None:
            self.averaged.load_state_dict(saved["averaged"])
        _restore(self.optimizer, saved["optimizer"], self.generator.device)
        if saved["device"] == self.generator.device.type:
            self.generator.set_state(saved["generator"])
        else:
            self.generator.manual_seed(self.generator.initial_seed() + saved["step"])  # not the first crops once more
            logger("trainer").warning(
                "goes on with other random numbers", begun_on=saved["device"], now_on=self.generator.device.type
            )
        self.step, self.learned_from = saved["step"], checkpoint.sidecar.learned_from or self.learned_from
        self.skipped.fill_(saved["skipped"])
        self.loss.copy_(saved["loss"])


def fresh(
    recipe: Recipe, photographs: list[Photograph], device: torch.device, start_from: Path | None
) -> TrainingState:
    """The state before the first step; ``start_from`` lends its weights and nothing else (stage 2)."""
    network, learned_from = network_of(recipe), {digest_of_pixels(photograph.pixels) for photograph in photographs}
    if start_from is not None:
        lent = load(start_from)
        if (lent.sidecar.recipe.task, lent.sidecar.recipe.network) != (recipe.task, recipe.network):
            raise OtherNetwork(start_from, lent.sidecar.recipe, recipe)
        network.load_state_dict(lent.weights)
        learned_from |= set(lent.sidecar.learned_from)
    # channels_last: half the time of a step on a CPU, and what tensor cores want.
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return TrainingState(
        network=network,
        averaged=copy.deepcopy(network).requires_grad_(False) if recipe.ema else None,
        optimizer=_adam(network, recipe.learning_rate, device),
        generator=torch.Generator(device).manual_seed(recipe.seed),
        photographs=digest_of_all(photographs),
        learned_from=tuple(sorted(learned_from)),
        loss=torch.tensor(torch.nan, device=device),
        skipped=torch.zeros((), dtype=torch.int64, device=device),
    )


def network_of(recipe: Recipe) -> nn.Module:
    """The recipe's network with weights drawn from its seed, on the CPU."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return NETWORKS[recipe.task](recipe.network.channels, recipe.network.blocks)


def set_learning_rate(optimizer: torch.optim.Adam, rate: float) -> None:
    """The optimizer's next step is taken at that rate."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)  # where a captured graph reads it
        else:
            group["lr"] = rate


def _adam(network: nn.Module, rate: float, device: torch.device) -> torch.optim.Adam:
    """All layers in one kernel; on a GPU nothing of it waits for the CPU, so that a graph can hold it."""
    on_gpu = device.type == "cuda"
    first = torch.tensor(rate, device=device) if on_gpu else rate
    return torch.optim.Adam(network.parameters(), lr=first, betas=(0.9, 0.999), fused=True, capturable=on_gpu)


def _restore(optimizer: torch.optim.Adam, saved: State, device: torch.device) -> None:
    """The optimizer goes on where it was saved, whatever kind of device that was on."""
    optimizer.load_state_dict(saved)
    for group in optimizer.param_groups:
        rate, group["capturable"] = float(group["lr"]), device.type == "cuda"
        group["lr"] = torch.tensor(rate, device=device) if group["capturable"] else rate


def digest_of_all(photographs: list[Photograph]) -> str:
    """The data's identity: sha256 of all names, sizes and pixels."""
    digest = hashlib.sha256()
    for photograph in photographs:
        digest.update(repr((photograph.name, tuple(photograph.pixels.shape))).encode())
        digest.update(photograph.pixels.numpy().tobytes())
    return digest.hexdigest()
