"""Recoveries in the queue: launched once, resumed, and what they found kept in the store."""

import hashlib
import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from app.catalog import UnknownMeasure
from app.db import Database
from app.db.models import JobState, Picture
from app.jobs import store
from app.jobs.asked import launch_one
from app.jobs.contract import PUBLISHED_RECOVERY, RecoverResult, RecoverSpec, Verdict
from app.jobs.folders import BadResult
from app.jobs.job_file import AskedRecoveries
from app.jobs.photograph_sets import UnknownSet, photographs
from app.jobs.recovered import keep_recovery
from app.jobs.recovery import (
    WEIGHT_FREE,
    BadScreening,
    PhotographNotKept,
    SceneBeyond,
    Screening,
)
from app.jobs.scenes import PhotographTooSmall
from app.media import Media
from app.web.admin.recovery_form import Wish
from app.web.api.recoveries import NewRecoveries
from tests.jobs.conftest import Stage
from tests.jobs.screenings import screened
from tests.web import trained
from trainer.arguments import parser

WISH = Screening(trained.SET, "photo 0", measures=("mae", "gmsd"), side=64, steps=50)


@pytest.fixture
def kept(database: Database, media: Media) -> Database:
    """A database with a set of photographs of 200 × 200 pixels."""
    trained.photographs(database, media)
    return database


def test_a_screening_is_a_recovery_for_every_measure_and_start_and_launched_once(kept: Database) -> None:
    jobs = screened(kept, WISH)
    assert list(jobs) == [("mae", "noise"), ("mae", "jpeg"), ("gmsd", "noise"), ("gmsd", "jpeg")]
    assert not any(job.found for job in jobs.values())
    view = store.get(kept, jobs["gmsd", "jpeg"].job_id)
    assert isinstance(view.spec, RecoverSpec)
    assert (view.title, view.total_steps, view.needs) == ("photo 0 · gmsd · from jpeg", 50, ())
    assert (view.spec.objective, view.spec.scene.left, view.spec.scene.width) == ("gmsd", 68, 64)
    again = screened(kept, WISH)
    assert {place: job.job_id for place, job in again.items()} == {place: job.job_id for place, job in jobs.items()}
    assert all(job.found for job in again.values())
    store.cancel(kept, jobs["mae", "noise"].job_id)
    assert screened(kept, WISH) == again
    assert {job.state for job in store.listing(kept)} == {JobState.QUEUED}
    assert len(store.listing(kept)) == 4


def test_by_default_every_measure_that_needs_no_weights_is_screened(kept: Database) -> None:
    jobs = screened(kept, Screening(trained.SET, "photo 0", side=192))
    assert {measure for measure, _ in jobs} == set(WEIGHT_FREE)
    assert {"mae", "ms_ssim", "cw_ssim", "vif", "mad"} <= set(WEIGHT_FREE)
    assert "lpips" not in WEIGHT_FREE


