"""Two processes train as one does with the whole batch, stop together, go on in another number, and end together."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import torch

from app.jobs.contract import Assignment, PhotographRef, Progress, Recipe, TrainResult, TrainSpec
from app.media import Media
from app.settings import Settings
from tests.trainer.conftest import ROOT, Listener, Trainer
from trainer.checkpoint import checkpoints_in, load
from trainer.company import Company, Meetings, Unaccompanied, UnevenShares, company
from trainer.crew import _free_port
from trainer.crops import Crops, ShippedCrops
from trainer.data import from_folder
from trainer.exits import REFUSED
from trainer.train import Training, _begun, train

CPU = torch.device("cpu")


@pytest.fixture
def shared(recipe: Recipe) -> Recipe:
    """A batch that divides by two, with all that must stay alike in both processes."""
    return recipe.model_copy(update={"batch": 4, "steps": 45, "ema": 0.9, "clip_norm": 0.05})


@pytest.fixture
def alone(shared: Recipe, photos: Path, tmp_path: Path) -> Path:
    """The last checkpoint of the same training in one process."""
    train(Training(shared, from_folder(photos), tmp_path / "alone", torch.device("cpu")), Listener())
    return checkpoints_in(tmp_path / "alone")[0]


def assert_alike(found: Path, wanted: Path) -> None:
    ours, theirs = load(found).state, load(wanted).state
    assert (ours["step"], ours["skipped"]) == (theirs["step"], theirs["skipped"])
    assert torch.equal(ours["generator"], theirs["generator"]), "the same random numbers were drawn"
    for weights in ("network", "averaged"):
        for name, tensor in theirs[weights].items():
            torch.testing.assert_close(ours[weights][name], tensor, rtol=1e-3, atol=1e-4, msg=f"{weights}: {name}")
    torch.testing.assert_close(ours["loss"], theirs["loss"], rtol=1e-3, atol=1e-5)


Started = tuple["subprocess.Popen[str]", int]
Start = Callable[..., Started]


@pytest.fixture
def start(shared: Recipe, photos: Path, settings: Settings, media: Media, start_trainer: Trainer) -> Start:
    """Starts an attempt at job 7 in two processes; the leader, and where its reports are read."""
    refs = tuple(PhotographRef(name=path.name, digest=media.put_file(path)) for path in sorted(photos.iterdir()))

    def start(attempt: int, resume_from: Path | None = None, steps: int = shared.steps) -> Started:
        assignment = Assignment(
            job=7, attempt=attempt, media=media.url, processes=2, threads=1,
            spec=TrainSpec(recipe=shared.model_copy(update={"steps": steps}), photographs=refs),
            resume_from=str(resume_from) if resume_from else None,
        )  # fmt: skip
        folder = settings.runs / "7" / str(attempt)
        folder.mkdir(parents=True)
        (folder / "spec.json").write_text(assignment.model_dump_json())
        read_end, write_end = os.pipe()
        process = start_trainer(["run", "7", "--attempt", str(attempt)], write_end)
        os.close(write_end)
        return process, read_end

    return start


@pytest.mark.slow
def test_a_job_of_two_processes_stops_together_and_goes_on_as_one_process_would(
    alone: Path, settings: Settings, start: Start
) -> None:
    process, read_end = start(1)
    with os.fdopen(read_end) as lines:
        assert Progress.model_validate_json(next(lines)).step == 1, "both look up after their first step"
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=120)[1]
    assert process.returncode == 75, log
    left = checkpoints_in(settings.runs / "7" / "1")[0]
    assert 1 < load(left).sidecar.step < 45

    process, read_end = start(2, left)
    log = process.communicate(timeout=120)[1]
    os.close(read_end)
    assert process.returncode == 0, log
    result = TrainResult.model_validate_json((settings.runs / "7" / "2" / "result.json").read_bytes())
    assert_alike(settings.runs / "7" / "2" / result.checkpoint, alone)


@pytest.mark.slow
def test_a_helper_that_is_killed_ends_the_job_with_a_sentence_and_as_it_was_ended_itself(start: Start) -> None:
    process, read_end = start(1, steps=100_000)
    with os.fdopen(read_end) as lines:
        next(lines)
        (helper,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(helper), signal.SIGKILL)
        log = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + signal.SIGKILL
    assert log.splitlines()[-1].startswith("Process 1 of the 2 that train together (counted from 0) was ended by sig")


def test_a_helper_that_refuses_ends_the_leader_that_waits_for_it(tmp_path: Path) -> None:
    """It is told of a job that is none; the leader waits where no signal reaches it."""
    script = (
        "import torch, trainer.crew as crew; from trainer.company import company\n"
        "crew._PATIENCE = 0.1\n"
        "with crew.helpers(2, ['run', '99', '--attempt', '1']), company(torch.device('cpu')): pass"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BEHOLDER_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == REFUSED, done.stderr
    assert "does not say what to do" in done.stderr, "the helper's own words"
    assert "was ended with exit code 2: mend what its last words" in done.stderr.splitlines()[-1]


def test_processes_that_do_not_all_come_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": "2", "RANK": "0"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("trainer.company._FINDING", timedelta(seconds=1))
    with pytest.raises(Unaccompanied, match="The 2 processes of this training have not found each other"), company(CPU):
        pass


@pytest.mark.slow
def test_torchrun_starts_two_processes_that_train_one_network(
    shared: Recipe, photos: Path, alone: Path, tmp_path: Path
) -> None:
    (tmp_path / "recipe.yaml").write_text(shared.model_dump_json())  # which YAML is too
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m", "trainer"]
    words = ["train", "recipe.yaml", "--photos", str(photos), "--out", "run", "--threads", "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *torchrun, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert_alike(checkpoints_in(tmp_path / "run")[0], alone)
    assert len(checkpoints_in(tmp_path / "run")) == 1, "one of the two writes"


def test_where_photographs_lie_is_decided_by_the_fullest_device(
    recipe: Recipe, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one process would draw its crops from the generator and another from the step: not the same batch."""

    def other_has_less(numbers: torch.Tensor, operation: object) -> None:
        assert operation == torch.distributed.ReduceOp.MIN
        numbers.clamp_(max=100)

    monkeypatch.setattr(torch.distributed, "all_reduce", other_has_less)
    training = Training(recipe, from_folder(photos), tmp_path, torch.device("cpu"), room=1_000_000)
    kinds = [type(_begun(replace(training, company=one))[1]) for one in (Company(), Company(0, 2))]
    assert kinds == [Crops, ShippedCrops]


