"""What launching renderings, scores and recoveries would do, over the API; nothing is changed."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.jobs.asked import foresee_specs
from app.jobs.contract import RecoverSpec, RenderSpec, ScoreSpec
from app.web.api.matrices import LAUNCH_ERRORS
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import Sent, Told, example
from app.web.pages import Ctx
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_Checked = Annotated[RenderSpec | ScoreSpec | RecoverSpec, Field(discriminator="kind")]


class JobsToCheck(Sent):
    """Renderings, scores and recoveries that are not launched yet; trainings are checked as matrices."""

    model_config = example({"specs": [{"kind": "score", "rendering": 18, "measures": ["psnr", "gmsd"]}]})

    specs: list[_Checked] = Field(min_length=1, max_length=1000)


class JobsForeseenTold(Told):
    """What launching jobs would do."""

    model_config = example(
        {
            "problems": [], "cautions": [], "jobs": {"new": {"score": 1}}, "seconds": [40.0, 25.0, 64.0],
            "basis": "similar", "lacking": [],
        }
    )  # fmt: skip

    problems: list[str] = Field(description="Why nothing would be launched; empty where it would be.")
    cautions: list[str] = Field(description="It would be launched, and then wait, fail or surprise.")
    jobs: dict[str, dict[str, int]] = Field(
        description="How many jobs, by their fate (new, at work, done, again) and by kind."
    )
    seconds: list[float] | None = Field(
        description="Until all have ended: a guess, its low and its high end; null where nothing is left to do."
    )
    basis: str | None = Field(description="What the time stands on: similar or reckoned.")
    lacking: list[str] = Field(description="Measures whose weights no worker has; it is launched with `anyway` only.")


@router.post("/jobs/check", **opens(Scope.JOBS_READ, *LAUNCH_ERRORS, body="json"))
def check_jobs(use: Ctx, new: JobsToCheck) -> JobsForeseenTold:
    """What launching these would do: what is in their way, which are there, how long it takes; nothing is changed."""
    found = foresee_specs(use.database, new.specs, use.shelf)
    told = found.effort
    return JobsForeseenTold(
        problems=list(found.problems),
        cautions=list(found.cautions),
        jobs=found.counts,
        seconds=None if told is None else [told.seconds.value, told.seconds.low, told.seconds.high],
        basis=None if told is None else told.basis.value,
        lacking=list(found.lacking),
    )
