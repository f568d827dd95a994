"""``python -m trainer render``: photographs restored by a trained network, or a baseline, without any server."""

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

from app import log
from app.catalog import TASKS, baseline, task
from app.errors import BadInput
from app.jobs import objective
from app.jobs.contract import PhotographRef, SceneRef
from trainer.checkpoint import Checkpoint, load
from trainer.data import bytes_of, decode, files_in
from trainer.files import require_writable
from trainer.machine import memory_of, prepare
from trainer.render import Rendering, render
from trainer.report import Report
from trainer.scenes import SceneOutside

_SIDE = 512  # pixels, as published
_FITS_ALL_TASKS = 16  # a side of which every task can take all


class NoTask(BadInput):
    """A baseline without its task, or a task beside a network, which has one."""


@dataclass(frozen=True, slots=True)
class _Condition:
    """What is rendered: a network's pictures, or a baseline's."""

    task: str
    name: str
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class _File:
    """A photograph of the folder."""

    path: Path
    digest: str
    width: int
    height: int


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Renders; raises an ``AppError`` or ``Stopped``."""
    log.configure()
    condition = _condition(options)
    require_writable(options.out)
    # The layout that a study ingests: task/condition/scene.png beside task/reference/scene.png.
    folder_of = {"reference": "reference", "degraded": "degraded", "condition": condition.name}
    files = [_file(path) for path in files_in(options.photos)[: options.scenes]]
    scenes, photographs = _scenes(files, options, condition.task), {file.path.stem: file.path for file in files}
    device = prepare(options.device, options.threads)
    with memory_of(device):
        render(
            Rendering(
                task=condition.task,
                condition=condition.name,
                checkpoint=condition.checkpoint,
                scenes=scenes,
                photograph_of=lambda scene: decode(scene.name, bytes_of(photographs[scene.name])),
                seed=options.seed,
                folder=options.out,
                device=device,
                file_name=lambda _, scene, role: f"pictures/{condition.task}/{folder_of[role]}/{scene}.png",
                record=f"{condition.task}-{condition.name}.json",
            ),
            report,
        )
    into = str(options.out / "pictures" / condition.task)
    log.logger("trainer").info("rendered", scenes=len(scenes), into=into)


def _condition(options: argparse.Namespace) -> _Condition:
    if options.baseline is None:
        if options.task is not None:
            raise NoTask("A checkpoint knows its task", "leave --task out")
        checkpoint = load(options.checkpoint)
        recipe = checkpoint.sidecar.recipe
        return _Condition(recipe.task, objective.parse(recipe.objective).name, checkpoint)
    if options.task is None:
        raise NoTask("A baseline belongs to a task", f"add --task with one of {', '.join(TASKS)}")
    return _Condition(options.task, baseline(options.task, options.baseline).id, None)


def _file(path: Path) -> _File:
    data = bytes_of(path)
    height, width, _ = decode(str(path), data).shape
    return _File(path, hashlib.sha256(data).hexdigest(), width, height)


def _scenes(files: list[_File], options: argparse.Namespace, task_id: str) -> list[SceneRef]:
    """The middle of each photograph: squares of one side, or as much as the task can take."""
    multiple = task(task_id).multiple
    if options.whole:
        return [_scene(file, file.width // multiple * multiple, file.height // multiple * multiple) for file in files]
    smallest = min(min(file.width, file.height) for file in files)
    side = options.side or min(_SIDE, smallest - smallest % _FITS_ALL_TASKS or smallest)
    return [_scene(file, side, side) for file in files]


def _scene(file: _File, width: int, height: int) -> SceneRef:
    if not 0 < width <= file.width or not 0 < height <= file.height:
        raise SceneOutside(
            f"{file.path} is {file.width}×{file.height} px, too small for a scene of {width or 1}×{height or 1} px",
            "choose a smaller --side, or take it out",
        )
    return SceneRef(
        name=file.path.stem,
        photograph=PhotographRef(name=file.path.name, digest=file.digest),
        left=(file.width - width) // 2,
        top=(file.height - height) // 2,
        width=width,
        height=height,
    )
