"""How long renderings, scores and recoveries take, told before they are launched: plain data, no torch.

Arithmetic says what a job takes on a device; jobs of the same kind that have ended on a device of that name say how
many times too little or too much that was there. ``estimate`` does the same for trainings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from pydantic import ValidationError
from sqlalchemy import select

from app.db import Database
from app.db.models import Job, JobKind, JobState
from app.jobs import cost, objective
from app.jobs.contract import AnySpec, RecoverSpec, RenderSpec, ScoreSpec, TrainSpec
from app.jobs.estimate import Basis, Span
from app.jobs.machine import Device, here
from app.jobs.speeds import devices_of
from app.jobs.views import SPEC

_MEASURED, _RECKONED = 1.6, 4.0  # how many times too small or too large a number may be
_LATEST = 500  # jobs of a kind that are looked at
_START_MS = 6_000.0  # until a job's process has loaded PyTorch
_FILE_MS = 600.0  # for a million pixels: three PNG files, written and hashed, on one core
_KINDS = (JobKind.RENDER, JobKind.SCORE, JobKind.RECOVER)

_Specs = Mapping[int, AnySpec]


@dataclass(frozen=True, slots=True)
class Effort:
    """What some jobs take on all devices together."""

    seconds: Span
    basis: Basis
    assumed: bool  # no worker is present: reckoned as if one took the CPU of this machine


def effort(database: Database, specs: Sequence[AnySpec]) -> Effort | None:
    """What these renderings, scores and recoveries take, devices at work side by side; None without any."""
    offered, known = devices_of(database), _specs(database)
    devices, off = offered or (here(),), _off(database, known, offered or (here(),))
    each = list[float]()
    timed = True
    for spec in specs:
        told = [(_milliseconds(spec, device, known), off.get((spec.kind, device.name))) for device in devices]
        each.append(min(_START_MS + ms * (factor or 1.0) for ms, factor in told))
        timed = timed and any(factor for _, factor in told)
    if not each:
        return None
    basis = Basis.SIMILAR if timed else Basis.RECKONED
    seconds = max(max(each), sum(each) / len(devices)) / 1000
    return Effort(Span.within(seconds, _MEASURED if timed else _RECKONED), basis, not offered)


def _specs(database: Database) -> dict[int, AnySpec]:
    """What trainings and renderings are, which others are about."""
    with database.read() as db:
        query = select(Job.id, Job.spec).where(Job.kind.in_((JobKind.TRAIN, JobKind.RENDER)))
        rows = [(row.id, row.spec) for row in db.execute(query)]
    found = dict[int, AnySpec]()
    for number, content in rows:
        try:
            found[number] = SPEC.validate_python(content)
        except ValidationError:  # another version's; nothing can be reckoned from it
            continue
    return found


def _off(database: Database, known: _Specs, devices: Sequence[Device]) -> dict[tuple[str, str], float]:
    """How many times longer than reckoned jobs took, by kind and device: the median of the latest."""
    found, named = dict[tuple[str, str], list[float]](), {device.name: device for device in devices}
    with database.read() as db:
        for kind in _KINDS:
            query = (
                select(Job.spec, Job.device, Job.step_ms, Job.total_steps)
                .where(
                    Job.kind == kind, Job.state == JobState.SUCCEEDED, Job.device.in_(named), Job.step_ms.is_not(None)
                )
                .order_by(Job.id.desc())
                .limit(_LATEST)
            )
            for content, device, step_ms, steps in db.execute(query):
                try:
                    spec = SPEC.validate_python(content)
                except ValidationError:
                    continue
                reckoned = _milliseconds(spec, named[device], known)
                if reckoned:
                    found.setdefault((kind.value, device), []).append(step_ms * steps / reckoned)
    return {place: median(times) for place, times in found.items()}


def _milliseconds(spec: AnySpec, device: Device, known: _Specs) -> float:
    """By arithmetic, without the start of its process; 0 of a training, which ``estimate`` knows better."""
    cores = cost.GPU_OF_CORES if device.cores is None else device.cores
    if isinstance(spec, RecoverSpec):
        megapixels = spec.scene.width * spec.scene.height / 1e6
        step = sum(cost.MEASURE_MS[name] for name in objective.parse(spec.objective).measures) * megapixels / cores
        return spec.steps * (step + cost.OVERHEAD["cuda" if device.cores is None else "cpu"] / 3)
    if isinstance(spec, ScoreSpec):
        megapixels = _megapixels(known.get(spec.rendering)) * (1 + spec.degraded)
        # Without a gradient, which is half of the work, and in double precision, which is twice as much.
        return sum(cost.MEASURE_MS[name] for name, _ in spec.columns) * megapixels / cores
    if isinstance(spec, RenderSpec):
        return _megapixels(spec) * (_FILE_MS + _network_ms(known.get(spec.training or 0), cores))
    return 0.0


def _megapixels(rendering: AnySpec | None) -> float:
    scenes = rendering.scenes if isinstance(rendering, RenderSpec) else ()
    return sum(scene.width * scene.height for scene in scenes) / 1e6


def _network_ms(training: AnySpec | None, cores: int) -> float:
    """What a network takes for a million pixels, forward, in single precision."""
    if not isinstance(training, TrainSpec):
        return 0.0
    layers = cost.layers(training.recipe.task, training.recipe.network)
    return 1000 * 2e6 * sum(layer.per_pixel for layer in layers) / (cost.CORE * cores)
