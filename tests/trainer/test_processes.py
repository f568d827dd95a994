"""Real trainer processes that are killed, stopped, abandoned and cut short by a full disk lose nothing."""

import os
import resource
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from app.jobs.contract import Assignment, PhotographRef, Progress, Recipe, TrainResult, TrainSpec
from app.media import Media
from app.settings import Settings
from tests.trainer.conftest import Listener, Trainer
from trainer.checkpoint import checkpoints_in, load
from trainer.data import from_media
from trainer.train import Training, train


@dataclass
class Job:
    """Training job 7, whose attempts are started as the worker starts them."""

    settings: Settings
    media: Media
    spec: TrainSpec
    start_trainer: Trainer

    def folder(self, attempt: int) -> Path:
        return self.settings.runs / "7" / str(attempt)

    def start(self, attempt: int, *, resume_from: Path | None = None, seconds: float = 300) -> "Running":
        assignment = Assignment(
            job=7,
            attempt=attempt,
            spec=self.spec,
            media=self.media.url,
            resume_from=str(resume_from) if resume_from else None,
            checkpoint_seconds=seconds,
            threads=1,
        )
        self.folder(attempt).mkdir(parents=True)
        (self.folder(attempt) / "spec.json").write_text(assignment.model_dump_json())
        read_end, write_end = os.pipe()
        process = self.start_trainer(["run", "7", "--attempt", str(attempt)], write_end)
        os.close(write_end)
        return Running(process, read_end)


@dataclass
class Running:
    process: "subprocess.Popen[str]"
    read_end: int

    def until_step(self, step: int) -> None:
        """Returns once the process has reported that step or a later one."""
        with os.fdopen(os.dup(self.read_end)) as lines:
            for line in lines:
                if Progress.model_validate_json(line).step >= step:
                    return
        raise AssertionError(self.process.communicate()[1])

    def hang_up(self) -> None:
        os.close(self.read_end)

    def end(self) -> tuple[int, str]:
        """The exit code and the log."""
        log = self.process.communicate(timeout=120)[1]
        return self.process.returncode, log


@pytest.fixture
def job(recipe: Recipe, photos: Path, settings: Settings, media: Media, start_trainer: Trainer) -> Job:
    refs = tuple(PhotographRef(name=path.name, digest=media.put_file(path)) for path in sorted(photos.iterdir()))
    spec = TrainSpec(recipe=recipe.model_copy(update={"steps": 500}), photographs=refs)
    return Job(settings, media, spec, start_trainer)


def uninterrupted(job: Job, folder: Path) -> TrainResult:
    """The result of the same training in one go, in this process."""
    photographs = from_media(job.media, job.spec.photographs)
    return train(Training(job.spec.recipe, photographs, folder, torch.device("cpu")), Listener())


def final(folder: Path) -> tuple[str, bytes]:
    newest = checkpoints_in(folder)[0]
    return newest.name, newest.read_bytes()


def test_a_training_killed_in_the_middle_continues_to_the_same_last_byte(job: Job, tmp_path: Path) -> None:
    killed = job.start(1, seconds=0)  # a checkpoint after every step: it may well be killed while writing one
    killed.until_step(2)
    killed.process.send_signal(signal.SIGKILL)
    assert killed.end()[0] == -signal.SIGKILL
    left = checkpoints_in(job.folder(1))[0]
    assert 1 <= int(left.stem.removeprefix("checkpoint-")) < 500
    assert not (job.folder(1) / "result.json").exists()

    code, log = job.start(2, resume_from=left).end()
    assert code == 0, log
    result = uninterrupted(job, tmp_path / "in one go")
    assert final(job.folder(2)) == final(tmp_path / "in one go")
    assert TrainResult.model_validate_json((job.folder(2) / "result.json").read_bytes()) == result


def test_a_training_whose_newest_checkpoint_is_damaged_continues_from_the_one_before(job: Job, tmp_path: Path) -> None:
    stopped = job.start(1, seconds=0)
    stopped.until_step(3)
    stopped.process.terminate()
    assert stopped.end()[0] == 75
    newest, before = checkpoints_in(job.folder(1))
    newest.write_bytes(newest.read_bytes()[:-100])

    code, log = job.start(2, resume_from=newest).end()
    assert code == 0, log
    assert "checkpoint passed over" in log
    assert f"step={load(before).sidecar.step} " in log
    uninterrupted(job, tmp_path / "in one go")
    assert final(job.folder(2)) == final(tmp_path / "in one go")


def test_sigterm_saves_and_exits_with_75(job: Job) -> None:
    running = job.start(1)
    running.until_step(1)
    running.process.terminate()
    code, log = running.end()
    assert code == 75
    assert log.splitlines()[-1] == "Stopped on request; what was done is saved."
    assert load(checkpoints_in(job.folder(1))[0]).sidecar.step >= 1
    assert not (job.folder(1) / "result.json").exists()


def test_a_worker_that_hangs_up_makes_the_training_save_and_stop(job: Job) -> None:
    running = job.start(1)
    running.hang_up()
    assert running.end()[0] == 75
    assert load(checkpoints_in(job.folder(1))[0]).sidecar.step >= 1


def test_a_full_disk_is_named_and_leaves_the_earlier_checkpoint_alone(job: Job, start_trainer: Trainer) -> None:
    running = job.start(1)
    running.until_step(1)
    running.process.terminate()
    assert running.end()[0] == 75
    earlier = final(job.folder(1))

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # the kernel refuses to let any file grow beyond this

    code, log = end_of(start_trainer(["run", "7", "--attempt", "1"], preexec_fn=small_files))
    assert code == 3
    assert "could not be written to" in log.splitlines()[-1]
    assert "make room there and start again" in log.splitlines()[-1]
    assert final(job.folder(1)) == earlier
    assert not list(job.folder(1).glob("*.part"))
    assert not (job.folder(1) / "result.json").exists()

    code, log = end_of(start_trainer(["run", "7", "--attempt", "1"]))  # room has been made
    assert code == 0, log


def end_of(process: "subprocess.Popen[str]") -> tuple[int, str]:
    log = process.communicate(timeout=120)[1]
    return process.returncode, log


def test_a_photograph_that_the_store_has_lost_is_a_sentence_and_not_a_traceback(job: Job) -> None:
    ref = PhotographRef(name="gone.png", digest="0" * 64)
    job.spec = job.spec.model_copy(update={"photographs": (ref,)})
    code, log = job.start(1).end()
    assert code == 2
    assert "The store has no object 0000" in log.splitlines()[-1]
    assert "Traceback" not in log


def test_a_job_that_nobody_prepared_is_refused(start_trainer: Trainer) -> None:
    code, log = end_of(start_trainer(["run", "99", "--attempt", "1"]))
    assert code == 2
    assert len(log.splitlines()) == 1
    assert "99/1/spec.json does not say what to do" in log
