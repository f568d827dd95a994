"""A matrix of trainings over the API: every task under every objective, trained in two stages, rendered and scored."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from app.catalog import MEASURES, UnknownMeasure, UnknownTask
from app.db.models import MeasureForm
from app.jobs import intended, launch, many
from app.jobs.foresight import foresee, ready
from app.jobs.matrix_plan import BadMatrix, MatrixWish, Scores
from app.jobs.objective import BadObjective
from app.jobs.photograph_sets import UnknownSet
from app.jobs.presets import UnknownPreset
from app.jobs.scenes import PhotographTooSmall, SceneWish
from app.jobs.store import NeedEndedBadly, TwinAtWork
from app.jobs.together import NotInMatrix
from app.jobs.views import JobNotFound
from app.jobs.weights_at_hand import WeightsNotAtHand
from app.results.diagonal_figure import caption
from app.results.training_matrix import report_around
from app.web.analysis_turns import IN_TURN, TooManyAnalyses
from app.web.api.foreseen import LaunchForeseenTold, launch_foreseen
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import Sent, Told, example
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
LAUNCH_ERRORS = (UnknownTask, UnknownMeasure, BadObjective)
_Word = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
_DIAGONAL = {
    "task": "denoise", "condition": "ms_ssim", "measure": "ms_ssim", "met": True, "rank": 1, "value": 0.9412,
    "best": "ms_ssim", "best_value": 0.9412, "rival": "nlpd", "lead": 0.0031, "lead_share": 0.08, "scenes": 20,
    "scenes_first": 18,
}  # fmt: skip
ANYWAY = "Whether what needs weights that no worker has is launched, too: workers fetch what is published, or it fails."
_OF_ENTRY = tuple(name for name in _DIAGONAL if name not in ("task", "met"))
_RANK = {"task": "denoise", "condition": "ms_ssim", "measure": "gmsd", "form": "rgb", "rank": 3, "mean": 0.11}
_MISSING = {"task": "superres", "condition": "gmsd", "why": "job 7 (superres · gmsd · lab) is queued"}
_CELL = {"task": "denoise", "condition": "ms_ssim", "pretraining": 16, "training": 17, "rendering": 18, "scoring": 19}
_BASELINE = {"task": "denoise", "condition": "input", "rendering": 20, "scoring": 21}


_FORESEEN = {
    "problems": [], "cautions": ["No worker is present: the jobs wait until `beholder worker` runs."],
    "jobs": {"new": {"train": 3, "render": 3, "score": 3}}, "seconds": [5400.0, 3600.0, 8100.0],
    "memory": 3_200_000_000, "basis": "similar", "lacking": [],
}  # fmt: skip


class NewMatrix(Sent):
    """Trainings to be launched together."""

    model_config = example(
        {
            "tasks": ["denoise"], "objectives": ["mae", "1 - ms_ssim"], "preset": "lab", "photograph_set": "packaged",
            "scene_side": 256, "scenes_per_photograph": 1, "seed": 0, "measures": ["mae", "ms_ssim", "gmsd"],
            "baselines": True, "anyway": False,
        }
    )  # fmt: skip

    tasks: list[_Word] = Field(min_length=1, max_length=20, description="As the catalogue names them.")
    objectives: list[_Word] = Field(min_length=1, max_length=200, description="Sums of measures, such as 1 - ms_ssim.")
    preset: _Word = Field(description="The size of the trainings, as the catalogue names it.")
    photograph_set: _Word = Field(description="What to learn from and to render, as GET /api/v1/photographs names it.")
    scene_side: int = Field(256, ge=1, le=100_000, description="Side of a test scene, pixels.")
    scenes_per_photograph: int = Field(1, ge=1, le=1000, description="Test scenes cut from each photograph.")
    seed: int = Field(0, ge=0, lt=2**31, description="Another seed makes other trainings.")
    measures: list[_Word] | None = Field(
        None, min_length=1, max_length=100,
        description="What every result is scored with, the measures of the objectives besides; by default all that the "
        "scenes are large enough for and whose weights are at hand.",
    )  # fmt: skip
    baselines: bool = Field(True, description="Whether the scenes are rendered as baselines, too.")
    anyway: bool = Field(False, description=ANYWAY)


class CellTold(Told):
    """The jobs of one task under one objective."""

    model_config = example(_CELL)

    task: str
    condition: str = Field(description="The name of the objective.")
    pretraining: int = Field(description="The first stage, which all conditions of the task share.")
    training: int
    rendering: int
    scoring: int | None = Field(
        description="Finds what the measures say of the rendering's pictures; null where none of them can be computed."
    )


class BaselineTold(Told):
    """The job of a condition that no training makes."""

    model_config = example(_BASELINE)

    task: str
    condition: str
    rendering: int
    scoring: int | None


class MatrixTold(Told):
    """The jobs of a matrix."""

    model_config = example({"items": [_CELL], "baselines": [_BASELINE]})

    items: list[CellTold]
    baselines: list[BaselineTold]


class DiagonalTold(Told):
    """A network under the one measure of its objective."""

    model_config = example(_DIAGONAL)

    task: str
    condition: str
    measure: str
    met: bool = Field(description="Whether it comes first under its own measure, alone or with others.")
    rank: int = Field(description="Among the networks of the task; equal means share a rank.")
    value: float = Field(description="Its mean over scenes.")
    best: str
    best_value: float
    rival: str | None = Field(description="The best of the others; null without others.")
    lead: float = Field(description="By how much its mean is better than the rival's; negative is a miss.")
    lead_share: float = Field(description="The lead as a share of the distance from the best mean to the worst.")
    scenes: int
    scenes_first: int


class MatrixRankTold(Told):
    """A network under one measure."""

    model_config = example(_RANK)

    task: str
    condition: str
    measure: str
    form: MeasureForm
    rank: int
    mean: float


class MissingTold(Told):
    """A network that is not scored yet."""

    model_config = example(_MISSING)

    task: str
    condition: str
    why: str


class MatrixScoresTold(Told):
    """The ranks of a matrix's networks, and whether each is best under its own measure."""

    model_config = example(
        {
            "matrix": 17, "asked": 44, "met": 43, "sentence": "43 of 44 networks come first …",
            "diagonal": [_DIAGONAL], "ranks": [_RANK], "missing": [_MISSING],
        }
    )  # fmt: skip

    matrix: int = Field(description="The smallest of its second-stage trainings.")
    asked: int = Field(description="How many networks the diagonal criterion is asked of.")
    met: int = Field(description="How many come first under their own measure.")
    sentence: str
    diagonal: list[DiagonalTold]
    ranks: list[MatrixRankTold]
    missing: list[MissingTold]


