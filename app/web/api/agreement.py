"""Measures beside subjects over the API: how far they agree, and the values that this is worked out from."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from app.analysis.agreement import Compared
from app.analysis.correlations import Coefficient
from app.analysis.two_afc import Mean
from app.db.models import MeasureForm
from app.results.agreement import PreferenceRow, TaskAgreement
from app.results.measure_import import MeasuresDiffer, MeasuresOfOthers, import_measures
from app.results.measure_tables import MeasureId
from app.results.measures_csv import BadMeasures
from app.results.options import BadOptions
from app.results.report import report
from app.studies import service
from app.studies.measured import OtherDirection
from app.studies.states import StudyNotFound
from app.studies.turns import TooManyReadings
from app.web import uploads
from app.web.analysis_turns import IN_TURN, TooManyAnalyses
from app.web.api.route import Asking, ResultsRoute, opens
from app.web.api.shapes import Told, example
from app.web.api.strict_json import WrongContentType, require_type
from app.web.downloads import Chosen
from app.web.guard import TooLarge
from app.web.pages import Ctx, Id
from app.web.tokens import Scope
from app.web.uploads import NoRoomForUpload, TooManyUploads, UploadBrokenOff

router = APIRouter(route_class=ResultsRoute, tags=["results"])
_ESTIMATE = {"value": 0.86, "low": 0.71, "high": 0.94}
_COMPARED = {
    "conditions": ["gmsd", "mae", "ms_ssim"], "srcc": _ESTIMATE, "krcc": _ESTIMATE, "plcc": _ESTIMATE, "reason": "",
}  # fmt: skip
_ROW = {
    "measure": "ms_ssim", "form": "rgb", "higher_is_better": True, "scenes": 20, "whole": _COMPARED,
    "without_own": None, "own": [], "without_value": [],
}  # fmt: skip
_RANK = {"condition": "ms_ssim", "measure": "ms_ssim", "form": "rgb", "rank": 1, "mean": 0.94, "own": True}
_SCORE = {
    "who": "measure", "measure": "ms_ssim", "form": "rgb", "score": 0.74, "low": 0.71, "high": 0.77, "pairs": 1100,
    "scenes": 20, "reason": "",
}  # fmt: skip
_TASK = {
    "task": "denoise", "title": "Denoising", "sentence": "ms_ssim ranks the conditions most like the subjects.",
    "diagonal": "Each of 11 networks comes first under the measure it was trained under.", "notes": [],
    "measures": [_ROW], "ranks": [_RANK], "preferences": [_SCORE], "of_subjects": True,
}  # fmt: skip
_IMPORTED = {
    "name": "measures.csv", "added": 9680, "unchanged": 0, "replaced_count": 0, "replaced": [], "notes": [],
}  # fmt: skip


class EstimateTold(Told):
    """A coefficient with its interval."""

    model_config = example(_ESTIMATE)

    value: float
    low: float | None = Field(description="Lower end of the interval; null without one.")
    high: float | None = Field(description="Upper end of the interval; null without one.")


class ComparedTold(Told):
    """A measure's ranking of some conditions against the subjects'."""

    model_config = example(_COMPARED)

    conditions: list[str]
    srcc: EstimateTold | None = Field(description="Spearman's correlation; null where it is not defined.")
    krcc: EstimateTold | None = Field(description="Kendall's tau-b; null where it is not defined.")
    plcc: EstimateTold | None = Field(description="Pearson's correlation; null where it is not defined.")
    reason: str = Field(description="Why a coefficient or an interval is missing; empty where none is.")


class MeasureTold(Told):
    """One measure against the subjects."""

    model_config = example(_ROW)

    measure: str
    form: MeasureForm = Field(description="Of all channels (`rgb`, the published rule) or of luminance (`y`).")
    higher_is_better: bool
    scenes: int = Field(description="Scenes that both rankings are means over: with values of all conditions.")
    whole: ComparedTold
    without_own: ComparedTold | None = Field(
        description="Without the networks trained under the measure; null where there are none."
    )
    own: list[str] = Field(description="These networks.")
    without_value: list[str] = Field(description="Conditions with a score and no value, which take no part.")


class RankedTold(Told):
    """A condition's rank under a measure."""

    model_config = example(_RANK)

    condition: str
    measure: str
    form: MeasureForm
    rank: int = Field(description="1 is the best; equal means share a rank.")
    mean: float = Field(description="Mean over scenes of the measure.")
    own: bool = Field(description="Whether the condition was trained under the measure, alone or with others.")


class PreferenceTold(Told):
    """How often a measure, or people, prefer what a subject prefers."""

    model_config = example(_SCORE)

    who: str = Field(description="`measure`, `one person` or `majority of the others`; as in twoafc.csv.")
    measure: str | None
    form: MeasureForm | None
    score: float | None
    low: float | None
    high: float | None
    pairs: int
    scenes: int
    reason: str = Field(description="Why the score or its interval is missing.")


class TaskAgreementTold(Told):
    """A task's measures beside its subjects."""

    model_config = example(_TASK)

    task: str
    title: str = Field(description="The task's name as pages show it.")
    sentence: str = Field(description="What the measures show, in one English sentence, or why they show nothing.")
    diagonal: str = Field(description="Whether each network comes first under its own measure; empty without values.")
    notes: list[str]
    measures: list[MeasureTold] = Field(description="By SRCC, the highest first; as in agreement.csv.")
    ranks: list[RankedTold] = Field(description="As in rank_matrix.csv.")
    preferences: list[PreferenceTold] = Field(description="As in twoafc.csv.")
    of_subjects: bool = Field(description="Whether the intervals resample subjects, too, and not scenes alone.")


