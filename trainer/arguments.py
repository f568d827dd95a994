"""What can be said on the trainer's command line: a function for each command, and no torch."""

import argparse
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from app.jobs.contract import PUBLISHED_RECOVERY

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """The parser of ``python -m trainer``."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer",
        description="Trains restoration networks and renders what they restore.",
        epilog="Exit codes: 0 done, 75 stopped on request after saving, 2 refused, 3 out of memory or disk.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_run, _train, _render, _bench, _score, _recover, _fetch_weights):
        add(commands)
    return parser


def _run(commands: "_Commands") -> None:
    run = commands.add_parser("run", help="Carry out a job that a worker has prepared in the data folder.")
    run.add_argument("job", type=int, help="The job's number.")
    run.add_argument("--attempt", type=int, required=True, help="Which attempt at the job this is.")


def _train(commands: "_Commands") -> None:
    train = commands.add_parser("train", help="Train a network from a recipe, without any server.")
    train.add_argument("recipe", type=Path, help="A YAML file; docs/training-models.md lists its keys.")
    _folders(train)
    train.add_argument("--resume", action="store_true", help="Go on from the newest checkpoint in --out.")
    train.add_argument("--start-from", type=Path, metavar="FILE", help="A checkpoint that lends its weights (stage 2).")
    _checkpoints(train)
    train.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="A folder in which TensorBoard finds loss and speed."
    )


def _render(commands: "_Commands") -> None:
    render = commands.add_parser(
        "render", help="Restore photographs with a trained network, or render a baseline, without any server."
    )
    made_by = render.add_mutually_exclusive_group(required=True)
    made_by.add_argument("--checkpoint", type=Path, metavar="FILE", help="The file checkpoint-STEP.pt of a run.")
    made_by.add_argument(
        "--baseline",
        metavar="NAME",
        help="No network: input, which is the degraded input as it is, or jpeg for compress; with --task.",
    )
    render.add_argument("--task", metavar="TASK", help="The task of the baseline.")
    _folders(render)
    render.add_argument(
        "--side",
        type=_positive,
        metavar="N",
        help="Cut N×N pixels from the middle; default: 512, or what the smallest photograph holds.",
    )
    render.add_argument("--whole", action="store_true", help="Take whole photographs, or as much as the task can take.")
    render.add_argument(
        "--scenes", type=_positive, default=20, metavar="N", help="At most so many photographs, by name; default: 20."
    )
    render.add_argument("--seed", type=int, default=0, help="Equal seeds degrade a scene equally; default: 0.")


def _bench(commands: "_Commands") -> None:
    bench = commands.add_parser(
        "bench", help="Measure how fast the trainer is on this machine, beside what others use."
    )
    benches = bench.add_subparsers(dest="what", required=True)
    _bench_measures(benches)
    _bench_train(benches)


def _bench_measures(benches: "_Commands") -> None:
    measures = benches.add_parser(
        "measures", help="Time value and gradient of each measure, ours and pyiqa's, in alternation."
    )
    _device(measures)
    measures.add_argument("--threads", type=_positive, default=0, metavar="N", help="CPU threads; default: all.")
    measures.add_argument(
        "--measures", default="all", metavar="ID,ID", help="Which; default: all that need no weights."
    )
    measures.add_argument("--batch", type=_positive, default=4, metavar="N", help="Pictures at a time; default: 4.")
    measures.add_argument("--side", type=_positive, default=192, metavar="N", help="Their side, px; default: 192.")
    measures.add_argument(
        "--seconds", type=_seconds, default=10.0, metavar="S", help="How long each measure is timed; default: 10."
    )
    measures.add_argument("--json", action="store_true", help="Write one JSON object instead of a table.")


def _score(commands: "_Commands") -> None:
    score = commands.add_parser("score", help="What measures say of pictures beside their references.")
    score.add_argument("--result", type=Path, required=True, metavar="PATH", help="A picture, or a folder of them.")
    score.add_argument(
        "--reference",
        type=Path,
        metavar="PATH",
        help="What is compared with, under the same name in a folder; not needed for a folder that render wrote.",
    )
    score.add_argument(
        "--measures", default="all", metavar="IDS", help="Separated by commas; default: all that can be told here."
    )
    score.add_argument(
        "--form", choices=("rgb", "y"), default="rgb", help="Each channel, or the luma alone; default: rgb."
    )
    form = score.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="One JSON object instead of a table.")
    form.add_argument("--csv", action="store_true", help="A line for each value, as `beholder measures` imports them.")
    _machine(score)


def _recover(commands: "_Commands") -> None:
    recover = commands.add_parser("recover", help="Find a photograph again by following a measure alone.")
    recover.add_argument("--reference", type=Path, required=True, metavar="FILE", help="The photograph.")
    recover.add_argument("--out", type=Path, required=True, metavar="DIR", help="Where the results go.")
    recover.add_argument("--side", type=_positive, metavar="N", help="Cut N×N pixels from its middle; default: all.")
    followed = recover.add_mutually_exclusive_group()
    followed.add_argument(
        "--measures", default="all", metavar="IDS", help="Separated by commas; default: all that can be followed here."
    )
    followed.add_argument("--objective", metavar="TEXT", help="A sum of measures instead, such as 'mae + 0.1*gmsd'.")
    recover.add_argument(
        "--start", choices=("noise", "jpeg", "both"), default="both", help="What to begin with; default: both."
    )
    for name, sort, letter, what in (
        ("quality", _positive, "Q", "Of the JPEG"),
        ("steps", _positive, "N", "In all"),
        ("learning_rate", float, "R", "Of Adam"),
        ("halve_every", _positive, "N", "Steps"),
        ("lowest_rate", float, "R", "Never below"),
    ):
        usual = getattr(PUBLISHED_RECOVERY, name)
        flag, told = f"--{name.replace('_', '-')}", f"{what}; default: {usual}, as published."
        recover.add_argument(flag, type=sort, default=usual, metavar=letter, help=told)
    recover.add_argument("--seed", type=int, default=0, help="Of the noise; default: 0.")
    recover.add_argument("--resume", action="store_true", help="Go on with what --out holds, finished ones apart.")
    _checkpoints(recover)
    _machine(recover)


def _checkpoints(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--checkpoint-every",
        type=_seconds,
        default=300.0,
        metavar="SECONDS",
        help="How much work a power cut may cost; default: 300.",
    )


def _fetch_weights(commands: "_Commands") -> None:
    fetch = commands.add_parser("fetch-weights", help="Bring the weights of learned measures here.")
    fetch.add_argument(
        "--measures", default="all", metavar="ID,ID", help="Of which measures; default: of all that need weights."
    )
    fetch.add_argument(
        "--verify", action="store_true", help="Compare the measures with values that their authors publish."
    )


def _bench_train(benches: "_Commands") -> None:
    train = benches.add_parser("train", help="Time a training step, ours and a plain eager loop's, in alternation.")
    _machine(train)
    train.add_argument(
        "--task", default="all", choices=("all", "denoise", "superres"), help="Which network; default: both."
    )
    train.add_argument("--preset", metavar="NAME", help="Its size; default: paper on a GPU, tiny on a CPU.")
    train.add_argument(
        "--precision", choices=("fp32", "bf16"), help="Of our trunk; default: bf16 on a GPU, fp32 on a CPU."
    )
    train.add_argument(
        "--seconds", type=_seconds, default=20.0, metavar="S", help="How long each task is timed; default: 20."
    )
    train.add_argument("--json", action="store_true", help="Write one JSON object instead of a table.")


def _folders(command: argparse.ArgumentParser) -> None:
    command.add_argument("--photos", type=Path, required=True, metavar="DIR", help="A folder of photographs.")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="Where the results go.")
    _machine(command)


def _machine(command: argparse.ArgumentParser) -> None:
    _device(command)
    command.add_argument(
        "--threads", type=_positive, default=0, metavar="N", help="CPU threads; default: what the network keeps busy."
    )


def _device(command: argparse.ArgumentParser) -> None:
    command.add_argument("--device", default="auto", help="cpu, cuda or cuda:1; default: a GPU where there is one.")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds
