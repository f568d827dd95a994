"""Everything that changes while a photograph is recovered, saved and restored as one."""

import hashlib
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from app.errors import Conflict
from app.jobs.contract import RecoverSpec, digest_of
from app.log import logger
from trainer.checkpoint import CheckpointDamaged, and_before, kept


class OtherRecovery(Conflict):
    """The folder holds a recovery of another picture, or under other settings."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} belongs to a recovery of another picture or with other settings",
            "go on with what it was begun with, or choose another folder",
        )


@dataclass(slots=True)
class RecoveryState:
    """The picture as it stands, the best so far, Adam, and what has been noted on the way."""

    picture: Tensor  # 1 × 3 × H × W in [0, 1]
    optimizer: torch.optim.Adam
    best: Tensor
    best_value: float
    best_step: int = 0
    step: int = 0
    skipped: int = 0
    points: list[tuple[int, float, float]] = field(default_factory=list)  # step, objective, PSNR in dB
    stages: list[tuple[int, Tensor]] = field(default_factory=list)  # step, H × W × 3 of eight bits

    def begin_anew(self, rate: float) -> None:
        """Adam forgets what it has seen."""
        self.optimizer = adam(self.picture, rate)


def adam(picture: Tensor, rate: float) -> torch.optim.Adam:
    """An optimizer of the picture's pixels that has seen nothing yet."""
    return torch.optim.Adam([picture], lr=rate, betas=(0.9, 0.999))


def save(state: RecoveryState, spec: RecoverSpec, folder: Path) -> Path:
    """The file ``checkpoint-<step>.pt`` that now holds the state, with its hash and the recovery's beside it."""
    content = {
        "picture": state.picture.detach(), "optimizer": state.optimizer.state_dict(), "best": state.best,
        "best_value": state.best_value, "best_step": state.best_step, "step": state.step, "skipped": state.skipped,
        "points": state.points, "stages": state.stages,
    }  # fmt: skip
    buffer = io.BytesIO()
    torch.save(content, buffer)
    data = buffer.getbuffer()
    note = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "step": state.step,
        "spec_hash": _hash(spec),
        "threads": torch.get_num_threads(),
    }
    return kept(folder, state.step, data, json.dumps(note).encode())


def newest(path: Path, spec: RecoverSpec, device: torch.device) -> RecoveryState | None:
    """The state in that checkpoint or, where it is damaged, in the one before it; None where none is whole.

    Raises
    ------
    OtherRecovery
        It was made by a recovery other than ``spec``.
    """
    for candidate in and_before(path):
        try:
            return _load(candidate, spec, device)
        except CheckpointDamaged as error:
            logger("trainer").warning("checkpoint passed over", reason=error.message)
    return None


def _load(path: Path, spec: RecoverSpec, device: torch.device) -> RecoveryState:
    try:
        data, note = path.read_bytes(), json.loads(path.with_suffix(".json").read_bytes())
        whole = note["sha256"] == hashlib.sha256(data).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointDamaged(path, f"it or the note beside it cannot be read: {error}") from error
    if not whole:
        raise CheckpointDamaged(path, "its sha256 is not the one in its note")
    if note.get("spec_hash") != _hash(spec):
        raise OtherRecovery(path)
    begun, threads = note.get("threads"), torch.get_num_threads()
    if device.type == "cpu" and begun not in (None, threads):  # then sums are rounded otherwise
        logger("trainer").warning("goes on with another number of threads", begun_with=begun, now=threads)
    saved = torch.load(io.BytesIO(data), map_location=device, weights_only=True)
    picture = saved["picture"].requires_grad_()
    state = RecoveryState(
        picture=picture,
        optimizer=adam(picture, spec.learning_rate),
        **{name: saved[name] for name in ("best", "best_value", "best_step", "step", "skipped", "points")},
        stages=[(step, pixels.cpu()) for step, pixels in saved["stages"]],
    )
    state.optimizer.load_state_dict(saved["optimizer"])
    return state


def _hash(spec: RecoverSpec) -> str:
    return digest_of(spec.model_dump(mode="json"))
