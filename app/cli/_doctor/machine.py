"""What trainings run on: the device, the engine, and the workers with their jobs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from app.cli._doctor.findings import Finding, ill, judged, note, told_by, well
from app.db import Database
from app.errors import AppError
from app.jobs.attendance import attendance
from app.jobs.devices import slots
from app.jobs.engines.local import trainer_argv
from app.settings import Settings

_PATIENCE = 120  # seconds for a child; PyTorch takes some to be imported
_INSTALL = (
    "`pip install '.[trainer]'` in Beholder's checkout where trainings run; a server that only shows studies needs none"
)
_ASK_TORCH = (
    "import json, torch; "
    "print(json.dumps([torch.__version__, torch.cuda.device_count() if torch.cuda.is_available() else 0, "
    "torch.get_num_threads()]))"
)


def device(told: Settings) -> Iterator[Finding]:
    """The devices that the settings grant are there, and PyTorch can use them."""
    try:
        granted = slots(told.gpus, told.cpu_jobs)
    except AppError as error:
        yield told_by("device", error)
        return
    if find_spec("torch") is None:
        yield note("device", "PyTorch is not installed, so nothing can be trained here", _INSTALL)
        return
    said, trouble = _child([sys.executable, "-c", _ASK_TORCH])
    if trouble:
        yield ill(
            "device",
            f"PyTorch cannot be loaded ({trouble})",
            "install it again: `pip install '.[trainer]'` in Beholder's checkout",
        )
        return
    version, gpus, threads = json.loads(said)
    names = ", ".join(slot.name for slot in granted)
    cores = os.cpu_count() or 1
    if any(slot.gpu is not None for slot in granted) and not gpus:
        fix = "install the PyTorch that fits the driver (pytorch.org says which), or set BEHOLDER_GPUS=none"
        yield ill("device", f"the driver names {names}, and PyTorch {version} can use no GPU", fix)
    elif told.threads > cores:
        finding = f"a job takes {told.threads} threads, and this machine has {cores} cores"
        yield note("device", finding, "set BEHOLDER_THREADS to no more, or to 0")
    else:
        yield well("device", f"{names}; PyTorch {version}, {told.threads or threads} threads at most")


def engine(told: Settings) -> Iterator[Finding]:
    """A job's process starts, and finds a place for its files."""
    argv = trainer_argv(1, 1)
    argv = [*argv[: argv.index("trainer") + 1], "--help"]
    _, trouble = _child(argv)
    if trouble:
        yield ill("engine", f"`{' '.join(argv[1:])}` does not answer ({trouble})", "install Beholder again")
    elif told.runs.is_dir() and not os.access(told.runs, os.W_OK | os.X_OK):
        yield ill(
            "engine",
            f"{told.runs} cannot be written to",
            f"give it to whoever runs the worker: chown -R $USER {told.runs}",
        )
    elif told.runs.exists() and not told.runs.is_dir():
        yield ill("engine", f"{told.runs} is no folder", "move it away: each attempt at a job has a folder there")
    else:
        yield well("engine", "jobs' processes start on this machine")


def workers(database: Database) -> Iterator[Finding]:
    """Whoever waits is waited on, and no job is held by a worker that is gone."""
    for one in attendance(database):
        yield judged(one.check, one.health, one.finding, one.fix)


def _child(argv: list[str]) -> tuple[str, str]:
    """What a process printed, and what went wrong with it."""
    try:
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {_PATIENCE} seconds"
    except OSError as error:
        return "", str(error)
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1]
        return "", last
    return ended.stdout, ""
