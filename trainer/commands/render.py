"""``python -m trainer render``: photographs restored by a trained network, without any server."""

import argparse
import hashlib
from pathlib import Path

from app import log
from app.catalog import task
from app.jobs import objective
from app.jobs.contract import PhotographRef, SceneRef
from trainer.checkpoint import load
from trainer.data import bytes_of, decode, files_in
from trainer.files import require_writable
from trainer.machine import memory_of, prepare
from trainer.render import Rendering, SceneOutside, render
from trainer.report import Report


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Renders; raises an ``AppError`` or ``Stopped``."""
    log.configure()
    checkpoint = load(options.checkpoint)
    require_writable(options.out)
    recipe = checkpoint.sidecar.recipe
    condition = objective.parse(recipe.objective).name
    # The layout that a study ingests: task/condition/scene.png beside task/reference/scene.png.
    folder_of = {"reference": "reference", "degraded": "degraded", "condition": condition}
    photographs = {path.stem: path for path in files_in(options.photos)}
    device = prepare(options.device, options.threads)
    with memory_of(device):
        render(
            Rendering(
                task=recipe.task,
                condition=condition,
                checkpoint=checkpoint,
                scenes=[_scene(path, options.side, task(recipe.task).multiple) for path in files_in(options.photos)],
                photograph_of=lambda scene: decode(scene.name, bytes_of(photographs[scene.name])),
                seed=options.seed,
                folder=options.out,
                device=device,
                file_name=lambda _, scene, role: f"pictures/{recipe.task}/{folder_of[role]}/{scene}.png",
                record=f"{recipe.task}-{condition}.json",
            ),
            report,
        )
    log.logger("trainer").info("rendered", scenes=len(photographs), into=str(options.out / "pictures" / recipe.task))


def _scene(path: Path, side: int | None, multiple: int) -> SceneRef:
    """The middle of the photograph: ``side`` × ``side`` pixels, or as much as the task can take."""
    data = bytes_of(path)
    height, width, _ = decode(str(path), data).shape
    if min(height, width) < (side or multiple):
        raise SceneOutside(
            f"{path} is {width}×{height} px, smaller than {side or multiple} px",
            f"{'choose a smaller --side' if side else 'use a larger photograph'}, or take it out",
        )
    wide, high = (side, side) if side else (width // multiple * multiple, height // multiple * multiple)
    return SceneRef(
        name=path.stem,
        photograph=PhotographRef(name=path.name, digest=hashlib.sha256(data).hexdigest()),
        left=(width - wide) // 2,
        top=(height - high) // 2,
        width=wide,
        height=high,
    )
