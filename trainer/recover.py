"""A photograph found again by following one objective, from white noise or from a coarse JPEG.

So Ding, Ma, Wang and Simoncelli (IJCV 2021) screened their measures: Adam moves the pixels themselves, which are held
to [0, 1] after every step; every ``halve_every`` steps the learning rate is halved, never below ``lowest_rate``, and
Adam begins anew. What an objective makes of a picture when nothing else holds it back is what it can make of a
network's pictures.
"""

import hashlib
import io
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from app.catalog import measure
from app.errors import Conflict
from app.jobs.contract import Progress, RecoverResult, RecoverSpec, RecoveryPoint
from app.jobs.objective import parse
from app.log import logger
from trainer.contact_sheet import contact_sheet
from trainer.files import write_whole
from trainer.measures import MEASURES
from trainer.objectives import Loss, loss_of
from trainer.pixels import eight_bits, picture_of
from trainer.recovery_state import RecoveryState, adam, newest, save
from trainer.render import png
from trainer.report import Report, Stopped
from trainer.validate import peak_signal_to_noise
from trainer.verdict import Evidence, too_many, verdict
from trainer.versions import versions

SHEET, BEST, CURVE = "contact-sheet.png", "best.png", "curve.csv"
_POINTS = 200  # of the curve, at least where there are so many steps
_STAGES = (0.01, 0.05, 0.2, 0.5, 1.0)  # of the way, on the contact sheet


class NothingToFollow(Conflict):
    """The objective has no finite value where the recovery begins, or at the reference itself."""

    def __init__(self, objective: str, where: str) -> None:
        super().__init__(f"{objective} is not finite at {where}", "choose another objective, and report it")


@dataclass(frozen=True, slots=True)
class Recovery:
    """One recovery: what to do, with what, and where to leave it."""

    spec: RecoverSpec
    reference: Tensor  # 1 × 3 × H × W in [0, 1]
    folder: Path
    device: torch.device
    resume_from: Path | None = None  # a checkpoint of this very recovery
    checkpoint_seconds: float = 300.0


def recover(recovery: Recovery, report: Report) -> RecoverResult:
    """Recovers to the end, or until asked to stop; leaves a contact sheet, a curve and ``result.json`` in the folder.

    Raises
    ------
    Stopped
        After saving, because the report asked for it.
    NothingToFollow
        There is no finite value to begin with.
    """
    spec = recovery.spec
    reference, objective = recovery.reference.to(recovery.device), loss_of(spec.objective)
    at_reference = _value(objective, reference, reference, spec, "the reference")
    first = _value(objective, start_of(spec, reference), reference, spec, "the start")
    state = newest(recovery.resume_from, spec, recovery.device) if recovery.resume_from else None
    state = state or _fresh(spec, reference, first)
    logger("trainer").info("recovering", objective=spec.objective, start=spec.start, step=state.step, of=spec.steps)
    _loop(state, recovery, objective, reference, report)
    result = _result(state, recovery, reference, first, at_reference)
    write_whole(recovery.folder / "result.json", result.model_dump_json(indent=1).encode())
    return result


def start_of(spec: RecoverSpec, reference: Tensor) -> Tensor:
    """The picture that the recovery begins with: uniform white noise, or the reference as a JPEG; the same anywhere."""
    if spec.start == "noise":
        drawn = torch.rand(reference.shape, generator=torch.Generator().manual_seed(spec.seed))
        return drawn.to(reference.device)
    buffer = io.BytesIO()
    Image.fromarray(eight_bits(reference).numpy()).save(buffer, "JPEG", quality=spec.quality)
    pixels = torch.from_numpy(np.array(Image.open(buffer)))
    return picture_of(pixels).to(reference.device)


