"""The weights of learned measures: found on this machine or fetched, checked against their hashes, loaded."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from app.catalog.shelf import Shelf, needed
from app.catalog.weights import WEIGHTS, WeightFile
from app.errors import Conflict, NotFound
from app.log import logger
from app.settings import Settings
from trainer.download import NotFetched, Tell, download, sha256_of
from trainer.files import refusal

_TOLD_EVERY = 0.1  # of a download


class WeightsMissing(NotFound):
    """A learned measure cannot be computed, because its weights are not here and could not be fetched."""

    def __init__(self, file: WeightFile, folder: Path, why: str) -> None:
        names = [name for name, files in WEIGHTS.items() if file in files]
        by_hand = f"get {file.sources[0]} and put it into {folder}" if file.sources else f"put yours into {folder}"
        super().__init__(
            f"{' and '.join(names)} cannot be computed without {file.name} ({file.holds}), which is not here ({why})",
            f"run `python -m trainer fetch-weights --measures {','.join(names)}` with a connection, or {by_hand}"
            if file.sources
            else by_hand,
        )


class WeightsDamaged(Conflict):
    """A file of weights does not hold the bytes that its publisher states."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        super().__init__(
            f"{path} is damaged: its sha256 is {found}, and {expected} was expected",
            "delete it; it is then fetched anew",
        )


class WeightsUnfit(Conflict):
    """A file of weights cannot be read, or holds other weights than its measure needs."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} does not hold what its measure needs ({why})", "put the right file in its place, or delete it"
        )


def shelf() -> Shelf:
    """The folders that are looked through on this machine."""
    return Shelf(Settings().weights_folder)


def require(measures: Iterable[str], stopped: Callable[[], None] = lambda: None) -> None:
    """The weights of these measures are here and whole, fetched where they were not; nothing for other measures.

    ``stopped`` is called now and then, and ends a download by raising something.

    Raises
    ------
    WeightsMissing, WeightsDamaged
        The message names the file, where to get it and where to put it.
    DiskFull, CannotWrite
        There is no room for what was to be fetched.
    """
    for file in needed(measures):
        path_of(file, stopped)


def path_of(file: WeightFile, stopped: Callable[[], None] = lambda: None) -> Path:
    """Where the file lies, known to be whole; raises as ``require`` does."""
    here = shelf()
    path = here.find(file)
    if path is None:
        if not file.sources:
            raise WeightsMissing(file, here.own, "nobody published it")
        try:
            path = download(file, here.own, _teller(file, stopped))
        except NotFetched as error:
            raise WeightsMissing(file, here.own, str(error)) from None
        except OSError as error:
            raise refusal(here.own / file.name, error) from error
    check(file, path)
    return path


def check(file: WeightFile, path: Path) -> None:
    """Raises ``WeightsDamaged`` unless the bytes are those that the publisher states."""
    if file.sha256 and (found := digest(path)) != file.sha256:
        raise WeightsDamaged(path, found, file.sha256)


def digest(path: Path) -> str:
    """The hash of the file, worked out again only when the file has changed: half a gigabyte takes a second."""
    known = path.stat()
    return _digest(path, known.st_size, known.st_mtime_ns)


def load(file: WeightFile) -> dict[str, Tensor]:
    """The tensors in the file by name, on the CPU.

    Raises
    ------
    WeightsMissing, WeightsDamaged
        As ``require`` does.
    WeightsUnfit
        The file is no checkpoint, or holds more than tensors by name.
    """
    path = path_of(file)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch names no class for what it may raise here
        raise WeightsUnfit(path, (str(error).splitlines() or [type(error).__name__])[0]) from None
    tensors = _tensors(content)
    if not tensors:
        raise WeightsUnfit(path, "it holds no tensors by name")
    return tensors


def _tensors(content: Any) -> dict[str, Tensor]:
    """A state dict, be it by itself or, as trainings save it, under ``params``."""
    if isinstance(content, dict) and isinstance(content.get("params"), dict):
        content = content["params"]
    named = content.items() if isinstance(content, dict) else ()
    # Networks that were trained on several GPUs are saved with a prefix before every name.
    return {str(name).removeprefix("module."): value for name, value in named if isinstance(value, Tensor)}


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    return sha256_of(path)


def _teller(file: WeightFile, stopped: Callable[[], None]) -> Tell:
    said = -_TOLD_EVERY

    def tell(there: int, total: int) -> None:
        nonlocal said
        stopped()
        share = there / total if total else 0.0
        if share - said >= _TOLD_EVERY:
            said = share
            logger("trainer").info("fetching weights", file=file.name, size=file.megabytes, percent=round(100 * share))

    return tell
