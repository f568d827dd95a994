"""What each command does, a file for each: gathers what it is given, and hands it to whoever does the work."""

import argparse
from collections.abc import Callable

from trainer.commands import bench, fetch_weights, recover, render, run, score, train
from trainer.report import Report

_COMMANDS: dict[str, Callable[[argparse.Namespace, Report], None]] = {
    "run": run.carry_out,
    "train": train.carry_out,
    "render": render.carry_out,
    "bench": bench.carry_out,
    "score": score.carry_out,
    "recover": recover.carry_out,
    "fetch-weights": fetch_weights.carry_out,
}


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Does what the command line says; raises an ``AppError`` or ``Stopped``."""
    _COMMANDS[options.command](options, report)
