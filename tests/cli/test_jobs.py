"""``beholder jobs``: looked at, cancelled, retried, and launched again with changes."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import now
from app.db import Database
from app.db.models import Job, JobState, Worker
from app.jobs import store
from app.jobs.launch import launch_matrix
from app.jobs.likeness import as_file, likeness
from app.jobs.matrix_file import read
from app.jobs.matrix_plan import Changes
from app.jobs.photo_files import PhotoFile
from app.jobs.photographs import add_photographs
from app.media import Media
from tests.cli.conftest import Run
from tests.web import trained


def test_a_queue_is_looked_at_and_changed_at_a_terminal(beholder: Run, database: Database, media: Media) -> None:
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    running, failed = matrix.trainings["denoise", "ms_ssim"], matrix.trainings["denoise", "gmsd"]
    listed = beholder("jobs", "list", "--state", "running")
    assert listed.stdout.split()[:3] == [str(running), "running", "62"]
    assert "denoise · ms_ssim · tiny" in listed.stdout
    assert "No room <left>" in beholder("jobs", "show", str(failed)).stdout
    with database.write() as db:
        row = db.get_one(Job, failed)
        row.log, row.log_worker, row.log_attempt = "step 40", "lab-7", 1
    assert "How the log of attempt 1 at lab-7 ends:\nstep 40\n" in beholder("jobs", "show", str(failed)).stdout
    queued = str(matrix.renderings["denoise", "ms_ssim"])
    assert f"waits     for job {running}\n" in beholder("jobs", "show", queued).stdout
    assert beholder("jobs", "retry", str(failed)).stdout == f"Job {failed} is queued.\n"
    assert beholder("jobs", "cancel", str(running)).stdout == f"Job {running} is asked to stop.\n"
    assert store.get(database, running).stop_requested
    refused = beholder("jobs", "cancel", str(matrix.trainings["denoise", "mae"]))
    assert (refused.returncode, "already succeeded" in refused.stderr) == (2, True)
    assert beholder("jobs", "list", "--state", "odd").returncode == 2


@pytest.mark.one_database
def test_a_training_printed_as_a_file_asks_for_the_very_same_jobs(
    database: Database, media: Media, tmp_path: Path
) -> None:
    trained.photographs(database, media)
    changes = Changes({"steps": 30}, {"network": {"channels": 8, "blocks": 1}, "clip_norm": 0.5}, {})
    changes = Changes({**changes.first, "network": changes.second["network"]}, changes.second, {})
    matrix = launch_matrix(
        database, tasks=["deblur"], objectives=["mae + 0.1*gmsd"], preset="tiny", photograph_set=trained.SET,
        scene_side=64, seed=4, changes=changes,
    )  # fmt: skip
    (number,) = matrix.trainings.values()
    (tmp_path / "again.yaml").write_text(as_file(likeness(database, number)), encoding="utf-8")
    asked = read(tmp_path / "again.yaml")
    before = len(store.listing(database))
    again = launch_matrix(
        database, tasks=asked.tasks, objectives=[one.objective for one in asked.objectives], preset=asked.preset,
        photograph_set=str(asked.set), scenes=asked.scenes.wish, seed=asked.seed, changes=asked.changes,
    )  # fmt: skip
    assert again.trainings == matrix.trainings
    assert again.renderings == matrix.renderings
    assert len(store.listing(database)) == before


@pytest.mark.one_database
def test_a_printed_file_says_that_its_set_has_grown_and_is_read_all_the_same(
    beholder: Run, database: Database, media: Media, tmp_path: Path
) -> None:
    matrix = trained.launched(database, media)
    late = [PhotoFile("late", trained.png_of(trained.noise(50)), "noise")]
    add_photographs(database, media, trained.SET, late)
    number = matrix.trainings["denoise", "mae"]
    printed = beholder("jobs", "recipe", str(number)).stdout
    assert printed.startswith(f"# Job {number} learned from 2 of the 3 photographs that {trained.SET} keeps")
    (tmp_path / "again.yaml").write_text(printed, encoding="utf-8")
    assert read(tmp_path / "again.yaml").set == trained.SET


@pytest.mark.one_database
def test_a_check_at_a_terminal_starts_nothing(beholder: Run, database: Database, media: Media) -> None:
    trained.photographs(database, media)
    command = ("matrix", "tiny", "--tasks", "denoise", "--objectives", "mae,lpips", "--set", trained.SET, "--check")
    said = beholder(*command, "--scene-side", "64")
    assert said.returncode == 0, said.stderr
    for words in (
        "To be done: 3 trainings",
        "weights of",
        "fetch-weights --measures ",
        "No worker is present",
        "Time: about",
        "arithmetic alone",
    ):
        assert words in said.stdout
    wrong = beholder(*command, "--scene-side", "4000")
    assert wrong.returncode == 2
    assert "hold 0 scenes of 4000" in wrong.stderr
    assert store.listing(database) == []


def test_a_recipe_says_no_more_than_what_differs_from_the_preset(
    beholder: Run, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    with database.write() as db:
        db.get_one(Job, matrix.trainings["denoise", "mae"]).state = JobState.FAILED
    printed = beholder("jobs", "recipe", str(matrix.trainings["denoise", "mae"]))
    assert 'objectives: ["mae"]' in printed.stdout
    assert "second_stage" not in printed.stdout


def test_what_is_not_there_is_looked_for_with_a_command_and_not_over_the_api(beholder: Run, database: Database) -> None:
    said = beholder("jobs", "cancel", "99")
    assert (said.returncode, said.stderr) == (
        2, "There is no job 99: choose one from the list of trainings (`beholder jobs list`).\n",
    )  # fmt: skip


@pytest.mark.one_database
def test_scores_renderings_and_recoveries_are_printed_checked_and_launched_from_files(
    beholder: Run, database: Database, media: Media, tmp_path: Path
) -> None:
    matrix = trained.launched(database, media)
    rendering = matrix.renderings["denoise", "mae"]
    file = tmp_path / "job.yaml"

    def said(text: str, *more: str) -> str:
        file.write_text(text, encoding="utf-8")
        done = beholder("jobs", "launch", str(file), *more)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    before = len(store.listing(database))
    printed = beholder("jobs", "recipe", str(rendering)).stdout
    told = said(printed, "--check")
    assert "At work already: 1 rendering" in told
    assert "No worker is present" in told
    assert said(printed) == f"job {rendering:>4}  denoise · mae · pictures (there already)\n"
    assert len(store.listing(database)) == before
    assert "To be done: 1 rendering" in said(printed.replace("seed: 0", "seed: 1"), "--check")
    score = f"kind: score\nrenderings: [{rendering}]\nmeasures: [psnr, gmsd]\nforms: [y, rgb]\n"
    told = said(score, "--check")
    assert "To be done: 1 score" in told
    assert "Time: about" in told
    assert len(store.listing(database)) == before
    number = said(score).split()[1]
    assert (
        said(beholder("jobs", "recipe", number).stdout)
        == f"job {int(number):>4}  denoise · mae · scores (there already)\n"
    )
    recoveries = f'kind: recover\nset: {trained.SET}\nphotograph: "photo 1"\nobjectives: [mae + 0.1*gmsd]\n'
    recoveries += "side: 64\nleft: 3\ntop: 5\nsteps: 9\nlearning_rate: 0.00005\nlowest_rate: 0.00001\n"
    first, second = said(recoveries).splitlines()
    assert first.endswith("photo 1 · 0.1*gmsd+mae · from noise")
    assert "(there already)" in said(beholder("jobs", "recipe", second.split()[1]).stdout)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: train\n", "choose one of recover, render, score"),
        ("kind: score\nrenderings: [1]\nmeasure: [psnr]\n", "did you mean 'measures'"),
        ("kind: score\nrenderings: [99]\nmeasures: [psnr]\n", "no job 99"),
        ("kind: score\nrenderings: [1]\nmeasures: [psnr]\n", "is no rendering"),
        ("kind: render\nset: holiday\n", "training nor a baseline"),
        ("kind: render\nset: holiday\ntask: denoise\nbaseline: jpeg\n", "jpeg"),
        ("kind: recover\nset: holiday\nphotograph: photo 1\nleft: 190\n", "reaches to"),
    ],
)
@pytest.mark.one_database
def test_a_file_of_jobs_that_makes_no_sense_launches_nothing(
    beholder: Run, database: Database, media: Media, tmp_path: Path, text: str, told: str
) -> None:
    trained.launched(database, media)
    before = len(store.listing(database))
    (tmp_path / "job.yaml").write_text(text + ("side: 64\n" if "recover" in text else ""), encoding="utf-8")
    said = beholder("jobs", "launch", str(tmp_path / "job.yaml"))
    assert said.returncode == 2
    assert told in said.stderr
    assert len(store.listing(database)) == before


@pytest.mark.one_database
def test_the_workers_are_listed_with_their_speeds(beholder: Run, database: Database) -> None:
    assert beholder("jobs", "workers").stdout.startswith("No worker has reported")
    speeds = {"NVIDIA H200": {"denoise · mae": 4.2}}
    with database.write() as db:
        db.add(
            Worker(
                name="lab-3", devices="cuda:0", started_at=now(), seen_at=now(), lease_until=now() + timedelta(hours=1),
                weights=["lpips"], speeds=speeds,
            )
        )  # fmt: skip
    first, *more = beholder("jobs", "workers").stdout.splitlines()
    assert first == "lab-3  (cuda:0)  seen just now"
    assert [" ".join(line.split()) for line in more] == [
        "weights of lpips", "4.2 ms a step denoise · mae on NVIDIA H200"
    ]  # fmt: skip


@pytest.mark.one_database
def test_new_jobs_get_the_priority_that_is_asked_for_and_those_that_are_there_keep_theirs(
    beholder: Run, database: Database, media: Media, tmp_path: Path
) -> None:
    matrix = trained.launched(database, media)
    drawn = matrix.renderings["denoise", "mae"]
    file = tmp_path / "more.yaml"
    file.write_text(f"kind: score\nrenderings: [{drawn}]\nmeasures: [psnr]\n", encoding="utf-8")
    for priority in ("20", "30"):
        assert beholder("jobs", "launch", str(file), "--priority", priority).returncode == 0
    assert store.listing(database)[-1].priority == 20
    asked = ("matrix", "tiny", "--tasks", "denoise", "--objectives", "mae", "--set", trained.SET, "--seed", "9")
    launched = beholder(*asked, "--priority", "5")
    assert launched.returncode == 0, launched.stderr
    assert {job.priority for job in store.listing(database) if job.id > drawn and job.priority != 100} == {20, 5}


@pytest.mark.one_database
def test_many_jobs_and_a_whole_matrix_are_cancelled_and_retried_at_a_terminal(
    beholder: Run, database: Database, media: Media
) -> None:
    matrix = trained.launched(database, media)
    trained.moved(database, matrix)
    one, other, last = sorted(matrix.renderings.values())
    told = beholder("jobs", "cancel", str(one), str(other)).stdout
    assert told == f"Job {one} is cancelled.\nJob {other} is cancelled.\n"
    asked = str(matrix.trainings["denoise", "mae"])
    left = beholder("jobs", "cancel", "--matrix", asked).stdout.splitlines()
    assert left == [f"Job {matrix.trainings['denoise', 'ms_ssim']} is asked to stop.", f"Job {last} is cancelled."]
    assert beholder("jobs", "cancel", "--matrix", asked).stdout == "Nothing of this matrix waits or is at work.\n"
    again = beholder("jobs", "retry", "--matrix", asked).stdout.splitlines()
    assert again == [f"Job {job} is queued." for job in sorted([matrix.trainings["denoise", "gmsd"], one, other, last])]
    assert beholder("jobs", "cancel").returncode == 2
    assert beholder("jobs", "cancel", str(one), "--matrix", asked).returncode == 2
    assert ", by somebody at the machine" in beholder("jobs", "show", str(one)).stdout
