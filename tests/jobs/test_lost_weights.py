"""Weights that the store has lost are trained again, and nobody has to know which job made them."""

from pathlib import Path

from app.db.models import JobState
from app.jobs import claims, store
from tests.jobs.build import training
from tests.jobs.conftest import Stage

DONE = {"end": "done"}


def test_a_job_whose_weights_are_lost_says_so_and_a_retry_trains_them_again(stage: Stage) -> None:
    first = stage.job(DONE)
    stage.work()
    digest = (stage.get(first).result or {})["checkpoint_digest"]
    (stage.settings.data_dir / "media" / digest[:2] / digest[2:]).unlink()
    second = stage.job(DONE, spec=training(start_from=first))
    third = stage.job(DONE, spec=training(start_from=first, seed=3))
    stage.work()
    assert f"The weights of training {first} are lost (The store has no object {digest})" in (
        stage.get(second).error or ""
    )
    assert f"The store has no object {digest}" in (stage.get(first).error or "")
    assert [stage.get(job).state for job in (first, second, third)] == [JobState.FAILED] * 3

    store.retry(stage.database, second)
    stage.work()
    assert [stage.get(job).state for job in (first, second, third)] == [JobState.SUCCEEDED] * 3
    assert stage.get(first).attempt == 2
    assert stage.assignment(first, 2).resume_from == str(stage.folder(first) / "checkpoint-100.pt")
    assert Path(stage.assignment(second, 2).checkpoint or "").read_bytes() == b"weights after 100 steps"


def test_a_training_whose_weights_are_lost_is_not_found_again_by_launching_it(stage: Stage) -> None:
    first = stage.job(DONE)
    stage.work()
    claims.disown(stage.database, first, "Its weights are lost.")
    claims.disown(stage.database, first, "Twice is no mistake.")
    assert stage.get(first).error == "Its weights are lost."
    assert store.launch(stage.database, training(), title="again") != first


def test_a_job_whose_store_does_not_answer_leaves_its_training_alone(stage: Stage) -> None:
    first = stage.job(DONE)
    stage.work()
    digest = (stage.get(first).result or {})["checkpoint_digest"]
    shelf = stage.settings.data_dir / "media" / digest[:2]
    shelf.rename(shelf.with_name("away"))
    shelf.write_text("a file where the store wants a folder")
    second = stage.job(DONE, spec=training(start_from=first))
    stage.work()
    assert "cannot be reached" in (stage.get(second).error or "")
    assert stage.get(first).state is JobState.SUCCEEDED
