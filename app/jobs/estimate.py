"""How long trainings take and how much memory they need, told before they are launched: plain data, no torch.

``foresight.foresee`` asks for what a launch would train, on the devices that workers report, at the speeds that ended
trainings have had. A number never comes alone: it has a ``low`` and a ``high`` end, and says what it stands on.
Renderings and scores, minutes as a rule, come on top.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heapify, heappop, heappush

from app.jobs import cost, objective
from app.jobs.contract import Recipe
from app.jobs.cost import Memory
from app.jobs.machine import Device, here
from app.jobs.matrix_plan import TaskRecipes
from app.jobs.speeds import Speed

_SAME, _NEAR, _FAR, _RECKONED = 1.2, 1.6, 2.5, 4.0  # how many times too small or too large a number may be


class Basis(StrEnum):
    """What a time stands on, the surest first."""

    MEASURED = "measured"  # trainings of the same size under the same measures, on that device
    SIMILAR = "similar"  # other trainings on that device, and the arithmetic between them and this
    RECKONED = "reckoned"  # arithmetic alone


@dataclass(frozen=True, slots=True)
class Span:
    """A number with its ends: it is thought to lie between ``low`` and ``high``."""

    value: float
    low: float
    high: float

    @classmethod
    def within(cls, value: float, factor: float) -> "Span":
        """So many times smaller or larger."""
        return cls(value, value / factor, value * factor)

    def times(self, factor: float) -> "Span":
        """All three, times a number."""
        return Span(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """What one training takes on one device."""

    recipe: Recipe
    device: Device
    condition: str  # empty: the first stage, which all conditions of the task share
    step_ms: Span  # milliseconds
    basis: Basis
    why: str  # what the time stands on, in words
    memory: Memory

    @property
    def seconds(self) -> Span:
        """From the first step to the last."""
        return self.step_ms.times(self.recipe.steps / 1000)

    @property
    def bytes(self) -> int:
        """All memory that it needs there, PyTorch itself included; half of that or twice as much is possible."""
        return self.memory.total + cost.PROCESS

    @property
    def fits(self) -> bool:
        """Whether the device has that much memory, as far as it says how much it has."""
        return self.device.memory is None or self.bytes <= self.device.memory


@dataclass(frozen=True, slots=True)
class MatrixEstimate:
    """What a launch takes on all devices together."""

    trainings: tuple[TrainingEstimate, ...]  # each on the device that it is fastest on; first stages before second
    devices: tuple[Device, ...]
    assumed: bool  # no worker is present: reckoned as if one took the CPU of this machine
    seconds: Span  # until the last training has ended, first stages shared, devices at work side by side
    work: Span  # seconds that devices are at work, added up

    @property
    def bytes(self) -> int:
        """The memory that the greediest training needs."""
        return max(training.bytes for training in self.trainings)

    @property
    def basis(self) -> Basis:
        """The least sure of its trainings' bases."""
        return max((training.basis for training in self.trainings), key=list(Basis).index)

    @property
    def too_large(self) -> tuple[TrainingEstimate, ...]:
        """The trainings that no device has the memory for."""
        return tuple(
            one
            for one in self.trainings
            if not any(replace(one, device=device).fits for device in self.devices)
        )  # fmt: skip


def estimate_matrix(
    recipes: Sequence[TaskRecipes], devices: Sequence[Device], speeds: Sequence[Speed] = ()
) -> MatrixEstimate:
    """What these trainings take on these devices, which work side by side; on the CPU of this machine without any."""
    used = tuple(devices) or (here(),)
    plan = list(_plan(recipes))
    by_device = [[_one(recipe, device, speeds, name) for recipe, name, _ in plan] for device in used]
    fastest = [min(options, key=lambda one: one.seconds.value) for options in zip(*by_device, strict=True)]
    needs = [need for _, _, need in plan]
    ends = [
        _end([[getattr(one.seconds, end) for one in row] for row in by_device], needs)
        for end in ("value", "low", "high")
    ]
    work = [sum(getattr(one.seconds, end) for one in fastest) for end in ("value", "low", "high")]
    ordered = sorted(fastest, key=lambda one: one.condition != "")
    return MatrixEstimate(tuple(ordered), used, not devices, Span(*ends), Span(*work))


def _one(recipe: Recipe, device: Device, speeds: Sequence[Speed], condition: str) -> TrainingEstimate:
    step, basis, why = _step(recipe, device, [speed for speed in speeds if speed.device == device.name])
    needed = cost.memory(recipe, processes=device.processes)
    return TrainingEstimate(recipe, device, condition, step, basis, why, needed)


def _step(recipe: Recipe, device: Device, speeds: Sequence[Speed]) -> tuple[Span, Basis, str]:
    model = _arithmetic(recipe, device)
    if not speeds:
        return Span.within(model, _RECKONED), Basis.RECKONED, f"by arithmetic, nothing was timed on {device.name}"
    near = min(speeds, key=lambda speed: _distance(recipe, speed.recipe))
    told = f"{near.recipe.task} under {near.recipe.objective} on {device.name} ({near.told})"
    distance = _distance(recipe, near.recipe)
    if distance == (0, 0, 0):
        return Span.within(near.ms, _SAME), Basis.MEASURED, f"as measured: {told}"
    scaled = near.ms * model / _arithmetic(near.recipe, device)
    return Span.within(scaled, _FAR if distance[0] else _NEAR), Basis.SIMILAR, f"from {told}, by arithmetic"


def _arithmetic(recipe: Recipe, device: Device) -> float:
    return cost.step_ms(recipe, cores=device.cores, processes=device.processes)


def _distance(one: Recipe, other: Recipe) -> tuple[int, int, int]:
    """How unlike two recipes are for a step's time: another network or batch counts before other measures."""
    sizes = ("task", "network", "precision", "patch", "batch")
    mine, theirs = (set(objective.parse(recipe.objective).measures) for recipe in (one, other))
    unlike = sum(getattr(one, name) != getattr(other, name) for name in sizes)
    return unlike, len(mine ^ theirs), int((one.ema is None) != (other.ema is None))


def _plan(recipes: Sequence[TaskRecipes]) -> Iterator[tuple[Recipe, str, int | None]]:
    """The trainings in the order in which they are launched, each with its condition and the place of what it needs."""
    place = 0
    for task in recipes:
        first = place
        yield task.first, "", None
        for name, recipe in task.second.items():
            place += 1
            yield recipe, name, first
        place += 1


def _end(seconds: Sequence[Sequence[float]], needs: Sequence[int | None]) -> float:
    """When the last training ends if each device that is free takes the first that can begin; a row per device."""
    free = [(0.0, device) for device in range(len(seconds))]
    heapify(free)
    ended, waiting = dict[int, float](), list(range(len(needs)))
    while waiting:
        at, device = heappop(free)
        ready = (one for one in waiting if (need := needs[one]) is None or ended.get(need, float("inf")) <= at)
        chosen = next(ready, None)
        if chosen is None:  # what the others wait for ends later
            heappush(free, (min(end for end in ended.values() if end > at), device))
            continue
        waiting.remove(chosen)
        ended[chosen] = at + seconds[device][chosen]
        heappush(free, (ended[chosen], device))
    return max(ended.values())
