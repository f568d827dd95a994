"""What measures say of pictures that renderings brought, whether or not a study shows them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.db import Database
from app.db.models import MeasureSource, MeasureValue, Rendering, StimulusRole
from app.studies.measured import Held, Source, directions


def held_by_renderings(database: Database, jobs: Sequence[int]) -> list[Held]:
    """Every value of the pictures of these rendering jobs, degraded inputs included, in the order of their names.

    A degraded input that all conditions share is told once.
    """
    shown, reference = aliased(Rendering), aliased(Rendering)
    statement = (
        select(
            shown.task, shown.scene, shown.condition, MeasureValue.measure, MeasureValue.form, MeasureValue.value,
            MeasureSource.file_name, MeasureSource.job_id,
        )
        .join(
            reference,
            (reference.job_id == shown.job_id)
            & (reference.task == shown.task)
            & (reference.scene == shown.scene)
            & (reference.role == StimulusRole.REFERENCE),
        )
        .join(
            MeasureValue,
            (MeasureValue.picture_digest == shown.picture_digest)
            & (MeasureValue.reference_digest == reference.picture_digest),
        )
        .join(MeasureSource, MeasureSource.id == MeasureValue.source_id)
        .where(shown.job_id.in_(jobs), shown.role != StimulusRole.REFERENCE)
    )  # fmt: skip
    with database.read() as db:
        higher = directions(db)
        rows = db.connection().execute(statement).all()
    found = {row[:5]: Held(*row[:5], row[5], higher[row[3]], str(Source(row[6], None, row[7]))) for row in rows}
    return sorted(found.values(), key=lambda one: (one.task, one.scene, one.condition, one.measure, one.form))
