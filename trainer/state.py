"""Everything that changes while a network is trained, saved and restored as one."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from app.errors import Conflict
from app.jobs.contract import Recipe
from app.log import logger
from trainer.checkpoint import Checkpoint, State, load
from trainer.data import Photograph
from trainer.tasks import TASKS


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
    """The network, its optimizer, the one source of randomness, and the counters."""

    network: nn.Module
    optimizer: torch.optim.Adam
    generator: torch.Generator
    photographs: str  # what the generator's numbers point into
    step: int = 0
    skipped: int = 0
    loss: Tensor = field(default_factory=lambda: torch.tensor(torch.nan))  # a moving average, on the device

    def as_saved(self) -> State:
        """What a checkpoint holds."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "device": self.generator.device.type,
            "photographs": self.photographs,
            "step": self.step,
            "skipped": self.skipped,
            "loss": self.loss,
        }

    def restore(self, checkpoint: Checkpoint) -> None:
        """Continues where the checkpoint was saved, to the last bit on a CPU.

        On another kind of device the random numbers cannot go on: others are drawn from the seed and the step.
        """
        saved = checkpoint.state
        if saved["photographs"] != self.photographs:
            raise OtherPhotographs(checkpoint.path)
        self.network.load_state_dict(saved["network"])
        self.optimizer.load_state_dict(saved["optimizer"])
        if saved["device"] == self.generator.device.type:
            self.generator.set_state(saved["generator"])
        else:
            self.generator.manual_seed(self.generator.initial_seed() + saved["step"])  # not the first crops once more
            logger("trainer").warning(
                "goes on with other random numbers", begun_on=saved["device"], now_on=self.generator.device.type
            )
        self.step, self.skipped = saved["step"], saved["skipped"]
        self.loss = saved["loss"].to(self.generator.device)


def fresh(
    recipe: Recipe, photographs: list[Photograph], device: torch.device, start_from: Path | None
) -> TrainingState:
    """The state before the first step; ``start_from`` lends its weights and nothing else (stage 2)."""
    network = network_of(recipe)
    if start_from is not None:
        lent = load(start_from)
        if (lent.sidecar.recipe.task, lent.sidecar.recipe.network) != (recipe.task, recipe.network):
            raise OtherNetwork(start_from, lent.sidecar.recipe, recipe)
        network.load_state_dict(lent.state["network"])
    # channels_last: half the time of a step on a CPU, and what tensor cores want.
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return TrainingState(
        network=network,
        optimizer=torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.999), fused=True),
        generator=torch.Generator(device).manual_seed(recipe.seed),
        photographs=_digest(photographs),
        loss=torch.tensor(torch.nan, device=device),
    )


def network_of(recipe: Recipe) -> nn.Module:
    """The recipe's network with weights drawn from its seed, on the CPU."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return TASKS[recipe.task].network(recipe.network.channels, recipe.network.blocks)


def _digest(photographs: list[Photograph]) -> str:
    digest = hashlib.sha256()
    for photograph in photographs:
        digest.update(repr((photograph.name, tuple(photograph.pixels.shape))).encode())
        digest.update(photograph.pixels.numpy().tobytes())
    return digest.hexdigest()
