"""The weights of learned measures: whether they are here, and with ``--verify`` whether they are whole."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from app.catalog.shelf import Shelf, needed
from app.catalog.weights import WEIGHTS
from app.cli._doctor.findings import Finding, ill, note, well
from app.settings import Settings

_CHECK = "weights"
_FETCH = "run `python -m trainer fetch-weights --measures {}` where trainings run"


def weights(told: Settings, *, verify: bool) -> Iterator[Finding]:
    """Missing ones are no illness: a laboratory may never use the measures that need them."""
    shelf = Shelf(told.weights_folder)
    missing = [name for name in WEIGHTS if shelf.missing([name])]
    there = [name for name in WEIGHTS if name not in missing]
    yield from _damaged(shelf) if verify else ()
    published = [name for name in missing if all(file.sources for file in WEIGHTS[name])]
    if published:
        finding = f"{', '.join(published)} cannot be computed here: their weights are not in {shelf.own}"
        yield note(_CHECK, finding, _FETCH.format(",".join(published)))
    for name in (name for name in missing if name not in published):
        (file,) = WEIGHTS[name]
        finding = f"{name} cannot be computed here: nobody published weights"
        yield note(_CHECK, finding, f"put those that you trained into {shelf.own} as {file.name}")
    if there:
        yield well(_CHECK, f"those of {', '.join(there)} are here")


def _damaged(shelf: Shelf) -> Iterator[Finding]:
    for file in needed(WEIGHTS):
        path = shelf.find(file)
        if path is not None and file.sha256 and (found := _sha256(path)) != file.sha256:
            names = ",".join(name for name, files in WEIGHTS.items() if file in files)
            yield ill(
                _CHECK,
                f"{path} is damaged: its sha256 is {found}, and {file.sha256} was expected",
                f"delete it, and {_FETCH.format(names)}",
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
