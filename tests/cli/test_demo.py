"""The demonstration from its one command: real photographs, real trainings, the real server."""

import csv
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app.db import Database
from app.jobs import views
from app.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _start(data: Path, *options: str) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BEHOLDER_")}
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", "demo", *options],
        env=environment | {"BEHOLDER_DATA_DIR": str(data), "BEHOLDER_PORT": "0", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _rankings(data: Path) -> dict[str, list[str]]:
    (table,) = data.glob("results/study-*/rankings.csv")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {task: [row["condition"] for row in rows if row["task"] == task] for task in ("denoise", "superres")}


def test_the_demonstration_finds_the_planted_ranking_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with _start(data, "--exit") as interrupted:
        _await_line(interrupted, "Beholder serves")
        interrupted.send_signal(signal.SIGINT)  # in mid-training: the newcomer had second thoughts
        interrupted.communicate(timeout=120)

    with _start(data, "--exit") as whole:
        told, _ = whole.communicate(timeout=800)
    assert whole.returncode == 0, told
    assert "Traceback" not in told
    assert _rankings(data) == {"denoise": ["ms_ssim", "mae", "gmsd"], "superres": ["mae", "gmsd", "ms_ssim"]}
    assert re.search(r"excluded +sim-07 ", told)

    attempts = _attempts(data)
    with _start(data) as served:
        link = _await_line(served, "Try it as a subject").split()[-1]
        with urllib.request.urlopen(link.replace("localhost", "127.0.0.1")) as reply:
            page = reply.read().decode()
        _await_line(served, "Ctrl-C ends it")
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=60)
    assert "Demonstration" in page
    assert served.returncode == 0
    assert _attempts(data) == attempts  # nothing was trained twice


def _await_line(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout is not None
    return next(line for line in process.stdout if words in line)


def _attempts(data: Path) -> dict[str, int]:
    database = Database(Settings(data_dir=data).database)
    try:
        return {job.title: job.attempt for job in views.listing(database)}
    finally:
        database.close()
