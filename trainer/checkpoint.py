"""A training's whole state on disk: ``checkpoint-<step>.pt`` and, beside it, a ``.json`` with its hash and origin."""

import hashlib
import io
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor

from app.errors import Conflict, NotFound
from app.jobs import objective
from app.jobs.contract import Recipe
from app.log import logger
from trainer.files import write_whole
from trainer.versions import versions

State = dict[str, Any]
"""What is saved: tensors, numbers and text only, so that loading it can run no code (``weights_only=True``)."""

_NAME = re.compile(r"checkpoint-(\d+)\.pt")


class NoCheckpoint(NotFound):
    """There is no checkpoint file where one was named, or none that may be read."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"There is no checkpoint {path} to be read ({error.strerror})",
            "name a file checkpoint-<step>.pt from a run's folder",
        )


class CheckpointDamaged(Conflict):
    """The bytes of the checkpoint are not those that were saved."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The checkpoint {path} is damaged ({reason})", "use the one before it, or train again")


class OtherRecipe(Conflict):
    """The checkpoint was made under another recipe."""

    def __init__(self, path: Path, recipe_hash: str, expected: str) -> None:
        super().__init__(
            f"The checkpoint {path} was made under another recipe ({recipe_hash[:12]}, not {expected[:12]})",
            "resume with the recipe it was made with, or train into an empty folder",
        )


class Sidecar(BaseModel):
    """What can be known of a checkpoint without loading it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    step: int
    recipe_hash: str
    recipe: Recipe
    # Of checkpoints that are older than these, nobody knows them.
    photographs_hash: str | None = None  # names, sizes and pixels
    learned_from: tuple[str, ...] = ()  # the pixels of each photograph, those of a first stage included
    versions: dict[str, str] = {}  # of the program that saved it
    threads: int | None = None  # of the CPU: sums over another number of them are rounded otherwise


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint read back, its bytes known to be those that were saved."""

    path: Path
    sidecar: Sidecar
    state: State

    @property
    def weights(self) -> dict[str, Tensor]:
        """Those that are validated, rendered and lent: the averaged ones, where the recipe asked for them."""
        chosen: dict[str, Tensor] = self.state["averaged" if "averaged" in self.state else "network"]
        return chosen


class Keeper:
    """Saves a training's checkpoints into one folder."""

    def __init__(
        self,
        folder: Path,
        recipe: Recipe,
        seconds: float,
        photographs_hash: str | None = None,
        learned_from: tuple[str, ...] = (),
    ) -> None:
        self.folder, self.recipe, self.seconds = folder, recipe, seconds
        self.photographs_hash, self.learned_from = photographs_hash, learned_from
        self.versions = versions(objective.parse(recipe.objective).measures)
        self._saved_at = time.monotonic()

    def due(self) -> bool:
        """Whether the last checkpoint is old enough for another."""
        return time.monotonic() - self._saved_at >= self.seconds

    def save(self, step: int, state: State) -> tuple[Path, Sidecar]:
        """The file that now holds ``state``, and its sidecar; on a full disk the earlier files stay as they were."""
        buffer = io.BytesIO()
        torch.save(_canonical(state), buffer)
        data = buffer.getbuffer()
        sidecar = Sidecar(
            sha256=hashlib.sha256(data).hexdigest(),
            step=step,
            recipe_hash=self.recipe.hash,
            recipe=self.recipe,
            photographs_hash=self.photographs_hash,
            learned_from=self.learned_from,
            versions=self.versions,
            threads=torch.get_num_threads(),
        )
        path = kept(self.folder, step, data, sidecar.model_dump_json(indent=1).encode())
        self._saved_at = time.monotonic()
        return path, sidecar


def kept(folder: Path, step: int, data: memoryview, beside: bytes) -> Path:
    """The file that now holds a checkpoint's ``data``, with what is to be known of it in the ``.json`` beside it.

    The newest two in the folder stay: one may be damaged by the very crash it was for.
    """
    path = folder / f"checkpoint-{step}.pt"
    write_whole(path, data)
    write_whole(path.with_suffix(".json"), beside)
    for old in checkpoints_in(folder)[2:]:
        old.unlink()
        old.with_suffix(".json").unlink(missing_ok=True)
    return path


def checkpoints_in(folder: Path) -> list[Path]:
    """The folder's checkpoint files, newest first."""
    found = [(int(match[1]), path) for path in folder.glob("checkpoint-*.pt") if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(found, reverse=True)]


def and_before(path: Path) -> list[Path]:
    """A checkpoint file and those before it in its folder, newest first: what to go on from, in this order."""
    return [path, *(one for one in checkpoints_in(path.parent) if _step(one) < _step(path))]


def load(path: Path, device: torch.device | str = "cpu") -> Checkpoint:
    """The checkpoint in that file, checked against its sidecar.

    Raises
    ------
    NoCheckpoint
        There is no such file, or it cannot be read.
    CheckpointDamaged
        The sidecar is missing or unreadable, the hash differs, or the file does not load.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoCheckpoint(path, error) from error
    try:
        sidecar = Sidecar.model_validate_json(path.with_suffix(".json").read_bytes())
    except (OSError, ValidationError):
        raise CheckpointDamaged(path, f"{path.with_suffix('.json').name} beside it is missing or unreadable") from None
    if hashlib.sha256(data).hexdigest() != sidecar.sha256:
        raise CheckpointDamaged(path, "its sha256 is not the one in its sidecar")
    try:
        state = torch.load(io.BytesIO(data), map_location=device, weights_only=True)
    except Exception as error:  # torch names no class for what it may raise here
        raise CheckpointDamaged(path, str(error).splitlines()[0]) from error
    return Checkpoint(path, sidecar, state)


def is_whole(path: Path) -> bool:
    """Whether the checkpoint in that file can be gone on from, its recipe apart."""
    try:
        load(path)
    except (CheckpointDamaged, NoCheckpoint):
        return False
    return True


def newest_whole(path: Path, recipe: Recipe) -> Checkpoint | None:
    """The checkpoint to go on from: ``path`` or, where it is damaged, the one before it; None where none is whole.

    Raises
    ------
    OtherRecipe
        It was made under a recipe other than ``recipe``.
    """
    for candidate in and_before(path):
        try:
            checkpoint = load(candidate)
        except (CheckpointDamaged, NoCheckpoint) as error:
            logger("trainer").warning("checkpoint passed over", reason=error.message)
            continue
        if checkpoint.sidecar.recipe_hash != recipe.hash:
            raise OtherRecipe(candidate, checkpoint.sidecar.recipe_hash, recipe.hash)
        return checkpoint
    return None


def _canonical(value: Any) -> Any:
    """The same content in fresh containers and interned words.

    A pickle repeats a word by reference where it is the same object, so that without this a resumed training's file
    would differ from an uninterrupted one's although every number is equal.
    """
    if isinstance(value, dict):
        return {_canonical(key): _canonical(content) for key, content in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_canonical(content) for content in value)
    return sys.intern(value) if isinstance(value, str) else value


def _step(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else 0
