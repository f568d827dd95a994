"""``python -m trainer recover``: a photograph found again under each of some measures, without any server."""

import argparse
import csv
import hashlib
import io
import sys
from pathlib import Path
from typing import Literal, get_args

from pydantic import ValidationError
from torch import Tensor

from app import log
from app.catalog import measure
from app.errors import BadInput, Conflict
from app.jobs import objective
from app.jobs.contract import PhotographRef, RecoverResult, RecoverSpec, SceneRef
from trainer.checkpoint import checkpoints_in
from trainer.data import bytes_of, decode
from trainer.files import require_writable, write_whole
from trainer.machine import memory_of, prepare
from trainer.measures.readiness import require as require_measures
from trainer.recover import Recovery, recover
from trainer.recovery_state import OtherRecovery
from trainer.report import Report, heed
from trainer.scenes import SceneOutside, cut
from trainer.scorable import scorable

Start = Literal["noise", "jpeg"]
TABLE = "screening.csv"
_RESULT = "result.json"
_LONGEST = 200  # characters of an objective's name, as of a condition's
_LESS = "follow it on a part of the photograph with --side, or on another --device"
_COLUMNS = (
    "objective", "start", "verdict", "psnr_start", "psnr_best", "ms_ssim_best", "objective_start", "objective_best",
    "objective_reference", "best_step", "steps", "skipped_steps", "why",
)  # fmt: skip


class BadRecovery(BadInput):
    """A recovery's settings do not go together."""


class AlreadyRecovered(Conflict):
    """The folder holds an earlier recovery."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} already holds a recovery", "go on with it with --resume, or choose another folder"
        )  # fmt: skip


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Recovers; raises an ``AppError`` or ``Stopped``."""
    log.configure()
    require_writable(options.out)
    scene, reference = _scene(options.reference, options.side)
    specs = _specs(options, scene)
    for name, spec in specs.items():
        _check_folder(options.out / name, spec, options.resume)
    device = prepare(options.device, options.threads)
    finished = {name: result for name in specs if (result := _finished(options.out / name))}  # of one that is resumed
    left = [spec for name, spec in specs.items() if name not in finished]
    followed = dict.fromkeys(name for spec in left for name in objective.parse(spec.objective).measures)
    require_measures(followed, device, lambda: heed(report))  # now, and not after days under those before
    found = dict[str, RecoverResult]()
    for name, spec in specs.items():
        folder = options.out / name
        write_whole(folder / "spec.json", spec.model_dump_json(indent=1).encode())
        if name in finished:
            found[name] = finished[name]
        else:
            earlier = checkpoints_in(folder)
            last = earlier[0] if earlier else None
            with memory_of(device, _LESS):
                found[name] = recover(Recovery(spec, reference, folder, device, last, options.checkpoint_every), report)
        # after each, because all of them may take days
        write_whole(options.out / TABLE, _table({done: specs[done] for done in found}, found).encode())
    sys.stdout.write(_told(found))


def _scene(path: Path, side: int | None) -> tuple[SceneRef, Tensor]:
    """The middle of the photograph, and its pixels: 1 × 3 × H × W in [0, 1]."""
    data = bytes_of(path)
    pixels = decode(str(path), data)
    height, width, _ = pixels.shape
    if side is not None and min(height, width) < side:
        raise SceneOutside(f"{path} is {width}×{height} px, smaller than {side} px", "choose a smaller --side")
    wide, high = (side, side) if side else (width, height)
    scene = SceneRef(
        name=path.stem,
        photograph=PhotographRef(name=path.name, digest=hashlib.sha256(data).hexdigest()),
        left=(width - wide) // 2,
        top=(height - high) // 2,
        width=wide,
        height=high,
    )
    return scene, cut(scene, pixels)


def _specs(options: argparse.Namespace, scene: SceneRef) -> dict[str, RecoverSpec]:
    """What is to be done, by the name of its folder."""
    if options.objective is not None:
        texts = [options.objective]
    else:
        of = scorable(options.measures, "rgb", min(scene.width, scene.height))
        for name, why in of.left_out.items():
            log.logger("trainer").warning("left out", measure=name, why=why)
        texts = [measure(name).objective for name in of.measures]
    if any(len(objective.parse(text).name) > _LONGEST for text in texts):
        raise BadRecovery(
            f"The objective is too long for the name of a folder, which has {_LONGEST} characters at most",
            "write its coefficients with fewer digits, or take fewer measures",
        )
    starts: tuple[Start, ...] = get_args(Start) if options.start == "both" else (options.start,)
    return {
        f"{start}-{objective.parse(text).name}": _spec(options, scene, text, start)
        for text in texts
        for start in starts
    }  # fmt: skip


def _spec(options: argparse.Namespace, scene: SceneRef, text: str, start: Start) -> RecoverSpec:
    settings = ("quality", "steps", "learning_rate", "halve_every", "lowest_rate", "seed")
    try:
        return RecoverSpec(
            objective=text, scene=scene, start=start, **{name: getattr(options, name) for name in settings}
        )
    except ValidationError as error:
        smallest = objective.parse(text).smallest_side
        if min(scene.width, scene.height) < smallest:
            raise BadRecovery(
                f"{scene.width}×{scene.height} px are too small for {text!r}, which needs at least {smallest} px each "
                "way",
                f"choose a --side of at least {smallest}, or leave the measure out"
                if options.side
                else "take a larger photograph (--side only cuts a smaller part), or leave the measure out",
            ) from None
        reasons = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].removeprefix('Value error, ')}".lstrip(": ")
            for problem in error.errors()
        )
        raise BadRecovery(reasons, "change these and try again") from None


def _check_folder(folder: Path, spec: RecoverSpec, resume: bool) -> None:
    """Raises unless the folder is free, or holds what is to be gone on with."""
    if not (folder / "spec.json").exists():
        return
    if not resume:
        raise AlreadyRecovered(folder)
    try:
        theirs = RecoverSpec.model_validate_json((folder / "spec.json").read_bytes())
    except ValidationError:
        raise OtherRecovery(folder) from None
    if theirs != spec:
        raise OtherRecovery(folder)


def _finished(folder: Path) -> RecoverResult | None:
    """What an earlier run found in that folder; None where it did not come so far, or where that cannot be read."""
    path = folder / _RESULT
    if not path.is_file():
        return None
    try:
        return RecoverResult.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        log.logger("trainer").warning("found anew: its result is damaged", file=str(path))
        return None


def _table(specs: dict[str, RecoverSpec], found: dict[str, RecoverResult]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, result in found.items():
        row = {"objective": specs[name].objective, "start": specs[name].start} | result.model_dump(mode="json")
        writer.writerow({column: row[column] for column in _COLUMNS})
    return text.getvalue()


def _told(found: dict[str, RecoverResult]) -> str:
    width = max(len(name) for name in found)
    return "".join(f"{name.ljust(width)}  {result.verdict:10}  {result.why}\n" for name, result in found.items())
