"""The tasks and measures that Beholder knows: plain data, no torch.

``trainer.tasks`` and ``trainer.measures`` hold the code; a test compares both lists.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from app.errors import BadInput


class Family(StrEnum):
    """What a measure looks at; figures give each family one colour."""

    ERROR_VISIBILITY = "error visibility"
    STRUCTURAL_SIMILARITY = "structural similarity"
    INFORMATION = "information"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Task:
    """What a network restores."""

    id: str
    title: str
    degradation: str
    multiple: int  # sides of a scene must be divisible by this


@dataclass(frozen=True, slots=True)
class Measure:
    """A full-reference image-quality model; as a training loss it is an objective."""

    id: str
    name: str
    paper: str
    family: Family
    higher_is_better: bool
    lowest: float
    highest: float | None  # None: unbounded
    objective: str  # the objective text that optimizes it
    smallest_side: int  # pixels
    needs_weights: bool
    licence: str


TASKS: dict[str, Task] = {
    task.id: task
    for task in (
        Task("denoise", "Denoising", "white Gaussian noise, σ = 50 on the 0-255 scale, not clipped", 1),
        Task("superres", "Super-resolution ×4", "bicubic ×4 reduction with antialiasing", 4),
    )
}

MEASURES: dict[str, Measure] = {
    measure.id: measure
    for measure in (
        Measure(
            id="mae",
            name="Mean absolute error",
            paper="L1 distance on [0, 1]",
            family=Family.ERROR_VISIBILITY,
            higher_is_better=False,
            lowest=0.0,
            highest=1.0,
            objective="mae",
            smallest_side=1,
            needs_weights=False,
            licence="Apache-2.0 (ours)",
        ),
        Measure(
            id="ms_ssim",
            name="Multi-scale structural similarity",
            paper="Wang, Simoncelli & Bovik, Asilomar 2003",
            family=Family.STRUCTURAL_SIMILARITY,
            higher_is_better=True,
            lowest=0.0,
            highest=1.0,
            objective="1 - ms_ssim",
            smallest_side=161,
            needs_weights=False,
            licence="Apache-2.0 (ours)",
        ),
        Measure(
            id="gmsd",
            name="Gradient magnitude similarity deviation",
            paper="Xue, Zhang, Mou & Bovik, IEEE TIP 2014",
            family=Family.STRUCTURAL_SIMILARITY,
            higher_is_better=False,
            lowest=0.0,
            highest=None,
            objective="gmsd",
            smallest_side=8,
            needs_weights=False,
            licence="Apache-2.0 (ours)",
        ),
    )
}


class UnknownTask(BadInput):
    """The task is not in the catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no task {name!r}{_hint(name, TASKS)}", f"choose one of {', '.join(TASKS)}")


class UnknownMeasure(BadInput):
    """The measure is not in the catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no measure {name!r}{_hint(name, MEASURES)}", f"choose one of {', '.join(MEASURES)}")


def task(name: str) -> Task:
    """The task of that id; raises ``UnknownTask``."""
    if name not in TASKS:
        raise UnknownTask(name)
    return TASKS[name]


def measure(name: str) -> Measure:
    """The measure of that id; raises ``UnknownMeasure``."""
    if name not in MEASURES:
        raise UnknownMeasure(name)
    return MEASURES[name]


def _hint(name: str, known: dict[str, Task] | dict[str, Measure]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