@router.get("/matrices/{job_id}", dependencies=[IN_TURN], **opens(
    Scope.JOBS_READ, JobNotFound, NotInMatrix, TooManyAnalyses, numbered=True
))  # fmt: skip
def read_matrix(use: Ctx, job_id: Id) -> MatrixScoresTold:
    """The scores of the matrix that this job belongs to: ranks under each measure, and the diagonal criterion."""
    number, found = report_around(use.database, job_id)
    return MatrixScoresTold(
        matrix=number,
        asked=found.asked,
        met=found.met,
        sentence=caption(found),
        diagonal=[
            DiagonalTold(task=task, met=one.met, **{name: getattr(one, name) for name in _OF_ENTRY})
            for task, one in found.entries
        ],
        ranks=[
            MatrixRankTold(
                task=task.task, condition=condition, measure=of.measure, form=of.form,
                rank=int(task.matrix.rank[i, m]), mean=float(task.matrix.mean[i, m]),
            )
            for task in found.tasks
            for i, condition in enumerate(task.matrix.conditions)
            for m, of in enumerate(task.ids)
            if task.matrix.rank[i, m]
        ],
        missing=[MissingTold(task=one.task, condition=one.condition, why=one.why) for one in found.missing],
    )  # fmt: skip


class ForeseenTold(LaunchForeseenTold):
    """What launching a matrix would do."""

    model_config = example(_FORESEEN)

    memory: int | None = Field(description="Bytes that the greediest training needs.")


