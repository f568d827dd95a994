"""Results over the API: the rankings as they stand, every table as CSV, and the figures."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from app.analysis.significance import Correction
from app.results import figures
from app.results.columns import TABLES
from app.results.judgements import Counted
from app.results.options import BadOptions
from app.results.report import report
from app.results.sheet import Form, Scheme
from app.results.task_report import TaskReport
from app.studies.states import StudyNotFound
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import Told, example
from app.web.downloads import FIGURE_TYPES, Chosen, NoSuchFigure, NoSuchTable, attached, figure_of, table_chunks
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["results"])
_READ = Scope.RESULTS_READ
_ROW = {
    "condition": "ms_ssim", "rank": 1, "score": 0.83, "low": 0.61, "high": 1.05, "letters": "a", "wins": 431.5,
    "votes": 600.0,
}  # fmt: skip
_SCENE = {
    "scene": "coffee-1", "condition": "ms_ssim", "score": 0.71, "stderr": 0.2, "wins": 21.0, "votes": 30.0,
    "left_out": "",
}  # fmt: skip
_PAIR = {
    "condition_a": "ms_ssim", "condition_b": "mae", "difference": 0.44, "t": 5.1, "df": 19, "p": 0.00006,
    "p_holm": 0.0002, "p_bh": 0.0001, "distinguishable": True,
}  # fmt: skip
_TASK = {
    "task": "denoise", "title": "Denoising", "sentence": "ms_ssim is ahead of mae.", "tests": "", "notes": [],
    "ranking": [_ROW], "scenes": [_SCENE], "pairs": [_PAIR], "boxes": [["ms_ssim"]], "scenes_counted": 20,
    "scenes_left_out": 0, "subjects": 25, "votes": 1800.0, "counted": "people", "excluded_counted": False,
    "interval": "these subjects, any scenes",
}  # fmt: skip


class RankTold(Told):
    """One condition's place in its task's ranking."""

    model_config = example(_ROW)

    condition: str
    rank: int
    score: float = Field(description="Logits.")
    low: float | None
    high: float | None
    letters: str = Field(description="Conditions that share a letter cannot be told apart.")
    wins: float
    votes: float


class SceneScore(Told):
    """One condition's strength in one scene."""

    model_config = example(_SCENE)

    scene: str
    condition: str
    score: float | None
    stderr: float | None
    wins: float
    votes: float
    left_out: str = Field(description="Why the scene has no part in the ranking; empty where it has.")


class PairedTest(Told):
    """What the paired test says about two conditions, the higher ranked first."""

    model_config = example(_PAIR)

    condition_a: str
    condition_b: str
    difference: float
    t: float | None
    df: int
    p: float | None
    p_holm: float | None
    p_bh: float | None
    distinguishable: bool


class TaskResults(Told):
    """A task's ranking and what is behind it; where nothing can be ranked, `sentence` says why."""

    model_config = example(_TASK)

    task: str
    title: str
    sentence: str
    tests: str
    notes: list[str]
    ranking: list[RankTold]
    scenes: list[SceneScore]
    pairs: list[PairedTest]
    boxes: list[list[str]]
    scenes_counted: int
    scenes_left_out: int
    subjects: int | None
    votes: float
    counted: Counted | None
    excluded_counted: bool | None
    interval: str | None = Field(description="The population that the intervals speak about.")


class ResultsTold(Told):
    """The results of a study under the chosen options."""

    model_config = example(
        {"alpha": 0.05, "correction": "none", "prior": 0.1, "include_excluded": False, "tasks": [_TASK]}
    )

    alpha: float
    correction: Correction
    prior: float
    include_excluded: bool
    tasks: list[TaskResults]


@router.get("/studies/{study_id}/results", **opens(_READ, StudyNotFound, BadOptions, numbered=True))
def read_results(use: Ctx, study_id: Id, chosen: Chosen) -> ResultsTold:
    """The rankings as they stand, with scores by scene and paired tests."""
    options = chosen.options
    return ResultsTold(
        alpha=options.alpha,
        correction=options.correction,
        prior=options.prior,
        include_excluded=options.include_excluded,
        tasks=[_told(task) for task in report(use.database, study_id, options).tasks],
    )


_TABLE = opens(_READ, StudyNotFound, BadOptions, NoSuchTable, numbered=True)
_TABLE["responses"] |= {
    200: {
        "description": "The table, line by line; docs/data-dictionary.md explains its columns.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": ",".join(column.name for column in TABLES["rankings"]) + "\n",
            }
        },
    }
}


@router.get("/studies/{study_id}/results/{table}.csv", response_class=Response, **_TABLE)
def read_table(use: Ctx, study_id: Id, table: str, chosen: Chosen) -> Response:
    """One table as CSV: `votes`, `rankings`, `scores_by_scene` or `significance`."""
    headers = attached(chosen.file_name(study_id, f"{table}.csv"))
    chunks = table_chunks(use, study_id, table, chosen)
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)


_FIGURE = opens(_READ, StudyNotFound, BadOptions, NoSuchFigure, numbered=True)
_FIGURE["responses"] |= {
    200: {
        "description": "The forest plot.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FIGURE_TYPES.values()},
    }
}


@router.get("/studies/{study_id}/results/{task}/forest.{form}", response_class=Response, **_FIGURE)
def read_figure(
    use: Ctx,
    study_id: Id,
    task: str,
    form: Form,
    chosen: Chosen,
    scheme: Annotated[Scheme, Query(description="Ink for light or for dark paper.")] = "light",
) -> Response:
    """The forest plot of one task, as SVG, PDF or PNG."""
    drawn = figures.forest(figure_of(use, study_id, task, chosen), scheme, form)
    return Response(drawn, media_type=FIGURE_TYPES[form])


def _told(task: TaskReport) -> TaskResults:
    return TaskResults(
        task=task.task, title=task.title, sentence=task.sentence, tests=task.tests, notes=list(task.notes),
        ranking=[RankTold.model_validate(row) for row in task.rows],
        scenes=[SceneScore.model_validate(row) for row in task.scene_rows],
        pairs=[PairedTest.model_validate(row) for row in task.pair_rows],
        boxes=[list(box) for box in task.boxes], scenes_counted=task.scenes, scenes_left_out=task.scenes_left_out,
        subjects=task.subjects, votes=task.votes, counted=task.counted, excluded_counted=task.excluded_counted,
        interval=task.generalises_to,
    )  # fmt: skip
