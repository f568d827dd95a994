"""Named sizes of a training: recipes that are known to work, as plain data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal

from app.catalog import task as known_task
from app.errors import BadInput
from app.jobs.care import CARE, Care, care_for
from app.jobs.contract import Network, Recipe

Stage = Literal[1, 2]


@dataclass(frozen=True, slots=True)
class Size:
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
    stages: dict[str, tuple[Size, Size]]  # by task
    precision: Literal["fp32", "bf16"] = "fp32"
    ema: float | None = None
    kernels: int = 10_000  # of blur, to learn deblurring from
    care: Mapping[str, Care] = field(default_factory=lambda: CARE)  # by measure


_TASKS = ("denoise", "deblur", "superres", "compress")


def _networks(channels: int, blocks: int) -> dict[str, Network]:
    """One size for all tasks; the codec's blocks are those between two changes of its grid, of which it has four."""
    return {
        task: Network(channels=channels, blocks=min(2, max(1, blocks // 4)) if task == "compress" else blocks)
        for task in _TASKS
    }


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "tiny",
            "Seconds on a CPU: for demonstrations and for trying things out.",
            _networks(16, 2) | {"superres": Network(channels=16, blocks=3)},
            # Stage 1 learns fastest from many small crops; stage 2 needs 176 px for the five scales of MS-SSIM.
            {
                "denoise": (Size(64, 4, 800, 4e-3, 200), Size(176, 2, 220, 1e-3, 100)),
                "deblur": (Size(64, 4, 800, 4e-3, 200), Size(176, 2, 220, 1e-3, 100)),
                "superres": (Size(64, 4, 800, 2e-3, 300), Size(176, 2, 220, 1e-3, 100)),
                "compress": (Size(64, 4, 800, 1e-3, 400), Size(176, 2, 220, 1e-3, 100)),
            },
            kernels=256,
        ),
        Preset(
            "lab",
            "Reckoned as a day on one GPU for four tasks under eleven objectives.",
            _networks(32, 8),
            dict.fromkeys(_TASKS, (Size(192, 16, 50_000, 2e-4, 20_000), Size(192, 16, 50_000, 1e-4, 20_000))),
            precision="bf16",
            ema=0.999,
        ),
        Preset(
            "paper",
            "The sizes of the published comparison, reckoned as weeks on one GPU.",
            _networks(64, 16),
            dict.fromkeys(_TASKS, (Size(192, 16, 500_000, 1e-4, 100_000), Size(192, 16, 500_000, 1e-4, 100_000))),
        ),
    )
}


class UnknownPreset(BadInput):
    """There is no preset of that name."""

    def __init__(self, name: str) -> None:
        close = get_close_matches(name, PRESETS, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        super().__init__(f"There is no preset {name!r}{hint}", f"choose one of {', '.join(PRESETS)}")


def keys(name: str, task: str, objective: str, *, stage: Stage) -> dict[str, Any]:
    """The keys of ``Recipe`` that a preset decides for one stage of a task: nothing that is checked yet.

    Raises
    ------
    UnknownPreset, UnknownTask, UnknownMeasure, BadObjective
        Whatever the caller named does not exist.
    """
    if name not in PRESETS:
        raise UnknownPreset(name)
    chosen, task = PRESETS[name], known_task(task).id
    size, care = chosen.stages[task][stage - 1], care_for(objective, chosen.care)
    return {
        **asdict(size),
        "learning_rate": size.learning_rate * care.rate,
        "clip_norm": care.clip_norm,
        "beyond": care.beyond,
        "network": chosen.network[task].model_dump(),
        "precision": chosen.precision,
        "ema": chosen.ema,
        **({"kernels": chosen.kernels} if task == "deblur" else {}),
    }


def preset(
    name: str,
    task: str,
    objective: str,
    *,
    stage: Stage,
    seed: int = 0,
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> Recipe:
    """The recipe of one stage of a training of that size; ``changes`` are keys that replace the preset's.

    Raises
    ------
    UnknownPreset, UnknownTask, UnknownMeasure, BadObjective
        Whatever the caller named does not exist.
    """
    base = keys(name, task, objective, stage=stage)
    if isinstance(changes.get("network"), dict):
        changes = {**changes, "network": base["network"] | changes["network"]}
    return Recipe.model_validate({**base, **changes, "task": task, "objective": objective, "seed": seed})
