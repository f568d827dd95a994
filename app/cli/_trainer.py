"""Whether this installation can train and render: only the ``trainer`` extra brings PyTorch along."""

from importlib.util import find_spec

from app.errors import AppError


class NothingToTrainWith(AppError):
    """This installation was made without what trainings and renderings need."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "This installation cannot train or render: PyTorch is not installed",
            "install Beholder with its trainer extra (`pip install '.[trainer]'` in its checkout), or run it where "
            "that is",
        )


def require_trainer() -> None:
    """Nothing, where trainings can run; raises ``NothingToTrainWith`` before any job is taken otherwise."""
    if find_spec("torch") is None:
        raise NothingToTrainWith