@router.post("/matrices/check", **opens(Scope.JOBS_READ, body="json"))
def check_matrix(use: Ctx, new: NewMatrix) -> ForeseenTold:
    """What launching this matrix would do: what is in its way, the jobs, their time and memory; nothing is changed."""
    readable = [one.text for one in map(intended.reading, new.objectives) if one.objective]
    known = None if new.measures is None else [name for name in new.measures if name in MEASURES]
    found = foresee(use.database, _wish(new, Scores.of(readable, known)), use.shelf)
    unknown = [UnknownMeasure(name).message for name in new.measures or () if name not in MEASURES]
    told = launch_foreseen(found, found.estimate)
    told["problems"] += unknown
    return ForeseenTold(**told, memory=None if found.estimate is None else found.estimate.bytes)


@router.post(
    "/matrices",
    **opens(
        Scope.JOBS_WRITE, *LAUNCH_ERRORS, UnknownPreset, UnknownSet, PhotographTooSmall, BadMatrix, NeedEndedBadly,
        WeightsNotAtHand, body="json",
    ),
)  # fmt: skip
def launch_matrix(use: Ctx, who: Asking, new: NewMatrix) -> MatrixTold:
    """Every task under every objective; what is already there is found, not trained again."""
    plan = ready(use.database, _wish(new, Scores.of(new.objectives, new.measures)), use.shelf, anyway=new.anyway)
    matrix = launch.launch_plan(use.database, plan, by=who.actor)
    cells = [
        CellTold(
            task=task, condition=condition, pretraining=matrix.pretrainings[task], training=training,
            rendering=matrix.renderings[task, condition], scoring=matrix.scorings.get((task, condition)),
        )
        for (task, condition), training in matrix.trainings.items()
    ]  # fmt: skip
    beside = [
        BaselineTold(
            task=task, condition=condition, rendering=rendering, scoring=matrix.beside.get((task, condition))
        )
        for (task, condition), rendering in matrix.baselines.items()
    ]  # fmt: skip
    return MatrixTold(items=cells, baselines=beside)


class MovedTold(Told):
    """The jobs of a matrix that were cancelled or queued again."""

    model_config = example({"jobs": [17, 18, 19]})

    jobs: list[int] = Field(description="Their numbers; none where there was nothing to do.")


@router.post("/matrices/{job_id}/cancel", **opens(Scope.JOBS_WRITE, JobNotFound, NotInMatrix, numbered=True))
def cancel_matrix(use: Ctx, who: Asking, job_id: Id) -> MovedTold:
    """What is left of the matrix that has this job: what waits ends now, what is at work saves and stops."""
    return MovedTold(jobs=many.cancel_matrix(use.database, job_id, by=who.actor))


@router.post("/matrices/{job_id}/retry", **opens(Scope.JOBS_WRITE, JobNotFound, NotInMatrix, TwinAtWork, numbered=True))
def retry_matrix(use: Ctx, who: Asking, job_id: Id) -> MovedTold:
    """What of the matrix failed or was cancelled is queued again and goes on from its last checkpoints."""
    return MovedTold(jobs=many.retry_matrix(use.database, job_id, by=who.actor))


def _wish(new: NewMatrix, scores: Scores) -> MatrixWish:
    return MatrixWish(
        tasks=new.tasks, objectives=new.objectives, preset=new.preset, photograph_set=new.photograph_set,
        scenes=SceneWish(new.scene_side, per_photograph=new.scenes_per_photograph), seed=new.seed, scores=scores,
        baselines=new.baselines,
    )  # fmt: skip
