"""``python -m trainer run | train | render``: the only way into this room."""

import argparse
import os
import sys
from pathlib import Path
from types import ModuleType

from app.errors import AppError, BadInput
from trainer.report import Report, Stopped, TerminalReport, report_from_environment, stoppable

DONE, REFUSED, NO_ROOM, STOPPED = 0, 2, 3, 75  # any other code is a crash
_INSUFFICIENT_STORAGE = 507  # the status of errors that say that a disk or a memory is full


class TrainerMissing(BadInput):
    """What only the trainer needs is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The trainer needs PyTorch, which is not installed", "run `pip install '.[trainer]'` in Beholder's checkout"
        )


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 done, 75 stopped on request after saving, 2 refused, 3 out of memory or disk."""
    options = _parser().parse_args(arguments)
    # PyTorch's threads wait for each other without spinning: beside another busy process a step is ten times as fast.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    report: Report = report_from_environment() if options.command == "run" else TerminalReport()
    try:
        with stoppable(report):  # before PyTorch is imported, which takes a second: a stop then must not be a crash
            _commands().carry_out(options, report)
    except Stopped:
        sys.stderr.write("Stopped on request; what was done is saved.\n")
        return STOPPED
    except AppError as error:
        sys.stderr.write(" ".join(error.message.split()) + "\n")  # the log's last line is the sentence a person reads
        return NO_ROOM if error.status == _INSUFFICIENT_STORAGE else REFUSED
    return DONE


def _commands() -> ModuleType:
    """The room behind this door, imported late: it brings PyTorch, which the server is installed without."""
    try:
        from trainer import commands
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise TrainerMissing from error
    return commands


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer",
        description="Trains restoration networks and renders what they restore.",
        epilog="Exit codes: 0 done, 75 stopped on request after saving, 2 refused, 3 out of memory or disk.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="Carry out a job that a worker has prepared in the data folder.")
    run.add_argument("job", type=int, help="The job's number.")
    run.add_argument("--attempt", type=int, required=True, help="Which attempt at the job this is.")

    train = commands.add_parser("train", help="Train a network from a recipe, without any server.")
    train.add_argument("recipe", type=Path, help="A YAML file; docs/training-models.md lists its keys.")
    _folders(train)
    train.add_argument("--resume", action="store_true", help="Go on from the newest checkpoint in --out.")
    train.add_argument("--start-from", type=Path, metavar="FILE", help="A checkpoint that lends its weights (stage 2).")
    train.add_argument(
        "--checkpoint-every",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="How much work a power cut may cost; default: 300.",
    )

    render = commands.add_parser("render", help="Restore photographs with a trained network, without any server.")
    render.add_argument(
        "--checkpoint", type=Path, required=True, metavar="FILE", help="The file checkpoint-STEP.pt of a run."
    )
    _folders(render)
    render.add_argument(
        "--side", type=_positive, metavar="N", help="Cut N×N pixels from the middle; default: all of it."
    )
    render.add_argument("--seed", type=int, default=0, help="Equal seeds degrade a scene equally; default: 0.")
    return parser


def _folders(command: argparse.ArgumentParser) -> None:
    command.add_argument("--photos", type=Path, required=True, metavar="DIR", help="A folder of photographs.")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="Where the results go.")
    command.add_argument("--device", default="auto", help="cpu, cuda or cuda:1; default: a GPU where there is one.")
    command.add_argument(
        "--threads", type=_positive, default=0, metavar="N", help="CPU threads; default: what the network keeps busy."
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
