"""What becomes of jobs, values and photographs when the tables go back to an older program's, and forth again."""

import pytest
from sqlalchemy import column, insert, inspect, select, table, text
from sqlalchemy.exc import IntegrityError

from app.clock import now
from app.db import Database
from app.db.migrate import downgrade, migrate
from app.db.models import (
    Job,
    JobKind,
    JobNeed,
    JobPoint,
    JobState,
    MeasureForm,
    MeasureSource,
    MeasureValue,
    Photograph,
    PhotographSet,
    Picture,
    Split,
)

SHOWN, REFERENCE = "1" * 64, "2" * 64


@pytest.fixture
def worked(database: Database) -> dict[JobKind, int]:
    """A job of every kind, values from a file and from a score, and a photograph that is a part of one."""
    with database.write() as db:
        jobs = {kind: _job(kind) for kind in JobKind}
        db.add_all(
            [*jobs.values(), *(Picture(digest=digest, width=8, height=8, size=1) for digest in (SHOWN, REFERENCE))]
        )
        db.flush()
        numbers = {kind: job.id for kind, job in jobs.items()}
        db.add(JobNeed(job_id=numbers[JobKind.RENDER], needs_id=numbers[JobKind.TRAIN]))
        db.add(JobNeed(job_id=numbers[JobKind.SCORE], needs_id=numbers[JobKind.RENDER]))
        db.add_all(JobPoint(job_id=numbers[kind], step=1, loss=0.5) for kind in (JobKind.TRAIN, JobKind.RECOVER))
        file = MeasureSource(file_name="older.csv", file_digest="f" * 64, added_at=now())
        score = MeasureSource(job_id=numbers[JobKind.SCORE], added_at=now())
        db.add_all([file, score])
        db.flush()
        for source, measure in ((file, "mae"), (score, "gmsd")):
            db.add(
                MeasureValue(
                    picture_digest=SHOWN, reference_digest=REFERENCE, measure=measure, form=MeasureForm.RGB, value=0.25,
                    source_id=source.id,
                )
            )  # fmt: skip
        db.add(PhotographSet(name="moors", licence="CC0", source="a camera", added_by="", added_at=now()))
        db.flush()
        db.add(
            Photograph(
                set_name="moors", name="fell_0_64", split=Split.TEST, picture_digest=SHOWN, source="s", pixels="3" * 64,
                group_name="fell",
            )
        )  # fmt: skip
    return numbers


def _job(kind: JobKind) -> Job:
    return Job(
        kind=kind, title=kind, spec={"kind": kind}, spec_hash=kind, state=JobState.SUCCEEDED, priority=1, attempt=1,
        idle_attempts=0, stop_requested=False, step=1, total_steps=1, created_at=now(),
    )  # fmt: skip


def _kept(database: Database) -> tuple[list[str], list[tuple[int, int]], list[int], list[str], list[str]]:
    """Kinds of jobs, needs, whose curves, measures of the values, and names of photographs."""
    with database.read() as db:
        return (
            list(db.scalars(text("SELECT kind FROM jobs ORDER BY id"))),
            [(job, need) for job, need in db.execute(text("SELECT job_id, needs_id FROM job_needs"))],
            list(db.scalars(text("SELECT job_id FROM job_points ORDER BY job_id"))),
            list(db.scalars(text("SELECT measure FROM measure_values ORDER BY measure"))),
            list(db.scalars(text("SELECT name FROM photographs"))),
        )


def test_scores_and_recoveries_are_lost_on_the_way_back_and_nothing_else(
    database: Database, worked: dict[JobKind, int]
) -> None:
    training, rendering = worked[JobKind.TRAIN], worked[JobKind.RENDER]
    older = (["train", "render"], [(rendering, training)], [training], ["mae"], ["fell_0_64"])
    downgrade(database, "0007")
    assert _kept(database) == older
    assert {"pixels", "group_name"}.isdisjoint(
        part["name"] for part in inspect(database.engine).get_columns("photographs")
    )
    jobs = table("jobs", column("id"), column("kind"))
    with pytest.raises(IntegrityError), database.write() as db:
        db.execute(jobs.update().where(jobs.c.id == training).values(kind="score"))
    migrate(database)
    assert _kept(database) == older
    with database.write() as db:
        db.add(_job(JobKind.SCORE))
        db.execute(insert(MeasureSource).values(job_id=rendering, added_at=now()))
    with database.read() as db:
        photograph = db.scalars(select(Photograph)).one()
        assert (photograph.pixels, photograph.group_name, photograph.split) == (None, None, Split.TEST)


def test_one_live_job_for_each_spec_is_still_the_rule_after_the_way_back_and_forth(
    database: Database, worked: dict[JobKind, int]
) -> None:
    downgrade(database, "0007")
    migrate(database)
    with pytest.raises(IntegrityError), database.write() as db:
        for _ in range(2):
            job = _job(JobKind.RECOVER)
            job.state = JobState.QUEUED
            db.add(job)
    with pytest.raises(IntegrityError), database.write() as db:
        db.add(JobNeed(job_id=worked[JobKind.TRAIN], needs_id=worked[JobKind.SCORE]))  # a job that is gone
