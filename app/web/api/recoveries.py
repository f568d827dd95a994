"""The screening of measures over the API: a photograph to be found again under each, from noise and from JPEG."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from app.catalog import UnknownMeasure
from app.jobs.asked import launch
from app.jobs.contract import PUBLISHED_RECOVERY
from app.jobs.job_file import AskedRecoveries
from app.jobs.objective import BadObjective
from app.jobs.photograph_sets import UnknownSet
from app.jobs.recovery import STARTS, BadScreening, PhotographNotKept, SceneBeyond, screening_of
from app.jobs.scenes import PhotographTooSmall
from app.jobs.weights_at_hand import WeightsNotAtHand
from app.web.api.matrices import ANYWAY
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import Sent, Told, example
from app.web.pages import LARGEST_ID, Ctx
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_RECOVERY = {"measure": "ms_ssim", "start": "noise", "job": 31, "found": False}


class NewRecoveries(Sent):
    """Recoveries to be launched together."""

    model_config = example(
        {
            "photograph_set": "packaged", "photograph": "coffee", "measures": ["mae", "ms_ssim"],
            "objectives": ["mae + 0.1 gmsd"], "starts": ["noise"],
            "side": 256, "left": 0, "top": 0, **asdict(PUBLISHED_RECOVERY), "seed": 0, "anyway": False,
        }
    )  # fmt: skip

    photograph_set: _Word = Field(description="As GET /api/v1/photographs names it.")
    photograph: _Word = Field(description="One of the set; a square from it is the reference.")
    measures: list[_Word] | None = Field(
        None,
        max_length=100,
        description="Ids of the catalogue; by default those without weights; none, if objectives are.",
    )
    objectives: list[_Word] = Field([], max_length=100, description="Sums of measures that are followed besides.")
    starts: list[Literal["noise", "jpeg"]] = Field(list(STARTS), min_length=1, max_length=2)
    side: int = Field(256, ge=1, le=4096, description="Pixels.")
    left: int | None = Field(None, ge=0, le=LARGEST_ID, description="Where the square begins; default: in the middle.")
    top: int | None = Field(None, ge=0, le=LARGEST_ID, description="The same from above.")
    quality: int = Field(PUBLISHED_RECOVERY.quality, ge=1, le=95, description="Of the JPEG that is begun with.")
    steps: int = Field(PUBLISHED_RECOVERY.steps, ge=1, le=10_000_000)
    learning_rate: float = Field(PUBLISHED_RECOVERY.learning_rate, gt=0, le=1)
    halve_every: int = Field(PUBLISHED_RECOVERY.halve_every, ge=1, le=10_000_000, description="Steps.")
    lowest_rate: float = Field(PUBLISHED_RECOVERY.lowest_rate, gt=0, le=1, description="It is not halved below this.")
    seed: int = Field(0, ge=0, lt=2**31, description="Of the noise that is begun with.")
    anyway: bool = Field(False, description=ANYWAY)


class RecoveryTold(Told):
    """The job of one measure or objective, and one start."""

    model_config = example(_RECOVERY)

    measure: str = Field(description="Or the objective's name.")
    start: str
    job: int
    found: bool = Field(description="Whether the job was there already.")


class RecoveriesTold(Told):
    """The jobs of the recoveries."""

    model_config = example({"items": [_RECOVERY]})

    items: list[RecoveryTold]


@router.post(
    "/recoveries",
    **opens(
        Scope.JOBS_WRITE, UnknownMeasure, UnknownSet, PhotographNotKept, PhotographTooSmall, BadScreening,
        WeightsNotAtHand, BadObjective, SceneBeyond, body="json",
    ),
)  # fmt: skip
def launch_recoveries(use: Ctx, who: Asking, new: NewRecoveries) -> RecoveriesTold:
    """A recovery for every measure and start; what is there already is found, not done again."""
    said = new.model_dump(exclude={"photograph_set", "anyway"})
    wish = AskedRecoveries(kind="recover", set=new.photograph_set, **said).wish
    places = screening_of(use.database, wish)
    done = launch(use.database, wish, use.shelf, anyway=new.anyway, by=who.actor)
    return RecoveriesTold(
        items=[
            RecoveryTold(measure=measure, start=start, job=launched.job_id, found=launched.found)
            for (measure, start), launched in zip(places, done, strict=True)
        ]
    )
