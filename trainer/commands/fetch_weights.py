"""``python -m trainer fetch-weights``: the weights of learned measures, brought here and compared."""

import argparse
import sys
from collections.abc import Callable, Iterator

from app import log
from app.catalog import measure
from app.catalog.shelf import needed
from app.catalog.weights import WEIGHTS, WeightFile
from app.errors import AppError, BadInput
from trainer import weights
from trainer.published import verify
from trainer.report import Report, heed


class NeedsNoWeights(BadInput):
    """Weights were asked for of a measure that needs none."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} needs no weights", f"choose from {', '.join(WEIGHTS)}")


class NotAllHere(BadInput):
    """Some weights could not be brought here, or a measure does not say under them what it should."""

    def __init__(self, complaints: list[str]) -> None:
        named = ", ".join(dict.fromkeys(complaints))
        super().__init__(f"Not all is as it should be: {named}", "see above what is wrong with each")


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Fetches what is missing and says what is here; raises an ``AppError`` or ``Stopped``."""
    log.configure()
    asked = None if options.measures == "all" else _known(options.measures)
    names = list(WEIGHTS) if asked is None else asked
    here = {file: _is_here(file, lambda: heed(report)) for file in needed(names)}
    # What nobody published and nobody asked for is no complaint.
    complaints = [file.name for file, there in here.items() if not there and (file.sources or asked is not None)]
    for name in names if options.verify else ():
        if all(here[file] for file in WEIGHTS[name]):
            complaints += _misbehaviour(name)
    if complaints:
        raise NotAllHere(complaints)


def _known(text: str) -> list[str]:
    names = [measure(part.strip()).id for part in text.split(",") if part.strip()]
    for name in names:
        if name not in WEIGHTS:
            raise NeedsNoWeights(name)
    return names


def _is_here(file: WeightFile, stopped: Callable[[], None]) -> bool:
    """Says where the file is, or why it is not; whether it is."""
    before = weights.shelf().find(file)
    try:
        path = weights.path_of(file, stopped)
    except AppError as error:
        _say(f"{file.name}: {error.message}")
        return False
    how = "fetched into" if before is None else "here:"
    hashed = "its hash is right" if file.sha256 else "no hash to compare with"
    _say(f"{file.name}: {how} {path} ({file.megabytes or 'of any size'}; {hashed}; licence: {file.licence})")
    return True


def _misbehaviour(name: str) -> Iterator[str]:
    """Says what the measure gives; the measure's name for each comparison that does not hold."""
    try:
        for verdict in verify(name):
            word = {True: "verified", False: "WRONG", None: "not verified"}[verdict.held]
            _say(f"  {name}, {word}: {verdict.said}")
            if verdict.held is False:
                yield name
    except AppError as error:
        _say(f"  {name}, not verified: {error.message}")
        yield name


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()  # the next line may take minutes to come
