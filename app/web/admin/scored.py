"""A score as its job's page shows it: means over the scenes, and every picture's values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from app.catalog import MEASURES
from app.db import Database
from app.jobs.contract import Form, PicturePair, ScoreResult, ScoreSpec
from app.jobs.pairs import NoPicturesToScore, pairs_of
from app.jobs.views import JobView

Column = tuple[str, str]  # measure and form
_Key = tuple[str, str, str, Form]  # digests of picture and reference, measure, form


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A measure in one form: which way it is better, and its mean for each condition; None where no value is left."""

    measure: str
    name: str
    form: str
    higher_is_better: bool
    means: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ScoredPicture:
    """One picture, and its value under each measure."""

    scene: str
    condition: str
    picture: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A value that gave way to one of the score's."""

    scene: str
    condition: str
    measure: str
    form: str
    before: float
    source: str
    now: float | None


@dataclass(frozen=True, slots=True)
class ScoreTables:
    """The values of one score."""

    conditions: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[ScoredRow, ...]
    pictures: tuple[ScoredPicture, ...]
    scenes: int
    versions: Mapping[str, str]
    replaced: tuple[Replaced, ...]


def score_tables(database: Database, job: JobView) -> ScoreTables | None:
    """The values that a score brought; None where it has brought none, or none that can be read."""
    if not isinstance(job.spec, ScoreSpec) or job.result is None:
        return None
    try:
        result = ScoreResult.model_validate(job.result)
        pairs = pairs_of(database, job.spec.rendering, degraded=job.spec.degraded)
    except (ValidationError, NoPicturesToScore):
        return None
    values = {(one.picture, one.reference, one.measure, one.form): one.value for one in result.values}
    pictures = tuple(
        ScoredPicture(
            pair.scene,
            pair.condition,
            pair.picture,
            tuple(values.get((pair.picture, pair.reference, *column)) for column in job.spec.columns),
        )
        for pair in pairs
    )
    conditions = tuple(dict.fromkeys(pair.condition for pair in pairs))
    return ScoreTables(
        conditions=conditions,
        columns=job.spec.columns,
        rows=tuple(_row(place, column, conditions, pictures) for place, column in enumerate(job.spec.columns)),
        pictures=pictures,
        scenes=len({pair.scene for pair in pairs}),
        versions=result.versions,
        replaced=tuple(_replaced(result, pairs, values)),
    )


def _replaced(result: ScoreResult, pairs: Sequence[PicturePair], values: Mapping[_Key, float]) -> Iterator[Replaced]:
    shown = {(pair.picture, pair.reference): pair for pair in pairs}
    for one in result.replaced:
        pair = shown.get((one.picture, one.reference))
        scene, condition = (pair.scene, pair.condition) if pair else (one.picture[:12], "")
        now = values.get((one.picture, one.reference, one.measure, one.form))
        yield Replaced(scene, condition, one.measure, one.form, one.value, one.source, now)


def _row(
    place: int, column: Column, conditions: Sequence[str], pictures: Sequence[ScoredPicture]
) -> ScoredRow:  # fmt: skip
    measure, form = column
    means = []
    for condition in conditions:
        found = [one.values[place] for one in pictures if one.condition == condition]
        known = [value for value in found if value is not None]
        means.append(sum(known) / len(known) if known else None)
    about = MEASURES[measure]
    return ScoredRow(measure, about.name, form, about.higher_is_better, tuple(means))
