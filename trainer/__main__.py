"""``python -m trainer COMMAND``: the only way into this room."""

import os
import sys
from types import ModuleType

from app.errors import AppError, BadInput
from trainer.arguments import parser
from trainer.crew import HelperEnded
from trainer.exits import DONE, NO_ROOM, REFUSED, STOPPED
from trainer.report import Stopped, report_from_environment, stoppable

_INSUFFICIENT_STORAGE = 507  # the status of errors that say that a disk or a memory is full


class TrainerMissing(BadInput):
    """What only the trainer needs is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The trainer needs PyTorch, which is not installed", "run `pip install '.[trainer]'` in Beholder's checkout"
        )


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 done, 75 stopped on request after saving, 2 refused, 3 out of room; or that of a helper."""
    options = parser().parse_args(arguments)
    # PyTorch's threads wait for each other without spinning: beside another busy process a step is ten times as fast.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    report = report_from_environment()
    try:
        with stoppable(report):  # before PyTorch is imported, which takes a second: a stop then must not be a crash
            _commands().carry_out(options, report)
    except Stopped:
        sys.stderr.write("Stopped on request; what was done is saved.\n")
        return STOPPED
    except AppError as error:
        sys.stderr.write(" ".join(error.message.split()) + "\n")  # the log's last line is the sentence a person reads
        if isinstance(error, HelperEnded):
            return error.code
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


if __name__ == "__main__":
    sys.exit(main())
