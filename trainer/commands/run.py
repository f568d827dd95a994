"""``python -m trainer run``: a job that a worker has prepared in the data folder."""

import argparse
from functools import lru_cache
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import Tensor

from app import log
from app.errors import BadInput
from app.jobs.contract import Assignment, PhotographRef, RenderSpec, TrainSpec
from app.media import Media
from app.settings import Settings
from trainer.checkpoint import checkpoints_in, load
from trainer.data import decode, from_media
from trainer.machine import memory_of, prepare, useful_threads
from trainer.render import Rendering, render
from trainer.report import Report
from trainer.train import Training, train


class BadAssignment(BadInput):
    """There is no job to carry out where one was promised."""


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Does the job; raises an ``AppError`` or ``Stopped``."""
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


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
