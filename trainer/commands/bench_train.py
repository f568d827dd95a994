"""``python -m trainer bench train``: what it was asked to time, and what it says."""

import argparse
import json
import sys

import torch

from trainer.bench.clock import spread
from trainer.bench.training import AIMS, StepTiming, aim, bench_recipe, time_step
from trainer.machine import memory_of, name_of, prepare, useful_threads
from trainer.report import Report
from trainer.versions import versions


def carry_out(options: argparse.Namespace, report: Report) -> None:
    """Times our step and the plain loop's, and says so on standard output; raises an ``AppError`` or ``Stopped``."""
    device = prepare(options.device, options.threads)
    timings = []
    with memory_of(device):
        for task in AIMS if options.task == "all" else (options.task,):
            recipe = bench_recipe(task, options.preset, options.precision, device)
            torch.set_num_threads(options.threads or useful_threads(recipe))
            timings.append(time_step(recipe, device, options.seconds, report))
    said = _as_json(timings, device) if options.json else "\n".join(_as_text(timings, device))
    sys.stdout.write(said + "\n")


def _as_json(timings: list[StepTiming], device: torch.device) -> str:
    aims = [found for timing in timings if (found := aim(timing, device))]
    return json.dumps(
        {
            "device": name_of(device),
            "threads": torch.get_num_threads(),
            "versions": versions(),
            "steps": [
                {
                    "recipe": timing.recipe.model_dump(mode="json"),
                    "ours_ms": timing.ours.median,
                    "plain_ms": timing.plain.median,
                    "ratio": timing.ratio,
                    "timings": timing.ours.count,
                    "quartiles_ms": {
                        "ours": (timing.ours.lower, timing.ours.upper),
                        "plain": (timing.plain.lower, timing.plain.upper),
                    },
                    "crops_per_second": timing.crops_per_second,
                }
                for timing in timings
            ],
            "aims": [{"aim": found.text, "reached": found.reached, "timings": found.timings} for found in aims],
        },
        indent=1,
    )


def _as_text(timings: list[StepTiming], device: torch.device) -> list[str]:
    lines = [
        f"One training step on {name_of(device)}; median milliseconds of ours and of a plain eager loop, quartiles, "
        "and how many timings of each they stand on.",
        f"{'task':10} {'size':42} {'ours':>9} {'quartiles':>19} {'plain':>9} {'quartiles':>19} {'ratio':>7} "
        f"{'n':>3} {'crops/s':>8}",
    ]
    for timing in timings:
        recipe = timing.recipe
        size = (
            f"{recipe.network.channels} channels, {recipe.network.blocks} blocks, {recipe.batch} × {recipe.patch} px, "
            f"{recipe.precision}"
        )
        lines.append(
            f"{recipe.task:10} {size:42} {timing.ours.median:9.2f} {spread(timing.ours):>19} "
            f"{timing.plain.median:9.2f} {spread(timing.plain):>19} {timing.ratio:6.2f}× {timing.ours.count:3} "
            f"{timing.crops_per_second:8.0f}"
        )
    found = [aim(timing, device) for timing in timings]
    lines += [str(one) for one in found if one]
    return lines if any(found) else [*lines, "Aims are set for the published size on a GPU; here the figures are told."]
