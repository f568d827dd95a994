"""``python -m trainer bench``: how fast the trainer is on this machine, beside what others use."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch

from app.catalog import MEASURES as CATALOGUE
from app.catalog import measure
from trainer.bench import pyiqa
from trainer.bench.clock import spread
from trainer.bench.measures import Timing, aims, geometric_mean, time_measures
from trainer.commands import bench_train
from trainer.machine import memory_of, name_of, prepare
from trainer.report import Report
from trainer.versions import versions


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Times what was asked for and says so on standard output; raises an ``AppError`` or ``Stopped``."""
    _BENCHES[options.what](options, report)


def _measures(options: argparse.Namespace, report: Report) -> None:
    device = prepare(options.device, options.threads)
    shape = (options.batch, 3, options.side, options.side)
    with memory_of(device):
        timings = time_measures(_named(options.measures), shape, device, options.seconds, report)
    said = _as_json(timings, shape, device) if options.json else "\n".join(_as_text(timings, shape, device))
    sys.stdout.write(said + "\n")


_BENCHES: dict[str, Callable[[argparse.Namespace, Report], None]] = {
    "measures": _measures,
    "train": bench_train.carry_out,
}


def _named(text: str) -> Sequence[str]:
    """The measures meant by ``all`` (of those that need no weights) or by ids with commas between."""
    if text == "all":
        return [name for name, known in CATALOGUE.items() if not known.needs_weights]
    return [measure(name.strip()).id for name in text.split(",")]


def _as_json(timings: dict[str, Timing], shape: tuple[int, ...], device: torch.device) -> str:
    found: dict[str, Any] = {
        "device": name_of(device),
        "threads": torch.get_num_threads(),
        "versions": versions() | ({"pyiqa": pyiqa.version()} if pyiqa.installed() else {}),
        "shape": shape,
        "measures": {
            name: {
                "form": timing.form,
                "ours_ms": timing.ours.median,
                "pyiqa_ms": timing.theirs and timing.theirs.median,
                "ratio": timing.ratio,
                "timings": timing.ours.count,
                "quartiles_ms": {
                    name: (taken.lower, taken.upper)
                    for name, taken in (("ours", timing.ours), ("pyiqa", timing.theirs))
                    if taken
                },
            }
            for name, timing in timings.items()
        },
        "geometric_mean": geometric_mean(timings),
        "aims": [{"aim": aim.text, "reached": aim.reached, "timings": aim.timings} for aim in aims(timings)],
    }
    return json.dumps(found, indent=1)


def _as_text(timings: dict[str, Timing], shape: tuple[int, ...], device: torch.device) -> list[str]:
    lines = [
        f"Value and gradient of {'×'.join(map(str, shape))} numbers on {name_of(device)}, "
        f"{torch.get_num_threads()} CPU threads; median milliseconds, quartiles, and "
        "how many timings of each they stand on.",
        f"{'measure':12} {'form':4} {'ours':>9} {'quartiles':>19} {'pyiqa':>9} {'quartiles':>19} {'ratio':>7} {'n':>3}",
    ]
    for name, timing in timings.items():
        theirs, ratio = timing.theirs, timing.ratio
        beside = f"{'–':>9} {'–':>19} {'–':>7}"
        if theirs is not None and ratio is not None:
            beside = f"{theirs.median:9.2f} {spread(theirs):>19} {ratio:6.1f}×"
        ours = timing.ours
        lines.append(f"{name:12} {timing.form:4} {ours.median:9.2f} {spread(ours):>19} {beside} {ours.count:3}")
    if not pyiqa.installed():
        lines.append("pyiqa is not installed here, so that ours were timed alone.")
    return lines + [str(aim) for aim in aims(timings)]
