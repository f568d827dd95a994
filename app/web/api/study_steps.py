"""The steps in which a draft is set up, over the API: how far each has come, and what is wrong with its settings."""

from fastapi import APIRouter
from pydantic import Field

from app.db.models import StudyState
from app.studies import service, setting_up
from app.studies.states import StudyNotFound
from app.studies.steps import Progress, Standing, Step, next_step
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import Told, example
from app.web.api.stimuli import FindingTold
from app.web.pages import Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_STEP = {
    "step": "checks", "progress": "to weigh", "settings": ["catch_trials", "catch_failures_allowed"],
    "findings": [{
        "severity": "warning", "text": "There are no catch trials, so that no rule excludes anybody.",
        "fix": "ten catch trials with one failure allowed keep 1.1 % of those", "setting": "catch_trials",
    }],
}  # fmt: skip


class StepTold(Told):
    """One step of setting up a draft."""

    model_config = example(_STEP)

    step: Step
    progress: Progress = Field(description="`to mend` keeps the study from opening; `not looked at` does not.")
    settings: list[str] = Field(description="Of the protocol, that its page shows; none for pictures and for opening.")
    findings: list[FindingTold] = Field(description="What is wrong with it, errors first; the last step has all.")


class StepsTold(Told):
    """The steps of a draft, in their order."""

    model_config = example({"next": "checks", "items": [_STEP]})

    next: Step | None = Field(description="Where setting up goes on; null where the study is no draft any more.")
    items: list[StepTold] = Field(description="Empty where the study is no draft any more.")


@router.get("/studies/{study_id}/steps", **opens(Scope.STUDIES_READ, StudyNotFound, numbered=True))
def read_steps(use: Ctx, study_id: Id) -> StepsTold:
    """How far a draft has come, step by step, with what is to be mended or weighed in each."""
    if service.get(use.database, study_id).state is not StudyState.DRAFT:
        return StepsTold(next=None, items=[])
    found = service.lint(use.database, use.media, study_id)
    steps = setting_up.standing(use.database, study_id, found)
    return StepsTold(next=next_step(steps), items=[_told(one) for one in steps])


def _told(one: Standing) -> StepTold:
    return StepTold(
        step=one.step, progress=one.progress, settings=list(one.step.settings),
        findings=[FindingTold.model_validate(finding) for finding in one.findings],
    )  # fmt: skip
