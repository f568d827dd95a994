"""``python -m trainer train``: a network from a recipe, without any server."""

import argparse
from pathlib import Path

from app import log
from app.errors import Conflict
from trainer.board import BoardReport
from trainer.checkpoint import checkpoints_in, is_whole
from trainer.company import company
from trainer.data import from_folder
from trainer.files import require_writable
from trainer.machine import memory_of, prepare, useful_threads
from trainer.recipes import read
from trainer.report import Report, SilentReport
from trainer.train import Training, assist, train


class AlreadyTrained(Conflict):
    """The folder holds the checkpoints of an earlier training."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} already holds checkpoints", "go on from them with --resume, or choose another folder"
        )


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Trains; raises an ``AppError`` or ``Stopped``."""
    log.configure()
    earlier = checkpoints_in(options.out)
    begun = options.resume and any(map(is_whole, earlier))
    recipe = read(options.recipe, from_nothing=options.start_from is None and not begun)
    require_writable(options.out)
    if earlier and not options.resume:
        raise AlreadyTrained(options.out)
    if options.tensorboard is not None and not isinstance(report, SilentReport):
        report = BoardReport(report, options.tensorboard)
    device = prepare(options.device, options.threads or useful_threads(recipe))
    with memory_of(device), company(device) as together:
        training = Training(
            recipe=recipe,
            photographs=from_folder(options.photos),
            folder=options.out,
            device=device,
            start_from=options.start_from,
            resume_from=earlier[0] if earlier else None,
            checkpoint_seconds=options.checkpoint_every,
            company=together,
        )
        if not together.leads:
            assist(training, report)
            return
        result = train(training, report)
    log.logger("trainer").info("trained", psnr=round(result.psnr, 2), checkpoint=str(options.out / result.checkpoint))
