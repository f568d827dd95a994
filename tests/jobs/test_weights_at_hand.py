"""Weights that no worker has: said before anything is queued, and never at the cost of other measures."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.catalog import MEASURES
from app.catalog.shelf import Shelf
from app.catalog.weights import WEIGHTS
from app.db import Database
from app.db.models import Job, JobState, Worker
from app.jobs import store
from app.jobs.asked import ScoreWish
from app.jobs.asked import launch as launch_wish
from app.jobs.contract import ScoreSpec, TrainSpec
from app.jobs.foresight import foresee, ready
from app.jobs.launch import Matrix, launch_plan
from app.jobs.matrix_plan import MatrixWish, Scores
from app.jobs.scenes import SceneWish
from app.jobs.weights_at_hand import WeightsNotAtHand, at_hand
from app.media import Media
from app.settings import Settings
from tests.jobs.build import reported, written
from tests.web import trained

pytestmark = pytest.mark.one_database


@pytest.fixture
def shelf(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """An empty shelf, whatever this machine's caches hold."""
    monkeypatch.setenv("TORCH_HOME", str(settings.data_dir / "torch"))
    return Shelf(settings.weights_folder)


@pytest.fixture
def kept(database: Database, media: Media) -> Database:
    """A database with a set of photographs."""
    trained.photographs(database, media)
    return database


def wish(*objectives: str, measures: Sequence[str] | None = None) -> MatrixWish:
    scores = Scores.of(objectives, measures)
    return MatrixWish(["denoise"], objectives, "tiny", trained.SET, SceneWish(64, per_photograph=1), scores=scores)


def worker(database: Database, *weights: str, name: str = "ada", ago: timedelta = timedelta(0)) -> None:
    reported(database, name, ago, weights=list(weights))


def scored_with(database: Database, matrix: Matrix) -> set[tuple[str, ...]]:
    specs = [store.get(database, number).spec for number in matrix.scorings.values()]
    return {spec.measures for spec in specs if isinstance(spec, ScoreSpec)}


def launched(database: Database, asked: MatrixWish, shelf: Shelf, *, anyway: bool = False) -> Matrix:
    return launch_plan(database, ready(database, asked, shelf, anyway=anyway))


def test_a_matrix_whose_weights_nobody_has_is_refused_with_the_files_and_their_place(
    kept: Database, shelf: Shelf
) -> None:
    with pytest.raises(WeightsNotAtHand) as refused:
        ready(kept, wish("mae", "lpips"), shelf)
    for word in (*(file.name for file in WEIGHTS["lpips"]), str(shelf.own), "fetch-weights --measures lpips"):
        assert word in refused.value.message
    assert store.listing(kept) == []
    assert foresee(kept, wish("mae", "lpips"), shelf).lacking == ("lpips",)
    with pytest.raises(WeightsNotAtHand, match="nobody published"):
        ready(kept, wish("gti_cnn"), shelf)


def test_the_workers_weights_count_and_not_this_machines(kept: Database, shelf: Shelf) -> None:
    for file in WEIGHTS["dists"]:
        written(shelf.own / file.name, "weights")
    assert "dists" in at_hand(kept, shelf).measures
    worker(kept, "lpips")
    assert {"mae", "lpips"} <= at_hand(kept, shelf).measures
    assert "dists" not in at_hand(kept, shelf).measures
    assert ready(kept, wish("lpips"), shelf).wish.objectives == ("lpips",)


def test_the_weights_of_a_worker_that_vanished_are_nobody_s(kept: Database, shelf: Shelf) -> None:
    worker(kept, "lpips", ago=timedelta(minutes=2))
    with pytest.raises(WeightsNotAtHand, match="This machine does not have"):
        ready(kept, wish("lpips"), shelf)
    worker(kept, name="grace")
    with pytest.raises(WeightsNotAtHand, match="No worker has"):
        ready(kept, wish("lpips"), shelf)


def test_who_was_seen_last_is_told_where_no_worker_is_present(kept: Database, shelf: Shelf) -> None:
    assert foresee(kept, wish("mae"), shelf).cautions == (
        "No worker is present: the jobs wait until `beholder worker` runs.",
    )
    worker(kept, ago=timedelta(days=3))
    (told,) = foresee(kept, wish("mae"), shelf).cautions
    assert "No worker is present; the last one was seen 3 d ago:" in told
    worker(kept, name="grace", ago=timedelta(minutes=1))
    assert foresee(kept, wish("mae"), shelf).cautions == ()


def test_what_is_launched_anyway_is_scored_without_the_measure_and_later_with_it(kept: Database, shelf: Shelf) -> None:
    matrix = launched(kept, wish("mae", "lpips", measures=["psnr"]), shelf, anyway=True)
    objectives = [job.spec.recipe.objective for job in store.listing(kept) if isinstance(job.spec, TrainSpec)]
    assert "lpips" in objectives
    assert scored_with(kept, matrix) == {("mae", "psnr")}
    worker(kept, "lpips")
    again = launched(kept, wish("mae", "lpips", measures=["psnr"]), shelf)
    assert again.trainings == matrix.trainings
    assert scored_with(kept, again) == {("mae", "psnr", "lpips")}


def test_measures_named_for_the_scores_are_asked_for_too(kept: Database, shelf: Shelf) -> None:
    with pytest.raises(WeightsNotAtHand, match="PieAPP") as refused:
        ready(kept, wish("mae", measures=["psnr", "pieapp"]), shelf)
    assert refused.value.lacking == ("pieapp",)


def test_by_default_everything_is_scored_that_can_run_and_what_was_scored_is_found(
    kept: Database, shelf: Shelf
) -> None:
    free = {one.id for one in MEASURES.values() if not one.needs_weights and one.smallest_side <= 64}
    worker(kept, "lpips")
    matrix = launched(kept, wish("mae"), shelf)
    ((measures),) = scored_with(kept, matrix)
    assert set(measures) == free | {"lpips"}
    with kept.write() as db:
        db.delete(db.get_one(Worker, "ada"))  # gone home; this machine has no weights
    assert launched(kept, wish("mae"), shelf).scorings == matrix.scorings
    assert foresee(kept, wish("mae"), shelf).counts == {"at work": {"train": 2, "render": 1, "score": 1}}


def test_nothing_is_asked_of_jobs_that_are_done(kept: Database, shelf: Shelf) -> None:
    matrix = launched(kept, wish("lpips"), shelf, anyway=True)
    with kept.write() as db:
        for number in matrix.jobs:
            db.get_one(Job, number).state = JobState.SUCCEEDED
    assert launched(kept, wish("lpips"), shelf).jobs == matrix.jobs


def test_a_single_score_is_refused_alike_and_launched_anyway(kept: Database, media: Media, shelf: Shelf) -> None:
    matrix = launched(kept, wish("mae"), shelf)
    rendering = matrix.renderings["denoise", "mae"]
    asked = ScoreWish([rendering], ["psnr", "dists"])
    before = len(store.listing(kept))
    with pytest.raises(WeightsNotAtHand, match="DISTS"):
        launch_wish(kept, asked, shelf)
    assert len(store.listing(kept)) == before
    (done,) = launch_wish(kept, asked, shelf, anyway=True)
    assert store.get(kept, done.job_id).spec == ScoreSpec(rendering=rendering, measures=("psnr", "dists"))