def test_a_batch_that_cannot_be_shared_evenly_is_refused(recipe: Recipe) -> None:
    with pytest.raises(UnevenShares, match="2 crops cannot be shared evenly among 3 processes"):
        Company(0, 3).check(recipe)
    Company(1, 2).check(recipe)


@pytest.mark.parametrize(
    ("slowest", "met"),
    [(0.001, [1, 21, 41]), (0.5, [1, 11, 21, 31, 41]), (60.0, list(range(1, 46)))],
    ids=["many steps a second", "two", "one a minute"],
)
def test_a_stop_is_asked_for_by_the_clock_of_the_slowest_and_by_all_at_the_same_steps(
    monkeypatch: pytest.MonkeyPatch, slowest: float, met: list[int]
) -> None:
    def one_is_slower(numbers: torch.Tensor, operation: object) -> None:
        assert operation == torch.distributed.ReduceOp.MAX
        numbers.fill_(slowest)

    monkeypatch.setattr(torch.distributed, "all_reduce", one_is_slower)
    meetings, alone = Meetings(Company(0, 2), CPU, 0), Meetings(Company(), CPU, 0)
    assert [step for step in range(1, 46) if meetings.after(step)] == met
    assert all(alone.after(step) for step in range(1, 46))


def test_the_shares_of_all_are_the_whole_batch() -> None:
    batch = torch.rand(6, 3, 4, 4)
    assert torch.equal(torch.cat([Company(rank, 3).share(batch) for rank in range(3)]), batch)
