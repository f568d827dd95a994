"""Where files of weights lie on this machine: in Beholder's own folder, and where PyTorch and pyiqa keep theirs."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.catalog.weights import WEIGHTS, WeightFile


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folders that are looked through, Beholder's own first; new files go there."""

    own: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        """In the order in which they are looked through."""
        return (self.own, _hub() / "checkpoints", _hub() / "pyiqa")

    def find(self, file: WeightFile) -> Path | None:
        """The first file of that name; what it holds is not looked at."""
        return next((path for folder in self.folders if (path := folder / file.name).is_file()), None)

    def missing(self, measures: Iterable[str]) -> tuple[WeightFile, ...]:
        """The files that these measures need and that are nowhere, each once."""
        return tuple(file for file in needed(measures) if self.find(file) is None)


def needed(measures: Iterable[str]) -> tuple[WeightFile, ...]:
    """The files that these measures need, each once; none for measures that need none."""
    return tuple(dict.fromkeys(file for name in measures for file in WEIGHTS.get(name, ())))


def _hub() -> Path:
    """The folder that torch.hub keeps its files in, found as torch does it, because a server has no torch to ask."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("TORCH_HOME") or Path(cache) / "torch").expanduser() / "hub"