class AgreementTold(Told):
    """How far measures agree with the subjects, task by task."""

    model_config = example(
        {
            "level": 0.95, "replicates": 1000, "seed": 0, "sources": ["measures.csv"], "overall": [_SCORE],
            "tasks": [_TASK],
        }
    )  # fmt: skip

    level: float = Field(description="Confidence level of the intervals.")
    replicates: int = Field(description="How often scenes and subjects were resampled.")
    seed: int
    sources: list[str] = Field(description="Where the values come from.")
    overall: list[PreferenceTold] = Field(description="Over the pairs of all tasks.")
    tasks: list[TaskAgreementTold]


class MeasuresImported(Told):
    """What became of a file of values."""

    model_config = example(_IMPORTED)

    name: str
    added: int = Field(description="Values that are new.")
    unchanged: int = Field(description="Values that were here already.")
    replaced_count: int = Field(description="Values that replaced another.")
    replaced: list[str] = Field(description="The first of these, each with its line and the old value.")
    notes: list[str]


@router.get(
    "/studies/{study_id}/results/agreement",
    dependencies=[IN_TURN],
    **opens(Scope.RESULTS_READ, StudyNotFound, BadOptions, TooManyAnalyses, numbered=True),
)
def read_agreement(use: Ctx, study_id: Id, chosen: Chosen) -> AgreementTold:
    """How far measures agree with the subjects: correlations, rank matrices, and preferences pair by pair."""
    found = report(use.database, study_id, chosen.options).agreement
    return AgreementTold(
        level=found.level, replicates=found.replicates, seed=found.seed, sources=list(found.sources),
        overall=[_preference(row) for row in found.overall], tasks=[_task(task) for task in found.tasks],
    )  # fmt: skip


_CSV = opens(
    Scope.STUDIES_WRITE, StudyNotFound, BadMeasures, MeasuresDiffer, MeasuresOfOthers, OtherDirection, TooLarge,
    WrongContentType, UploadBrokenOff, NoRoomForUpload, TooManyUploads, TooManyReadings, numbered=True,
)  # fmt: skip
_CSV["openapi_extra"] |= {
    "requestBody": {
        "required": True,
        "description": "A CSV file with the columns `task,scene,condition,measure,value`, and optionally `better` and "
        "`form`.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "task,scene,condition,measure,value\ndenoise,coffee-1,mae,ms_ssim,0.9412\n",
            }
        },
    }
}


@router.put("/studies/{study_id}/measures", **_CSV)
async def put_measures(
    request: Request,
    use: Ctx,
    who: Asking,
    study_id: Id,
    name: Annotated[str, Query(max_length=200, description="What the file is called, for where values come from.")] = (
        "measures.csv"
    ),
    replace: Annotated[
        bool,
        Query(
            description="Replace values that are here and differ; every other study that shows these pictures changes "
            "with them, and must be one that the account runs."
        ),
    ] = False,
) -> MeasuresImported:
    """All values of a file are known for the study's pictures, or none; the same again changes nothing."""
    require_type(request, "text/csv")
    await run_in_threadpool(service.get, use.database, study_id)
    async with uploads.receive(request, uploads.waiting_room(use.settings)) as file:
        done = await run_in_threadpool(
            import_measures, use.database, study_id, file, name=name, replace=replace, by=who.actor
        )
    return MeasuresImported.model_validate(done)


def _task(task: TaskAgreement) -> TaskAgreementTold:
    return TaskAgreementTold(
        task=task.task, title=task.title, sentence=task.sentence, diagonal=task.diagonal, notes=list(task.notes),
        measures=[
            MeasureTold(
                measure=row.id.measure, form=row.id.form, higher_is_better=row.higher_is_better,
                scenes=row.found.scenes, whole=_compared(row.found.whole),
                without_own=_compared(row.found.without_own) if row.found.without_own else None,
                own=list(row.found.own), without_value=list(row.found.without_value),
            )
            for row in task.rows
        ],
        ranks=list(_ranks(task)), preferences=[_preference(row) for row in task.preferences],
        of_subjects=task.of_subjects,
    )  # fmt: skip


def _compared(compared: Compared) -> ComparedTold:
    found: dict[str, Any] = {kind.value: compared.coefficients.get(kind) for kind in Coefficient}
    return ComparedTold(conditions=list(compared.conditions), reason=compared.reason, **found)


def _ranks(task: TaskAgreement) -> list[RankedTold]:
    matrix = task.matrix
    if matrix is None:
        return []
    return [
        RankedTold(
            condition=name, measure=of.measure, form=of.form, rank=int(matrix.rank[i, m]),
            mean=float(matrix.mean[i, m]), own=bool(matrix.own[i, m]),
        )
        for i, name in enumerate(matrix.conditions)
        for m, of in enumerate(task.ids)
        if matrix.rank[i, m]
    ]  # fmt: skip


def _preference(row: PreferenceRow) -> PreferenceTold:
    mean: Mean | None = row.mean
    of = row.who if isinstance(row.who, MeasureId) else None
    return PreferenceTold(
        who="measure" if of else str(row.who), measure=of.measure if of else None, form=of.form if of else None,
        score=mean.value if mean else None, low=mean.low if mean else None, high=mean.high if mean else None,
        pairs=mean.pairs if mean else 0, scenes=mean.scenes if mean else 0, reason=row.reason,
    )  # fmt: skip
