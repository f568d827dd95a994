"""A matrix of trainings over the API: every task under every objective, each trained in two stages and rendered."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from app.catalog import UnknownMeasure, UnknownTask
from app.jobs import launch
from app.jobs.launch import BadMatrix
from app.jobs.objective import BadObjective
from app.jobs.photographs import UnknownSet
from app.jobs.presets import UnknownPreset
from app.jobs.scenes import PhotographTooSmall
from app.jobs.store import NeedEndedBadly
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import Sent, Told, example
from app.web.pages import Ctx
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
LAUNCH_ERRORS = (UnknownTask, UnknownMeasure, BadObjective)
_Word = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
_CELL = {"task": "denoise", "condition": "ms_ssim", "pretraining": 16, "training": 17, "rendering": 18}


class NewMatrix(Sent):
    """Trainings to be launched together."""

    model_config = example(
        {
            "tasks": ["denoise"], "objectives": ["mae", "1 - ms_ssim"], "preset": "lab", "photograph_set": "packaged",
            "scene_side": 256, "scenes_per_photograph": 1, "seed": 0,
        }
    )  # fmt: skip

    tasks: list[_Word] = Field(min_length=1, max_length=20, description="As the catalogue names them.")
    objectives: list[_Word] = Field(min_length=1, max_length=200, description="Sums of measures, such as 1 - ms_ssim.")
    preset: _Word = Field(description="The size of the trainings, as the catalogue names it.")
    photograph_set: _Word = Field(description="What to learn from and to render, as GET /api/v1/photographs names it.")
    scene_side: int = Field(256, ge=1, le=100_000, description="Side of a test scene, pixels.")
    scenes_per_photograph: int = Field(1, ge=1, le=1000, description="Test scenes cut from each photograph.")
    seed: int = Field(0, ge=0, lt=2**31, description="Another seed makes other trainings.")


class CellTold(Told):
    """The jobs of one task under one objective."""

    model_config = example(_CELL)

    task: str
    condition: str = Field(description="The name of the objective.")
    pretraining: int = Field(description="The first stage, which all conditions of the task share.")
    training: int
    rendering: int


class MatrixTold(Told):
    """The jobs of a matrix."""

    model_config = example({"items": [_CELL]})

    items: list[CellTold]


@router.post(
    "/matrices",
    **opens(
        Scope.JOBS_WRITE, *LAUNCH_ERRORS, UnknownPreset, UnknownSet, PhotographTooSmall, BadMatrix, NeedEndedBadly,
        body="json",
    ),
)  # fmt: skip
def launch_matrix(use: Ctx, new: NewMatrix) -> MatrixTold:
    """Every task under every objective; what is already there is found, not trained again."""
    matrix = launch.launch_matrix(use.database, **new.model_dump())
    cells = [
        CellTold(
            task=task, condition=condition, pretraining=matrix.pretrainings[task], training=training,
            rendering=matrix.renderings[task, condition],
        )
        for (task, condition), training in matrix.trainings.items()
    ]  # fmt: skip
    return MatrixTold(items=cells)
