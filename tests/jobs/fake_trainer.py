"""Stands in for the trainer: the same contract, and it does at each attempt what ``play/<job>.json`` says.

Run as a process: ``python fake_trainer.py JOB ATTEMPT``.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path


def main() -> int:
    job, attempt = sys.argv[1:]
    data = Path(os.environ["BEHOLDER_DATA_DIR"])
    folder = data / "runs" / job / attempt
    with (data / "started.txt").open("a", encoding="ascii") as file:
        file.write(f"{job} {attempt}\n")
    moves = json.loads((data / "play" / f"{job}.json").read_text(encoding="utf-8"))
    move = moves[min(int(attempt), len(moves)) - 1]
    (folder / "environment.json").write_text(json.dumps(dict(os.environ)), encoding="utf-8")
    stop = threading.Event()
    if move["end"] != "stubborn":
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    for name, content in move.get("samples", {}).items():
        (folder / "samples").mkdir(exist_ok=True)
        (folder / "samples" / name).write_bytes(bytes.fromhex(content))
    sys.stderr.write(move.get("says", ""))
    for step in move.get("steps", []):
        report(step, move.get("usage"))
    return END[move["end"]](folder, stop, move)


def report(step: int, usage: dict[str, object] | None) -> None:
    line = json.dumps({"step": step, "total": 100, "loss": 1 / (1 + step), "usage": usage}) + "\n"
    os.write(int(os.environ["BEHOLDER_REPORT_FD"]), line.encode())


def save(folder: Path, step: int) -> str:
    content = f"weights after {step} steps".encode()
    digest = hashlib.sha256(content).hexdigest()
    (folder / f"checkpoint-{step}.pt").write_bytes(content)
    (folder / f"checkpoint-{step}.json").write_text(json.dumps({"sha256": digest, "step": step}), encoding="ascii")
    return digest


def done(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))["spec"]
    result: dict[str, object] = {"kind": "render", "task": "denoise", "pictures": []}
    if spec["kind"] == "train":
        result = {
            "kind": "train",
            "checkpoint": "checkpoint-100.pt",
            "sha256": save(folder, 100),
            "recipe_hash": "r",
            "steps": 100,
            "loss": 0.1,
            "psnr": 30.0,
            "versions": {},
        }
    if spec["kind"] == "score":
        pairs = json.loads((folder / "spec.json").read_text(encoding="utf-8"))["pairs"]
        values = [
            {"picture": pair["picture"], "reference": pair["reference"], "measure": name, "form": "rgb", "value": 0.5}
            for pair in pairs
            for name in spec["measures"]
        ]
        result = {"kind": "score", "values": values, "versions": {}}
    if spec["kind"] == "recover":
        result = {}  # all that a test says
    for name, content in move.get("files", {}).items():
        (folder / name).write_bytes(bytes.fromhex(content))
    (folder / "result.json").write_text(json.dumps(result | move.get("lie", {})), encoding="utf-8")
    return 0


def silent(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    return 0  # says it is done, and leaves nothing


def refuse(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    sys.stderr.write("loading\nThe photograph 'meadow' is smaller than the patch.\n\n")
    return 2


def exhaust(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    sys.stderr.write("The disk is full: make room and retry.\n")
    return 3


def crash(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    sys.stderr.write("Traceback: the GPU fell off the bus\n")
    save(folder, 40 + move.get("saved", 0))
    return 139


def wait(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    (folder / "waiting").touch()
    assert stop.wait(120)
    save(folder, 60)
    return 75


def stubborn(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / "waiting").touch()
    stop.wait(120)
    return 1


def leave_helper(folder: Path, stop: threading.Event, move: dict[str, int]) -> int:
    """Ends while a helper that holds the pipe goes on."""
    helper = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=(int(os.environ["BEHOLDER_REPORT_FD"]),)
    )
    (folder / "helper").write_text(str(helper.pid), encoding="ascii")
    return done(folder, stop, move)


END = {
    "done": done,
    "silent": silent,
    "refuse": refuse,
    "exhaust": exhaust,
    "crash": crash,
    "wait": wait,
    "stubborn": stubborn,
    "leave_helper": leave_helper,
}

if __name__ == "__main__":
    sys.exit(main())