def test_every_way_to_a_recovery_begins_with_the_published_schedule() -> None:
    asked = AskedRecoveries(kind="recover", set="s", photograph="p")
    typed = parser().parse_args(["recover", "--reference", "boat.png", "--out", "out"])
    ways = (asked.wish, NewRecoveries(photograph_set="s", photograph="p"), Wish(), typed)
    for way in ways:
        assert {name: getattr(way, name) for name in asdict(PUBLISHED_RECOVERY)} == asdict(PUBLISHED_RECOVERY)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"measures": ("ms_sim",)}, UnknownMeasure, "did you mean 'ms_ssim'"),
        ({"measures": ("mae", "ms_ssim")}, BadScreening, "at least 161 px each way"),
        ({"measures": ()}, BadScreening, "at least one measure"),
        ({"photograph": "photo 9"}, PhotographNotKept, "photo 9"),
        ({"photograph_set": "other"}, UnknownSet, "other"),
        ({"side": 0}, BadScreening, "a larger side"),
        ({"side": 300}, PhotographTooSmall, "photo 0"),
        ({"quality": 0}, BadScreening, "greater than or equal to 1"),
    ],
)
def test_a_screening_that_cannot_be_is_refused_whole(
    kept: Database, change: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        screened(kept, replace(WISH, **change))
    assert store.listing(kept) == []


def test_a_recovery_of_what_no_set_has_or_no_photograph_holds_is_refused(kept: Database) -> None:
    view = photographs(kept, trained.SET).train[0]
    scene = {"name": "part", "photograph": view.ref.model_dump(), "left": 150, "top": 0, "width": 64, "height": 64}
    with pytest.raises(SceneBeyond, match=r"reaches to \(214, 64\), and its photograph is 200×200 px"):
        launch_one(kept, RecoverSpec.model_validate({"objective": "mae", "scene": scene}))
    scene["photograph"] = {"name": "another", "digest": "0" * 64}
    with pytest.raises(PhotographNotKept, match="another"):
        launch_one(kept, RecoverSpec.model_validate({"objective": "mae", "scene": scene}))
    assert store.listing(kept) == []


def _found(folder: Path) -> RecoverResult:
    """A result and its two pictures, as the trainer leaves them."""
    digests = []
    for name, level in (("contact-sheet.png", 90), ("best.png", 200)):
        buffer = io.BytesIO()
        Image.new("RGB", (48, 32), (level,) * 3).save(buffer, "PNG")
        (folder / name).write_bytes(buffer.getvalue())
        digests.append(hashlib.sha256(buffer.getvalue()).hexdigest())
    return RecoverResult(
        sheet="contact-sheet.png", sheet_sha256=digests[0], best="best.png", best_sha256=digests[1], stages=(1, 50),
        verdict=Verdict.ARTEFACTS, why="It is another picture.", objective_start=0.3, objective_best=0.01,
        objective_reference=0.0, psnr_start=7.9, psnr_best=21.5, ms_ssim_best=None, best_step=50, steps=50,
        skipped_steps=0, curve=(), versions={},
    )  # fmt: skip


def test_what_a_recovery_found_is_kept_and_what_is_not_as_it_says_is_refused(
    database: Database, media: Media, tmp_path: Path
) -> None:
    result = _found(tmp_path)
    keep_recovery(database, media, tmp_path, result)
    with database.read() as db:
        rows = {row.digest: (row.width, row.height) for row in db.scalars(select(Picture))}
    assert rows == {result.sheet_sha256: (48, 32), result.best_sha256: (48, 32)}
    assert media.get(result.best_sha256) == (tmp_path / "best.png").read_bytes()
    with pytest.raises(BadResult, match="is not the file that the result names"):
        keep_recovery(database, media, tmp_path, result.model_copy(update={"best_sha256": "0" * 64}))
    (tmp_path / "contact-sheet.png").write_text("no picture")
    with pytest.raises(BadResult, match=r"contact-sheet\.png, which cannot be read as a picture"):
        keep_recovery(database, media, tmp_path, result)


def test_a_recovery_that_died_goes_on_from_its_checkpoint_and_ends_with_what_it_found(
    stage: Stage, tmp_path: Path
) -> None:
    trained.photographs(stage.database, stage.media)
    view = photographs(stage.database, trained.SET).train[0]
    scene = {"name": "part", "photograph": view.ref.model_dump(), "left": 0, "top": 0, "width": 64, "height": 64}
    spec = RecoverSpec.model_validate({"objective": "mae", "scene": scene, "steps": 100})
    result = _found(tmp_path).model_dump(mode="json")
    files = {name: (tmp_path / name).read_bytes().hex() for name in ("contact-sheet.png", "best.png")}
    done = {"steps": [100], "end": "done", "lie": result, "files": files}
    job = stage.job({"steps": [45], "end": "crash"}, done, spec=spec)
    stage.work()
    view_of = stage.get(job)
    assert (view_of.state, view_of.step, view_of.attempt) == (JobState.SUCCEEDED, 100, 2)
    assert stage.assignment(job, 2).resume_from == str(stage.folder(job, 1) / "checkpoint-40.pt")
    assert json.loads(json.dumps(view_of.result)) == result
    assert stage.media.get(result["best_sha256"]) == bytes.fromhex(files["best.png"])
