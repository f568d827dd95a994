"""The real worker and the real trainer: what is killed in the middle is finished by another."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from app.db import Database
from app.db.models import JobState
from app.jobs import store
from app.jobs.contract import Assignment, Network, Recipe, TrainSpec
from app.jobs.photo_files import PhotoFile
from app.jobs.photographs import add_photographs
from app.media import Media
from app.settings import Settings
from tests.jobs.moments import until
from trainer.data import from_media
from trainer.report import TerminalReport
from trainer.train import Training, train

STEPS = 1500


@pytest.fixture
def job(database: Database, media: Media, tmp_path: Path) -> int:
    """A small training on a photograph of noise, long enough to be killed in the middle."""
    files = []
    for name in ("moor", "fell"):
        pixels = np.random.default_rng(len(files)).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        files.append(PhotoFile(name, tmp_path / f"{name}.png", "made here"))
    taken = add_photographs(database, media, "noise", files, test=["fell"])
    recipe = Recipe(
        task="denoise", objective="mae", network=Network(channels=4, blocks=1), patch=16, batch=1, steps=STEPS
    )
    spec = TrainSpec(recipe=recipe, photographs=tuple(photograph.ref for photograph in taken.train))
    return store.launch(database, spec, title="small")


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """An impatient installation."""
    return os.environ | {
        "BEHOLDER_DATA_DIR": str(settings.data_dir),
        "BEHOLDER_DATABASE_URL": settings.database_url,
        "BEHOLDER_GPUS": "none",
        "BEHOLDER_THREADS": "1",
        "BEHOLDER_LEASE_SECONDS": "3",
        "BEHOLDER_HEARTBEAT_SECONDS": "0.3",
        "BEHOLDER_CHECKPOINT_SECONDS": "0.1",
    }


def worker(name: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "app.cli", "worker", "--name", name, "--until-idle"]
    return subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("trainer_dies_too", [False, True])
def test_a_training_whose_worker_was_killed_is_finished_by_another_from_its_last_checkpoint(
    job: int,
    database: Database,
    media: Media,
    settings: Settings,
    environment: dict[str, str],
    tmp_path: Path,
    trainer_dies_too: bool,
) -> None:
    first = worker("first", environment)
    folder = settings.runs / str(job)
    try:
        until(lambda: list((folder / "1").glob("checkpoint-*.json")))
        until(lambda: store.get(database, job).state is JobState.RUNNING)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    if trainer_dies_too:  # as when the machine goes down
        _kill_trainer(database)
    assert store.get(database, job).state is JobState.RUNNING, "nobody has noticed yet"

    assert worker("second", environment).wait(120) == 0

    view = store.get(database, job)
    assert (view.state, view.attempt, view.worker) == (JobState.SUCCEEDED, 2, "second")
    told = Assignment.model_validate_json((folder / "2" / "spec.json").read_bytes())
    assert told.resume_from is not None
    assert Path(told.resume_from).parent == folder / "1"
    assert 0 < int(Path(told.resume_from).stem.removeprefix("checkpoint-")) < STEPS
    assert view.result is not None
    assert view.result["steps"] == STEPS
    assert view.result["sha256"] == uninterrupted(told, media, tmp_path / "in one go")


def uninterrupted(told: Assignment, media: Media, folder: Path) -> str:
    """The sha256 of the last checkpoint of the same training in one go, in this process."""
    assert isinstance(told.spec, TrainSpec)
    torch.set_num_threads(1)  # as the worker was told
    photographs = from_media(media, told.spec.photographs)
    return train(Training(told.spec.recipe, photographs, folder, torch.device("cpu")), TerminalReport()).sha256


def _kill_trainer(database: Database) -> None:
    with database.read() as db:
        ref = db.connection().exec_driver_sql("SELECT engine_ref FROM jobs").scalar_one()
    with contextlib.suppress(ProcessLookupError):  # its worker is gone: it may have saved and stopped by now
        os.killpg(int(ref.split(":")[1]), signal.SIGKILL)


def test_a_worker_told_to_stop_in_mid_training_gives_the_job_back_at_once(
    job: int, database: Database, settings: Settings, environment: dict[str, str]
) -> None:
    first = worker("first", environment)
    until(lambda: list((settings.runs / str(job) / "1").glob("checkpoint-*.json")))
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0
    assert (store.get(database, job).state, store.workers(database)) == (JobState.QUEUED, [])
