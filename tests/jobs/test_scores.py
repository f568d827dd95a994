"""Scores in the queue: what they wait for, which pictures they compare, and what becomes of their values."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import delete

from app.db import Database
from app.db.models import JobState, Picture, Rendering, StimulusRole
from app.errors import BadInput
from app.jobs import store
from app.jobs.asked import launch_one
from app.jobs.contract import RenderResult, ReplacedValue, ScoreResult, ScoreSpec
from app.jobs.scoring import NotARendering, ScenesTooSmall
from app.media import Media
from tests.jobs.build import rendering, training
from tests.jobs.conftest import Stage
from tests.jobs.moments import until

DONE = {"end": "done"}
DIGESTS = {role: hashlib.sha256(role.encode()).hexdigest() for role in StimulusRole}


def registered(database: Database, media: Media, job: int, _attempt: int, _folder: Path, _result: RenderResult) -> None:
    """The rendering of one scene has brought its three pictures."""
    for role in StimulusRole:
        media.put(role.encode())
    with database.write() as db:
        db.execute(delete(Rendering).where(Rendering.job_id == job))
        for role, digest in DIGESTS.items():
            if db.get(Picture, digest) is None:
                db.add(Picture(digest=digest, width=16, height=16, size=1))
                db.flush()
            row = Rendering(job_id=job, task="denoise", scene="meadow", picture_digest=digest, origin={})
            row.role, row.condition = role, "mae" if role is StimulusRole.CONDITION else role.value
            db.add(row)


def scored(rendering: int, *measures: str) -> ScoreSpec:
    return ScoreSpec(rendering=rendering, measures=measures or ("mae",))


def test_a_score_waits_for_its_rendering_and_is_told_every_picture_with_its_reference(stage: Stage) -> None:
    pictures = stage.job(DONE, spec=rendering(stage.job(DONE)))
    score = stage.job({"steps": [1, 2], "end": "done"}, spec=scored(pictures, "gmsd", "mae"))
    assert (stage.get(score).needs, stage.get(score).total_steps) == ((pictures,), 2)
    stage.work(on_rendered=registered)
    told = [(pair.condition, pair.picture, pair.reference) for pair in stage.assignment(score).pairs]
    reference = DIGESTS[StimulusRole.REFERENCE]
    assert told == [
        ("mae", DIGESTS[StimulusRole.CONDITION], reference),
        ("degraded", DIGESTS[StimulusRole.DEGRADED], reference),
    ]
    assert stage.get(score).state is JobState.SUCCEEDED
    ((job, attempt, result),) = stage.scored
    assert (job, attempt, len(result.values)) == (score, 1, 4)
    assert (stage.get(score).result or {})["values"][0]["measure"] == "mae"  # in the catalogue's order


def test_degraded_inputs_that_another_score_is_about_are_left_out(stage: Stage) -> None:
    pictures = stage.job(DONE, spec=rendering(stage.job(DONE)))
    spec = ScoreSpec(rendering=pictures, measures=("mae",), degraded=False)
    score = stage.job(DONE, spec=spec)
    assert stage.get(score).total_steps == 1
    stage.work(on_rendered=registered)
    assert [pair.condition for pair in stage.assignment(score).pairs] == ["mae"]
    assert stage.get(score).state is JobState.SUCCEEDED
    assert "degraded" in spec.model_dump()
    assert "degraded" not in scored(pictures).model_dump()  # as it was before there was a choice: its hash is the same


def test_a_score_whose_values_are_not_taken_has_failed(stage: Stage) -> None:
    def refuse(*_: object) -> None:
        raise BadInput("mae is 0.5 here and 0.4 in votes.csv.")

    pictures = stage.job(DONE, spec=rendering(stage.job(DONE)))
    score = stage.job(DONE, spec=scored(pictures))
    stage.work(on_rendered=registered, on_scored=refuse)
    assert (stage.get(score).state, stage.get(score).error) == (
        JobState.FAILED, "mae is 0.5 here and 0.4 in votes.csv.",
    )  # fmt: skip


def test_a_score_of_a_rendering_without_pictures_fails_with_a_sentence(stage: Stage) -> None:
    pictures = stage.job(DONE, spec=rendering(stage.job(DONE)))
    score = stage.job(DONE, spec=scored(pictures))
    stage.work()  # registers nothing
    assert f"Job {pictures} has no pictures that could be scored" in (stage.get(score).error or "")
    assert f"{score} 1" not in stage.started()


def test_lost_pictures_are_rendered_again_when_their_score_is_retried(stage: Stage) -> None:
    pictures = stage.job(DONE, spec=rendering(stage.job(DONE)))
    score = stage.job(DONE, spec=scored(pictures))
    other = stage.job(DONE, spec=scored(pictures, "gmsd"))

    def lose(*about: Any) -> None:
        registered(*about)
        digest = DIGESTS[StimulusRole.CONDITION]
        (stage.settings.data_dir / "media" / digest[:2] / digest[2:]).unlink()

    stage.work(on_rendered=lose)
    assert f"A picture of rendering {pictures} is lost" in (stage.get(score).error or "")
    assert f"{score} 1" not in stage.started()
    states = [stage.get(job).state for job in (pictures, score, other)]
    assert states == [JobState.FAILED] * 3
    store.retry(stage.database, score)
    stage.work(on_rendered=registered)
    assert [stage.get(job).state for job in (pictures, score, other)] == [JobState.SUCCEEDED] * 3
    assert stage.get(pictures).attempt == 2


def test_a_cancelled_score_stops(stage: Stage) -> None:
    pictures = stage.job(DONE, spec=rendering(stage.job(DONE)))
    score = stage.job({"end": "wait"}, spec=scored(pictures))
    stage.start(on_rendered=registered)
    stage.waiting(score)
    store.cancel(stage.database, score)
    until(lambda: stage.get(score).state is JobState.CANCELLED)


def test_equal_scores_are_one_job_however_they_are_written(database: Database) -> None:
    first = store.launch(database, training(), title="t")
    pictures = store.launch(database, rendering(first), title="r")
    specs = [
        ScoreSpec(rendering=pictures, measures=("gmsd", "mae"), forms=("y", "rgb")),
        ScoreSpec(rendering=pictures, measures=("mae", "gmsd", "mae"), forms=("rgb", "y", "rgb")),
    ]
    assert specs[0].columns == (("mae", "rgb"), ("mae", "y"), ("gmsd", "rgb"), ("gmsd", "y"))
    one, other = (launch_one(database, spec) for spec in specs)
    assert (one.job_id, one.found, other.found) == (other.job_id, False, True)
    assert store.get(database, one.job_id).title == "denoise · mae · scores"


def test_a_score_that_cannot_be_made_is_refused_before_it_is_queued(database: Database) -> None:
    first = store.launch(database, training(), title="t")
    pictures = store.launch(database, rendering(first), title="r")
    with pytest.raises(NotARendering, match=f"Job {first} is no rendering"):
        launch_one(database, scored(first))
    with pytest.raises(ScenesTooSmall, match=r"sides of 16 px: ms_ssim needs 161 px"):
        launch_one(database, scored(pictures, "ms_ssim", "mae"))
    with pytest.raises(ValidationError, match="vsi looks at colours and has no form 'y'"):
        ScoreSpec(rendering=pictures, measures=("mae", "vsi"), forms=("y",))
    assert ScoreSpec(rendering=1, measures=("vsi",), forms=("rgb", "y")).columns == (("vsi", "rgb"),)
    assert len(store.listing(database)) == 2


def test_a_score_tells_which_values_it_replaced(stage: Stage) -> None:
    other = ReplacedValue(
        picture=DIGESTS[StimulusRole.CONDITION], reference=DIGESTS[StimulusRole.REFERENCE], measure="mae", form="rgb",
        value=0.4, source="votes.csv",
    )  # fmt: skip
    pictures = stage.job(DONE, spec=rendering(stage.job(DONE)))
    score = stage.job(DONE, spec=scored(pictures))
    stage.work(on_rendered=registered, on_scored=lambda *_: (other,))
    result = ScoreResult.model_validate(stage.get(score).result)
    assert result.replaced == (other,)
