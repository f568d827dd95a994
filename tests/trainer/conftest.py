"""What the trainer's tests need: small photographs, a recipe that trains in a second, and one thread."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from app.jobs.contract import Network, Progress, Recipe

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Bit-exactness is promised for one number of threads; and two processes with two each are slow on two cores."""
    torch.set_num_threads(1)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of two photographs, 90 × 70 and 64 × 80 pixels: smooth shapes with an edge."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, width, height, phase in (("lake.png", 90, 70, 0.0), ("tower.png", 64, 80, 1.5)):
        Image.fromarray(scenery(width, height, phase)).save(folder / name)
    return folder


@pytest.fixture
def recipe() -> Recipe:
    """The smallest useful training."""
    return Recipe(
        task="denoise",
        objective="mae",
        network=Network(channels=4, blocks=1),
        patch=24,
        batch=2,
        steps=12,
        learning_rate=2e-3,
        halve_every=100,
        seed=5,
    )


class Listener:
    """A report that keeps what it is told, and asks to stop after so many steps."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.heard: list[Progress] = []
        self.stop_requested = False
        self._stop_after = stop_after

    def due(self) -> bool:
        return True

    def progress(self, progress: Progress) -> None:
        self.heard.append(progress)
        self.stop_requested = progress.step == self._stop_after


Trainer = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_trainer(tmp_path: Path) -> Trainer:
    """Starts ``python -m trainer`` as a real process that shares nothing with this one."""

    def start(
        arguments: Sequence[str | Path], report_fd: int | None = None, **options: object
    ) -> "subprocess.Popen[str]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BEHOLDER_")}
        environment |= {"BEHOLDER_DATA_DIR": str(tmp_path / "data"), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        if report_fd is not None:
            environment["BEHOLDER_REPORT_FD"] = str(report_fd)
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [sys.executable, "-m", "trainer", *map(str, arguments)],
            env=environment,
            cwd=tmp_path,
            pass_fds=() if report_fd is None else (report_fd,),
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    return start


def scenery(width: int, height: int, phase: float) -> np.ndarray:
    """A picture with slopes, waves and a hard edge, H × W × 3."""
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / (3 + c) + phase) * np.cos(y / (4 + c)) for c in range(3)], axis=-1)
    edge = (x + y > (width + height) / 2)[..., None] * 0.3
    return np.clip((0.5 + 0.2 * waves + edge - 0.15) * 255, 0, 255).astype(np.uint8)
