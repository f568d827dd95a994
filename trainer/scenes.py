"""The scenes that networks are judged on: cut out of photographs, and degraded once for all conditions."""

import hashlib
from dataclasses import replace

import torch
from torch import Tensor

from app.errors import BadInput
from app.jobs.contract import SceneRef
from trainer.pixels import picture_of
from trainer.tasks import TASKS, Degraded


class SceneOutside(BadInput):
    """A scene does not lie wholly inside its photograph, or has a size that its task cannot take."""


def cut(scene: SceneRef, photograph: Tensor) -> Tensor:
    """The scene as a batch of one, 1 × 3 × H × W in [0, 1]."""
    height, width, _ = photograph.shape
    if scene.left + scene.width > width or scene.top + scene.height > height:
        raise SceneOutside(
            f"Scene {scene.name!r} reaches to ({scene.left + scene.width}, {scene.top + scene.height}), but the "
            f"photograph {scene.photograph.name} is {width}×{height} px",
            "choose a smaller side",
        )
    return picture_of(photograph[scene.top : scene.top + scene.height, scene.left : scene.left + scene.width])


def staged(task: str, scene: str, seed: int, clean: Tensor) -> Degraded:
    """What every network of the task is given for this scene: the same to the last bit, whatever else is rendered.

    Its randomness comes from a seed made of task, scene and ``seed`` alone, and from the CPU's generator; everything is
    computed in double precision and rounded to a grid (``trainer.chance``), so that machines with and without a GPU and
    with any CPU agree. The origin says seed and generator: with the scene and the files that are kept they make the
    degraded input again.
    """
    text = f"{task}\n{scene}\n{seed}"
    own_seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])
    degraded = TASKS[task].stage(clean, torch.Generator().manual_seed(own_seed))
    drawn: dict[str, str | int | float] = {
        "task": task, "seed": seed, "generator": f"torch {torch.__version__} cpu, seed {own_seed}",
    }  # fmt: skip
    return replace(degraded, shown=replace(degraded.shown, origin={**drawn, **degraded.shown.origin}))
