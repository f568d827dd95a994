"""What each command does: gathers photographs and weights, and hands them to the loop or to the renderer."""

import argparse
import hashlib
from functools import lru_cache
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import Tensor

from app import log
from app.catalog import task
from app.errors import BadInput, Conflict
from app.jobs import objective
from app.jobs.contract import Assignment, PhotographRef, RenderSpec, SceneRef, TrainSpec
from app.media import Media
from app.settings import Settings
from trainer.checkpoint import checkpoints_in, load
from trainer.data import bytes_of, decode, files_in, from_folder, from_media
from trainer.files import require_writable
from trainer.machine import memory_of, prepare, useful_threads
from trainer.recipes import read
from trainer.render import Rendering, SceneOutside, render
from trainer.report import Report
from trainer.train import Training, train


class BadAssignment(BadInput):
    """There is no job to carry out where one was promised."""


class AlreadyTrained(Conflict):
    """The folder holds the checkpoints of an earlier training."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} already holds checkpoints", "go on from them with --resume, or choose another folder"
        )


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Does what the command line says; raises an ``AppError`` or ``Stopped``."""
    {"run": _run, "train": _train, "render": _render}[options.command](options, report)


def _run(options: argparse.Namespace, report: Report) -> None:
    settings = Settings()
    log.configure(settings.log_form, settings.log_level)
    folder = settings.runs / str(options.job) / str(options.attempt)
    try:
        assignment = Assignment.model_validate_json((folder / "spec.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise BadAssignment(
            f"{folder / 'spec.json'} does not say what to do: {error}", "retry the job, which writes the file again"
        ) from None
    media = Media(assignment.media)
    spec = assignment.spec
    threads = assignment.threads or (useful_threads(spec.recipe) if isinstance(spec, TrainSpec) else 0)
    device = prepare(assignment.device, threads)
    with memory_of(device):
        if isinstance(spec, TrainSpec):
            own = checkpoints_in(folder)
            resume_from = own[0] if own else _path(assignment.resume_from)
            train(
                Training(
                    recipe=spec.recipe,
                    photographs=from_media(media, spec.photographs),
                    folder=folder,
                    device=device,
                    start_from=_path(assignment.checkpoint),
                    resume_from=resume_from,
                    checkpoint_seconds=assignment.checkpoint_seconds,
                ),
                report,
            )
        else:
            render(_rendering(assignment, spec, media, folder, device), report)


def _rendering(assignment: Assignment, spec: RenderSpec, media: Media, folder: Path, device: torch.device) -> Rendering:
    if assignment.checkpoint is None:
        raise BadAssignment(
            f"Job {assignment.job} names no checkpoint to render with", "retry its training, then the job"
        )

    @lru_cache(maxsize=2)  # scenes of one photograph follow each other
    def decoded(photograph: PhotographRef) -> Tensor:
        return decode(photograph.name, media.get(photograph.digest))

    return Rendering(
        task=spec.task,
        condition=spec.condition,
        checkpoint=load(Path(assignment.checkpoint)),
        scenes=spec.scenes,
        photograph_of=lambda scene: decoded(scene.photograph),
        seed=spec.seed,
        folder=folder,
        device=device,
        # Numbered: names come from people, and may be long or hold a slash.
        file_name=lambda number, scene, role: f"pictures/{number:04d}-{role}.png",
    )


def _train(options: argparse.Namespace, report: Report) -> None:
    log.configure()
    recipe = read(options.recipe, from_nothing=options.start_from is None and not options.resume)
    require_writable(options.out)
    earlier = checkpoints_in(options.out)
    if earlier and not options.resume:
        raise AlreadyTrained(options.out)
    device = prepare(options.device, options.threads or useful_threads(recipe))
    with memory_of(device):
        result = train(
            Training(
                recipe=recipe,
                photographs=from_folder(options.photos),
                folder=options.out,
                device=device,
                start_from=options.start_from,
                resume_from=earlier[0] if earlier else None,
                checkpoint_seconds=options.checkpoint_every,
            ),
            report,
        )
    log.logger("trainer").info("trained", psnr=round(result.psnr, 2), checkpoint=str(options.out / result.checkpoint))


def _render(options: argparse.Namespace, report: Report) -> None:
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


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