def rate_at(spec: RecoverSpec, step: int) -> float:
    """The learning rate of a step: halved every so many steps, and never below the lowest."""
    return max(spec.lowest_rate, math.ldexp(spec.learning_rate, -(step // spec.halve_every)))


def _fresh(spec: RecoverSpec, reference: Tensor, first: float) -> RecoveryState:
    picture = start_of(spec, reference).requires_grad_()
    return RecoveryState(picture, adam(picture, rate_at(spec, 0)), picture.detach().clone(), first)


def _loop(state: RecoveryState, recovery: Recovery, objective: Loss, reference: Tensor, report: Report) -> None:
    spec, saved_at = recovery.spec, time.monotonic()
    said = state.step, time.monotonic()
    while state.step < spec.steps and not too_many(state.skipped, spec.steps):
        if state.step and state.step % spec.halve_every == 0:
            state.begin_anew(rate_at(spec, state.step))  # as published: what Adam has seen is forgotten with the rate
        loss = objective(state.picture, reference)
        state.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        value = loss.item()  # waits for the device, once a step: measures take far longer
        _note(state, spec, value, reference)  # of the picture before this step
        state.step += 1
        if math.isfinite(value) and _all_finite(state.picture):
            state.optimizer.step()
            with torch.no_grad():
                state.picture.clamp_(0, 1)
        else:
            _step_back(state, rate_at(spec, state.step))
        if report.due() or state.step == spec.steps:
            said = _tell(state, spec, value, report, *said)
        due = time.monotonic() - saved_at >= recovery.checkpoint_seconds
        if (report.stop_requested or due) and state.step < spec.steps:
            save(state, spec, recovery.folder)
            saved_at = time.monotonic()
            if report.stop_requested:
                raise Stopped
    with torch.no_grad():
        _note(state, spec, objective(state.picture, reference).item(), reference)


def _step_back(state: RecoveryState, rate: float) -> None:
    """The next step is taken from the best picture and with an Adam that has seen nothing.

    The objective is the same at every step: tried again from where it was not finite, the step never would be.
    """
    state.skipped += 1
    with torch.no_grad():
        state.picture.copy_(state.best)
    state.begin_anew(rate)


def _note(state: RecoveryState, spec: RecoverSpec, value: float, reference: Tensor) -> None:
    """The best picture so far, a point of the curve, and a picture for the sheet where one is due."""
    if not math.isfinite(value):
        return
    if value < state.best_value:
        state.best, state.best_value, state.best_step = state.picture.detach().clone(), value, state.step
    if state.step % max(1, spec.steps // _POINTS) == 0 or state.step == spec.steps:
        state.points.append((state.step, value, _psnr(state.picture.detach(), reference)))
    if state.step in {max(1, round(share * spec.steps)) for share in _STAGES}:
        state.stages.append((state.step, eight_bits(state.picture)))


def _tell(
    state: RecoveryState, spec: RecoverSpec, value: float, report: Report, step: int, at: float
) -> tuple[int, float]:  # fmt: skip
    """Says how far it is; returns step and moment, from which the next speed is reckoned."""
    now = time.monotonic()
    speed = (state.step - step) / max(now - at, 1e-9)
    told = value if math.isfinite(value) else None
    report.progress(
        Progress(step=state.step, total=spec.steps, loss=told, steps_per_second=round(speed, 3))
    )  # fmt: skip
    return state.step, now


@torch.no_grad()
def _result(
    state: RecoveryState, recovery: Recovery, reference: Tensor, first: float, at_reference: float
) -> RecoverResult:
    start = start_of(recovery.spec, reference)
    evidence = _evidence(state, recovery.spec, start, reference, (first, at_reference))
    found, why = verdict(evidence)
    sheet, best = _pictures(state, recovery.folder, start, reference)
    return RecoverResult(
        sheet=SHEET,
        sheet_sha256=sheet,
        best=BEST,
        best_sha256=best,
        stages=tuple(step for step, _ in state.stages),
        verdict=found,
        why=why,
        objective_start=first,
        objective_best=state.best_value,
        objective_reference=at_reference,
        psnr_start=evidence.psnr_start,
        psnr_best=evidence.psnr_best,
        ms_ssim_best=evidence.ms_ssim_best,
        best_step=state.best_step,
        steps=state.step,
        skipped_steps=state.skipped,
        curve=tuple(RecoveryPoint(step=step, objective=value, psnr=ratio) for step, value, ratio in state.points),
        versions=versions(parse(recovery.spec.objective).measures),
    )


def _evidence(
    state: RecoveryState, spec: RecoverSpec, start: Tensor, reference: Tensor, ends: tuple[float, float]
) -> Evidence:
    """What the verdict is made of; ``ends`` are the objective's values at the start and at the reference."""
    first, at_reference = ends
    return Evidence(
        objective_start=first,
        objective_best=state.best_value,
        objective_last=state.points[-1][1],  # there is one of the start, which was found finite
        objective_reference=at_reference,
        psnr_start=_psnr(start, reference),
        psnr_best=_psnr(state.best, reference),
        ms_ssim_best=_ms_ssim(state.best, reference),
        steps=spec.steps,
        taken=state.step,
        skipped=state.skipped,
        last_rate=rate_at(spec, spec.steps - 1),
        lowest_rate=spec.lowest_rate,
        late=_late(state, spec, first),
        endless=parse(spec.objective).is_endless,
    )


def _pictures(state: RecoveryState, folder: Path, start: Tensor, reference: Tensor) -> tuple[str, str]:
    """The hashes of the contact sheet and of the best picture, which lie in the folder beside the curve."""
    shown = [(f"step {step}", pixels) for step, pixels in state.stages]
    best = (f"best, step {state.best_step}", eight_bits(state.best))
    sheet = contact_sheet([("start", eight_bits(start)), *shown, best, ("reference", eight_bits(reference))])
    picture = png(state.best)
    lines = ["step,objective,psnr", *(f"{step},{value!r},{ratio!r}" for step, value, ratio in state.points), ""]
    for name, data in ((SHEET, sheet), (BEST, picture), (CURVE, "\n".join(lines).encode())):
        write_whole(folder / name, data)
    return hashlib.sha256(sheet).hexdigest(), hashlib.sha256(picture).hexdigest()


@torch.no_grad()
def _value(objective: Loss, picture: Tensor, reference: Tensor, spec: RecoverSpec, where: str) -> float:
    value = objective(picture, reference).item()
    if not math.isfinite(value):
        raise NothingToFollow(spec.objective, where)
    return value


def _late(state: RecoveryState, spec: RecoverSpec, first: float) -> float:
    """The share of all that the objective fell which it fell over the last quarter of the steps, by the curve."""
    values = [(step, value) for step, value, _ in state.points]
    before = min((value for step, value in values if step <= 0.75 * spec.steps), default=first)
    lowest = min(value for _, value in values)
    return (before - lowest) / (first - lowest) if lowest < first else 0.0


def _all_finite(picture: Tensor) -> bool:
    return picture.grad is not None and bool(picture.grad.isfinite().all())


def _psnr(picture: Tensor, reference: Tensor) -> float:
    return peak_signal_to_noise((picture.double() - reference.double()).square().mean()).item()


def _ms_ssim(picture: Tensor, reference: Tensor) -> float | None:
    if min(reference.shape[-2:]) < measure("ms_ssim").smallest_side:
        return None
    return MEASURES["ms_ssim"](picture.double(), reference.double()).item()
