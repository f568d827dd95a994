"""Named sizes of a training: recipes that are known to work, as plain data."""

from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any, Literal

from app.catalog import task as known_task
from app.errors import BadInput
from app.jobs.contract import Network, Recipe

Stage = Literal[1, 2]


@dataclass(frozen=True, slots=True)
class _Size:
    """How long and how fast one stage learns."""

    patch: int
    batch: int
    steps: int
    learning_rate: float
    halve_every: int


@dataclass(frozen=True, slots=True)
class Preset:
    """A network and two stages: the first under the mean absolute error, the second under the objective."""

    name: str
    purpose: str
    network: dict[str, Network]  # by task
    stages: dict[str, tuple[_Size, _Size]]  # by task


def _same(*sizes: _Size) -> dict[str, tuple[_Size, _Size]]:
    first, second = sizes
    return {"denoise": (first, second), "superres": (first, second)}


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "tiny",
            "Seconds on a CPU: for demonstrations and for trying things out.",
            {"denoise": Network(channels=16, blocks=2), "superres": Network(channels=16, blocks=3)},
            # Stage 1 learns fastest from many small crops; stage 2 needs 176 px for the five scales of MS-SSIM.
            {
                "denoise": (_Size(64, 4, 800, 4e-3, 200), _Size(176, 2, 220, 1e-3, 100)),
                "superres": (_Size(64, 4, 800, 2e-3, 300), _Size(176, 2, 220, 1e-3, 100)),
            },
        ),
        Preset(
            "lab",
            "Hours on one GPU: differences between objectives are plain to see.",
            {task: Network(channels=32, blocks=8) for task in ("denoise", "superres")},
            _same(_Size(192, 16, 50_000, 2e-4, 20_000), _Size(192, 16, 50_000, 1e-4, 20_000)),
        ),
        Preset(
            "paper",
            "Days on one GPU: the sizes of the published comparison.",
            {task: Network(channels=64, blocks=16) for task in ("denoise", "superres")},
            _same(_Size(192, 16, 500_000, 1e-4, 100_000), _Size(192, 16, 500_000, 1e-4, 100_000)),
        ),
    )
}


class UnknownPreset(BadInput):
    """There is no preset of that name."""

    def __init__(self, name: str) -> None:
        close = get_close_matches(name, PRESETS, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        super().__init__(f"There is no preset {name!r}{hint}", f"choose one of {', '.join(PRESETS)}")


def keys(name: str, task: str, *, stage: Stage) -> dict[str, Any]:
    """The keys of ``Recipe`` that a preset decides for one stage of a task: the size, and nothing that is checked yet.

    Raises
    ------
    UnknownPreset, UnknownTask
        Whatever the caller named does not exist.
    """
    if name not in PRESETS:
        raise UnknownPreset(name)
    task = known_task(task).id
    return {"network": PRESETS[name].network[task].model_dump(), **asdict(PRESETS[name].stages[task][stage - 1])}


def preset(name: str, task: str, objective: str, *, stage: Stage, seed: int = 0) -> Recipe:
    """The recipe of one stage of a training of that size.

    Raises
    ------
    UnknownPreset, UnknownTask, UnknownMeasure, BadObjective
        Whatever the caller named does not exist.
    """
    return Recipe.model_validate({**keys(name, task, stage=stage), "task": task, "objective": objective, "seed": seed})
