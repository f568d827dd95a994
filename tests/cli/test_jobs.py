"""``beholder jobs``: looked at, cancelled, retried, and launched again with changes."""

from pathlib import Path

import pytest

from app.db import Database
from app.db.models import Job, JobState
from app.jobs import store
from app.jobs.launch import launch_matrix
from app.jobs.likeness import as_file, likeness
from app.jobs.matrix_file import read
from app.jobs.matrix_plan import Changes
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
def test_a_check_at_a_terminal_starts_nothing(beholder: Run, database: Database, media: Media) -> None:
    trained.photographs(database, media)
    command = ("matrix", "tiny", "--tasks", "denoise", "--objectives", "mae,lpips", "--set", trained.SET, "--check")
    said = beholder(*command, "--scene-side", "64")
    assert said.returncode == 0, said.stderr
    for words in (
        "To be done: 3 trainings",
        "weights of",
        "fetch-weights --measures ",
        "No worker has reported",
        "Time: about",
        "arithmetic alone",
    ):
        assert words in said.stdout
    wrong = beholder(*command, "--scene-side", "4000")
    assert wrong.returncode == 2
    assert "hold 0 scenes of 4000" in wrong.stderr
    assert store.listing(database) == []


def test_only_a_training_has_a_recipe_to_print(beholder: Run, database: Database, media: Media) -> None:
    matrix = trained.launched(database, media)
    said = beholder("jobs", "recipe", str(matrix.renderings["denoise", "mae"]))
    assert said.returncode == 2
    assert "is no training" in said.stderr
    with database.write() as db:
        db.get_one(Job, matrix.trainings["denoise", "mae"]).state = JobState.FAILED
    printed = beholder("jobs", "recipe", str(matrix.trainings["denoise", "mae"]))
    assert 'objectives: ["mae"]' in printed.stdout
    assert "second_stage" not in printed.stdout
