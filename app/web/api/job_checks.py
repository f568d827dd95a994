"""What launching renderings, scores and recoveries would do, over the API; nothing is changed."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.jobs.asked import foresee_specs
from app.jobs.contract import RecoverSpec, RenderSpec, ScoreSpec
from app.web.api.foreseen import LaunchForeseenTold, launch_foreseen
from app.web.api.matrices import LAUNCH_ERRORS
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import Sent, example
from app.web.pages import Ctx
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_Checked = Annotated[RenderSpec | ScoreSpec | RecoverSpec, Field(discriminator="kind")]


class JobsToCheck(Sent):
    """Renderings, scores and recoveries that are not launched yet; trainings are checked as matrices."""

    model_config = example({"specs": [{"kind": "score", "rendering": 18, "measures": ["psnr", "gmsd"]}]})

    specs: list[_Checked] = Field(min_length=1, max_length=1000)


@router.post("/jobs/check", **opens(Scope.JOBS_READ, *LAUNCH_ERRORS, body="json"))
def check_jobs(use: Ctx, new: JobsToCheck) -> LaunchForeseenTold:
    """What launching these would do: what is in their way, which are there, how long it takes; nothing is changed."""
    found = foresee_specs(use.database, new.specs, use.shelf)
    return LaunchForeseenTold(**launch_foreseen(found, found.effort))
