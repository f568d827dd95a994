"""``python -m trainer run``: a job that a worker has prepared in the data folder."""

import argparse
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import Tensor

from app import log
from app.errors import BadInput
from app.jobs.contract import AnySpec, Assignment, PhotographRef, RecoverSpec, RenderSpec, ScoreSpec, TrainSpec
from app.media import Media
from app.settings import Settings
from trainer.checkpoint import checkpoints_in, load
from trainer.company import company
from trainer.crew import helpers
from trainer.data import decode, from_media
from trainer.machine import memory_of, prepare, useful_threads
from trainer.recover import Recovery, recover
from trainer.render import Rendering, render
from trainer.report import Report
from trainer.scenes import cut
from trainer.score import Scoring, score
from trainer.train import Training, assist, train
from trainer.usage import Measured


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
    spec = assignment.spec
    threads = assignment.threads or (useful_threads(spec.recipe) if isinstance(spec, TrainSpec) else 0)
    several = assignment.processes if isinstance(spec, TrainSpec) else 1
    with helpers(several, ["run", str(options.job), "--attempt", str(options.attempt)]):
        device = prepare(assignment.device, threads)
        with memory_of(device):
            _do(spec, assignment, Media(assignment.media), folder, device, Measured(report, device))


def _do(
    spec: AnySpec, assignment: Assignment, media: Media, folder: Path, device: torch.device, report: Report
) -> None:
    match spec:
        case TrainSpec():
            with company(device) as together:
                training = replace(_training(assignment, spec, media, folder, device), company=together)
                (train if together.leads else assist)(training, report)
        case RenderSpec():
            render(_rendering(assignment, spec, media, folder, device), report)
        case ScoreSpec():
            score(_scoring(assignment, spec, media, folder, device), report)
        case RecoverSpec():
            recover(_recovery(assignment, spec, media, folder, device), report)


def _training(assignment: Assignment, spec: TrainSpec, media: Media, folder: Path, device: torch.device) -> Training:
    return Training(
        recipe=spec.recipe,
        photographs=from_media(media, spec.photographs),
        folder=folder,
        device=device,
        start_from=_path(assignment.checkpoint),
        resume_from=_newest(folder, assignment),
        checkpoint_seconds=assignment.checkpoint_seconds,
    )


def _rendering(assignment: Assignment, spec: RenderSpec, media: Media, folder: Path, device: torch.device) -> Rendering:
    if assignment.checkpoint is None and spec.baseline is None:
        raise BadAssignment(
            f"Job {assignment.job} names no checkpoint to render with", "retry its training, then the job"
        )

    @lru_cache(maxsize=2)  # scenes of one photograph follow each other
    def decoded(photograph: PhotographRef) -> Tensor:
        return decode(photograph.name, media.get(photograph.digest))

    return Rendering(
        task=spec.task,
        condition=spec.condition,
        checkpoint=None if assignment.checkpoint is None else load(Path(assignment.checkpoint)),
        scenes=spec.scenes,
        photograph_of=lambda scene: decoded(scene.photograph),
        seed=spec.seed,
        folder=folder,
        device=device,
        # Numbered: names come from people, and may be long or hold a slash.
        file_name=lambda number, scene, role: f"pictures/{number:04d}-{role}.png",
    )


def _scoring(assignment: Assignment, spec: ScoreSpec, media: Media, folder: Path, device: torch.device) -> Scoring:
    @lru_cache(maxsize=2)  # a scene's pictures follow each other, and share their reference
    def decoded(digest: str) -> Tensor:
        return decode(digest, media.get(digest))

    return Scoring(
        pairs=assignment.pairs, columns=spec.columns, picture_of=decoded, folder=folder, device=device
    )  # fmt: skip


def _recovery(assignment: Assignment, spec: RecoverSpec, media: Media, folder: Path, device: torch.device) -> Recovery:
    photograph = spec.scene.photograph
    return Recovery(
        spec=spec,
        reference=cut(spec.scene, decode(photograph.name, media.get(photograph.digest))),
        folder=folder,
        device=device,
        resume_from=_newest(folder, assignment),
        checkpoint_seconds=assignment.checkpoint_seconds,
    )


def _newest(folder: Path, assignment: Assignment) -> Path | None:
    """The checkpoint to go on from: this attempt's own, where it was run before, or an earlier one's."""
    own = checkpoints_in(folder)
    return own[0] if own else _path(assignment.resume_from)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
