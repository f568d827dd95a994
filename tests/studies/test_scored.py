"""Values that scoring jobs bring: kept once, whoever brought them first, and only by the attempt that holds the job."""

import pytest

from app.clock import now
from app.db import Database
from app.db.models import (
    Job,
    JobKind,
    JobState,
    MeasureForm,
    MeasureSource,
    MeasureValue,
    Picture,
    Rendering,
    StimulusRole,
)
from app.jobs.claims import StaleAttempt
from app.jobs.contract import PhotographRef, PicturePair, RenderSpec, SceneRef, ScoredValue, ScoreResult, ScoreSpec
from app.jobs.pairs import pairs_of
from app.studies import scored
from app.studies.measured import OtherValues, Source, keep
from app.studies.scored import ScoreBroken, keep_scores

RESTORED, DEGRADED, REFERENCE = (f"{number:064x}" for number in (1, 2, 3))
ROLES = {
    RESTORED: StimulusRole.CONDITION,
    DEGRADED: StimulusRole.DEGRADED,
    REFERENCE: StimulusRole.REFERENCE,
}


def _job(database: Database, spec: RenderSpec | ScoreSpec, attempt: int = 1) -> int:
    with database.write() as db:
        job = Job(
            kind=JobKind(spec.kind), title="t", spec=spec.model_dump(mode="json"), spec_hash=f"{now()}",
            state=JobState.RUNNING, priority=1, attempt=attempt, idle_attempts=0, stop_requested=False, step=0,
            total_steps=1, created_at=now(),
        )  # fmt: skip
        db.add(job)
        db.flush()
        return job.id


@pytest.fixture
def rendering(database: Database) -> int:
    """A rendering that has brought the pictures of one scene."""
    scene = SceneRef(
        name="boat", photograph=PhotographRef(name="boat", digest=REFERENCE), left=0, top=0, width=16, height=16
    )
    number = _job(database, RenderSpec(task="denoise", condition="mae", training=1, scenes=(scene,)))
    with database.write() as db:
        for digest, role in ROLES.items():
            db.add(Picture(digest=digest, width=16, height=16, size=1))
            db.flush()
            name = "mae" if role is StimulusRole.CONDITION else role.value
            db.add(
                Rendering(
                    job_id=number, task="denoise", scene="boat", condition=name, role=role, picture_digest=digest,
                    origin={},
                )
            )  # fmt: skip
    return number


def _score(database: Database, rendering: int, *measures: str, replace: bool = False) -> int:
    return _job(database, ScoreSpec(rendering=rendering, measures=measures, replace=replace))


def _result(**values: float) -> ScoreResult:
    """The same value of a measure for both pictures."""
    return ScoreResult(
        values=tuple(
            ScoredValue(picture=picture, reference=REFERENCE, measure=measure, form="rgb", value=value)
            for measure, value in values.items()
            for picture in (RESTORED, DEGRADED)
        ),
        versions={},
    )


def _held(database: Database) -> dict[tuple[str, str], tuple[float, int | None]]:
    """By picture and measure: the value, and the job that brought it."""
    with database.read() as db:
        jobs = {source.id: source.job_id for source in db.query(MeasureSource)}
        return {
            (row.picture_digest, row.measure): (row.value, jobs[row.source_id]) for row in db.query(MeasureValue)
        }  # fmt: skip


def test_a_scores_values_are_kept_with_their_job_and_bringing_them_again_changes_nothing(
    database: Database, rendering: int
) -> None:
    first, second = (_score(database, rendering, "mae", "lpips") for _ in range(2))
    kept = keep_scores(database, first, 1, _result(mae=0.25, lpips=0.5))
    assert (kept.added, kept.unchanged) == (4, 0)
    again = keep_scores(database, second, 1, _result(mae=0.25, lpips=0.5))
    assert (again.added, again.unchanged) == (0, 4)
    assert _held(database)[RESTORED, "mae"] == (0.25, first)
    with database.read() as db:
        assert [source.job_id for source in db.query(MeasureSource)] == [first]


