"""What a scoring job brought back: kept with the other values of measures, for every study that shows the pictures."""

from collections.abc import Sequence
from math import isfinite

from sqlalchemy.orm import Session

from app.catalog import MEASURES
from app.db import Database
from app.db.models import Job, JobKind, JobState, MeasureForm
from app.errors import BadInput
from app.jobs.claims import StaleAttempt
from app.jobs.contract import ReplacedValue, ScoreResult, ScoreSpec
from app.jobs.pairs import pairs_of
from app.studies.measured import Kept, Key, Source, keep

# A network in single precision says the same of two pictures on every machine, to so much; measures of our own are
# computed in double precision and agree to what ``measured.SAME`` asks for, and absolutely to this: of equal pictures
# many are nought.
_LEARNED, _OURS = 1e-4, 1e-9
ALIKE = {measure.id: _LEARNED if measure.needs_weights else _OURS for measure in MEASURES.values()}
_AT_WORK = (JobState.STARTING, JobState.RUNNING, JobState.SUCCEEDED)


class ScoreBroken(BadInput):
    """A score's values are not those that were asked for."""

    problems: tuple[str, ...]

    def __init__(self, job_id: int, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"Score {job_id} was not kept: {'; '.join(problems[:5])}.", "run the job again")


def keep_scores(database: Database, job_id: int, attempt: int, result: ScoreResult) -> Kept:
    """The job's values are among those of the studies' pictures; doing it again changes nothing.

    A value that is there already stays, whoever brought it; one that differs is an error, unless the job was launched
    to replace it. Only the job's current attempt may do this.

    Raises
    ------
    StaleAttempt
        The job was taken from this attempt.
    ScoreBroken
        Values are missing, or were not asked for.
    OtherValues
        Some are there already and differ; nothing was written.
    """
    with database.read() as db:
        spec = _current(db, job_id, attempt)
    values = {(one.picture, one.reference, one.measure, MeasureForm(one.form)): one.value for one in result.values}
    problems = _unlike(_wanted(database, spec), values)
    if problems:
        raise ScoreBroken(job_id, problems)
    return keep(
        database,
        values,
        Source(job=job_id),
        higher_is_better={},
        replace=spec.replace,
        alike=ALIKE,
        check=lambda db: _current(db, job_id, attempt, hold=True),
    )


def keep_scores_of(database: Database, job_id: int, attempt: int, result: ScoreResult) -> tuple[ReplacedValue, ...]:
    """The same for a worker: what gave way, which the job's row then tells; raises as ``keep_scores`` does."""
    return tuple(
        ReplacedValue(
            picture=picture, reference=reference, measure=measure, form=form.value, value=other.there,
            source=other.source,
        )
        for other in keep_scores(database, job_id, attempt, result).replaced
        for picture, reference, measure, form in (other.key,)
    )  # fmt: skip


def _current(db: Session, job_id: int, attempt: int, *, hold: bool = False) -> ScoreSpec:
    """What the job is, as long as the attempt holds it: with ``hold`` until the transaction is over."""
    job = db.get(Job, job_id, with_for_update={"read": True} if hold else None)
    if job is None or job.kind is not JobKind.SCORE or job.attempt != attempt or job.state not in _AT_WORK:
        raise StaleAttempt(job_id, attempt)
    return ScoreSpec.model_validate(job.spec)


def _wanted(database: Database, spec: ScoreSpec) -> set[Key]:
    return {
        (pair.picture, pair.reference, measure, MeasureForm(form))
        for pair in pairs_of(database, spec.rendering, degraded=spec.degraded)
        for measure, form in spec.columns
    }


def _unlike(wanted: set[Key], brought: dict[Key, float]) -> list[str]:
    missing = [f"{key[2]} ({key[3]}) of {key[0][:12]} is missing" for key in sorted(wanted - brought.keys())]
    more = [f"{key[2]} ({key[3]}) of {key[0][:12]} was not asked for" for key in sorted(brought.keys() - wanted)]
    return (
        missing
        + more
        + [f"{key[2]} of {key[0][:12]} is {value}" for key, value in brought.items() if not isfinite(value)]
    )
