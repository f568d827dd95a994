"""How certain the rankings are, over the API: what takes longer than the rankings themselves."""

from fastapi import APIRouter
from pydantic import Field

from app.results.certainty import Certainty
from app.results.options import BadOptions
from app.results.report import report
from app.studies.states import StudyNotFound
from app.web.analysis_turns import IN_TURN, TooManyAnalyses
from app.web.api.route import ResultsRoute, opens
from app.web.api.shapes import Told, example
from app.web.downloads import Chosen
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ResultsRoute, tags=["results"], dependencies=[IN_TURN])
_REPLICATES = {
    "drawn": 1000, "scored": 1000, "seed": 0, "generalises_to": "any subjects, these scenes", "rank_low": [1, 1],
    "rank_high": [2, 2], "p_best": [0.93, 0.07], "p_beats": [[0.5, 0.93], [0.07, 0.5]],
}  # fmt: skip
_FRIEDMAN = {
    "statistic": 159.7, "df": 10, "p": 0.0001, "mean_rank": [1.2, 1.8], "critical_difference": 3.38, "alpha": 0.05
}  # fmt: skip
_FIT = {
    "deviance": 1065.0, "df": 900, "p": 0.396, "replicates": 499, "seed": 0,
    "sentence": "The votes agree with Bradley–Terry.", "scenes_that_do_not_fit": [],
}  # fmt: skip
_TASK = {
    "task": "denoise", "conditions": ["ms_ssim", "mae"], "replicates": _REPLICATES,
    "simultaneous": [[0.5, 1.1], [-1.1, -0.5]], "friedman": _FRIEDMAN, "fit": _FIT, "notes": [],
}  # fmt: skip


class ReplicatesTold(Told):
    """Replicates with subjects drawn anew; lists stand in the order of `conditions`."""

    model_config = example(_REPLICATES)

    drawn: int = Field(description="Replicates that were drawn.")
    scored: int = Field(description="Those of them in which a scene had votes on all conditions.")
    seed: int = Field(description="Seed of the drawing.")
    generalises_to: str = Field(description="The population that they speak about.")
    rank_low: list[int] = Field(description="Best rank in `level` of the replicates.")
    rank_high: list[int] = Field(description="Worst rank in them.")
    p_best: list[float] = Field(description="Share of the replicates in which the condition ranks first.")
    p_beats: list[list[float]] = Field(description="Share in which the row scores higher than the column.")


class FriedmanTold(Told):
    """Friedman's test over scenes, and Nemenyi's critical difference of mean ranks."""

    model_config = example(_FRIEDMAN)

    statistic: float = Field(description="Chi-square, corrected for ties.")
    df: int = Field(description="Its degrees of freedom.")
    p: float
    mean_rank: list[float] = Field(description="Of each condition over scenes; 1 is the best.")
    critical_difference: float = Field(description="How far apart two mean ranks differ by Nemenyi's test.")
    alpha: float = Field(description="Its level.")


class FitTold(Told):
    """Whether Bradley-Terry holds in the task as a whole, by a parametric bootstrap; fit.csv has it scene by scene."""

    model_config = example(_FIT)

    deviance: float
    df: int
    p: float
    replicates: int = Field(description="Sets of votes drawn from the fitted model.")
    seed: int = Field(description="Seed of the drawing.")
    sentence: str = Field(description="What it means, in words.")
    scenes_that_do_not_fit: list[str] = Field(description="After correction for looking at all scenes.")


class TaskCertainty(Told):
    """What is known about a task's ranking besides the scores; a part is null where the votes do not allow it."""

    model_config = example(_TASK)

    task: str = Field(description="The task.")
    conditions: list[str] = Field(description="In the order of the ranking.")
    replicates: ReplicatesTold | None
    simultaneous: list[tuple[float, float] | None] = Field(
        description="Ends that hold all conditions at once, of the chosen kind of interval."
    )
    friedman: FriedmanTold | None
    fit: FitTold | None
    notes: list[str] = Field(description="What is left out, and why.")


class CertaintyTold(Told):
    """How certain the rankings of a study are under the chosen options; tasks without a ranking are left out."""

    model_config = example({"tasks": [_TASK]})

    tasks: list[TaskCertainty]


_READ = opens(Scope.RESULTS_READ, StudyNotFound, BadOptions, TooManyAnalyses, numbered=True)


@router.get("/studies/{study_id}/results/certainty", **_READ)
def read_certainty(use: Ctx, study_id: Id, chosen: Chosen) -> CertaintyTold:
    """Rank intervals, chances, simultaneous intervals, Friedman's test, and whether Bradley-Terry holds."""
    found = report(use.database, study_id, chosen.options).certainty
    return CertaintyTold(tasks=[_told(one) for one in found.values()])


def _told(found: Certainty) -> TaskCertainty:
    return TaskCertainty.model_validate({"task": found.task, **found.as_json()})