def test_the_last_digits_of_a_learned_measure_are_no_contradiction_and_what_is_there_stays(
    database: Database, rendering: int
) -> None:
    keep_scores(database, _score(database, rendering, "lpips"), 1, _result(lpips=0.5))
    kept = keep_scores(database, _score(database, rendering, "lpips"), 1, _result(lpips=0.500_03))
    assert (kept.added, kept.unchanged) == (0, 2)
    assert _held(database)[DEGRADED, "lpips"][0] == 0.5
    with pytest.raises(OtherValues, match=r"lpips is 0.51 here and 0.5 in job"):
        keep_scores(database, _score(database, rendering, "lpips"), 1, _result(lpips=0.51))


def test_another_value_of_a_measure_of_our_own_is_refused_whole_and_replaced_where_that_was_asked_for(
    database: Database, rendering: int
) -> None:
    key = (RESTORED, REFERENCE, "mae", MeasureForm.RGB)
    keep(database, {key: 0.2}, Source("older.csv", "f" * 64), higher_is_better={})
    with pytest.raises(OtherValues, match=r"mae is 0.200003 here and 0.2 in older.csv"):
        keep_scores(database, _score(database, rendering, "mae"), 1, _result(mae=0.200_003))
    assert set(_held(database)) == {(RESTORED, "mae")}
    job = _score(database, rendering, "mae", replace=True)
    kept = keep_scores(database, job, 1, _result(mae=0.200_003))
    assert (kept.added, len(kept.replaced)) == (1, 1)
    assert _held(database)[RESTORED, "mae"] == (0.200_003, job)


def test_only_the_attempt_that_holds_the_job_brings_values(database: Database, rendering: int) -> None:
    job = _score(database, rendering, "mae")
    for number, attempt in ((job, 2), (rendering, 1), (job + 7, 1)):
        with pytest.raises(StaleAttempt):
            keep_scores(database, number, attempt, _result(mae=0.2))
    assert _held(database) == {}


def test_an_attempt_that_loses_its_job_while_it_is_looked_at_brings_nothing(
    database: Database, rendering: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = _score(database, rendering, "mae")

    def overtaken(database: Database, rendering: int, *, degraded: bool) -> tuple[PicturePair, ...]:
        with database.write() as db:
            db.get_one(Job, job).attempt = 2
        return pairs_of(database, rendering, degraded=degraded)

    monkeypatch.setattr(scored, "pairs_of", overtaken)
    with pytest.raises(StaleAttempt):
        keep_scores(database, job, 1, _result(mae=0.2))
    assert _held(database) == {}


def test_a_value_that_a_table_told_with_nine_digits_is_no_contradiction(database: Database, rendering: int) -> None:
    key = (RESTORED, REFERENCE, "psnr", MeasureForm.RGB)
    keep(database, {key: 31.2345678}, Source("measures.csv", "f" * 64), higher_is_better={})
    kept = keep_scores(database, _score(database, rendering, "psnr"), 1, _result(psnr=31.234_567_84))
    assert (kept.added, kept.unchanged) == (1, 1)
    assert _held(database)[RESTORED, "psnr"] == (31.2345678, None)


def test_a_score_that_is_not_what_was_asked_for_is_refused_by_name(database: Database, rendering: int) -> None:
    job = _score(database, rendering, "mae", "gmsd")
    with pytest.raises(ScoreBroken, match=r"gmsd \(rgb\) of 0{12} is missing"):
        keep_scores(database, job, 1, _result(mae=0.2))
    with pytest.raises(ScoreBroken, match=r"psnr \(rgb\) of 0{12} was not asked for"):
        keep_scores(database, job, 1, _result(mae=0.2, gmsd=0.1, psnr=20))
    assert _held(database) == {}
