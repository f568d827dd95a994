"""The screening of measures over the API: a photograph to be found again under each, from noise and from JPEG."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from app.catalog import UnknownMeasure
from app.jobs import recovery
from app.jobs.asked import require
from app.jobs.photographs import UnknownSet
from app.jobs.recovery import STARTS, WEIGHT_FREE, BadScreening, PhotographNotKept
from app.jobs.scenes import PhotographTooSmall
from app.jobs.weights_at_hand import WeightsNotAtHand
from app.web.api.matrices import ANYWAY
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import Sent, Told, example
from app.web.pages import Ctx
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_RECOVERY = {"measure": "ms_ssim", "start": "noise", "job": 31, "found": False}


class NewRecoveries(Sent):
    """Recoveries to be launched together."""

    model_config = example(
        {
            "photograph_set": "packaged", "photograph": "coffee", "measures": ["mae", "ms_ssim"], "starts": ["noise"],
            "side": 256, "quality": 10, "steps": 20000, "seed": 0, "anyway": False,
        }
    )  # fmt: skip

    photograph_set: _Word = Field(description="As GET /api/v1/photographs names it.")
    photograph: _Word = Field(description="One of the set; a square from its middle is the reference.")
    measures: list[_Word] = Field(
        list(WEIGHT_FREE), min_length=1, max_length=100, description="Ids of the catalogue; by default without weights."
    )
    starts: list[Literal["noise", "jpeg"]] = Field(list(STARTS), min_length=1, max_length=2)
    side: int = Field(256, ge=1, le=4096, description="Pixels.")
    quality: int = Field(10, ge=1, le=95, description="Of the JPEG that is begun with.")
    steps: int = Field(20_000, ge=1, le=10_000_000, description="20,000 as published.")
    seed: int = Field(0, ge=0, lt=2**31, description="Of the noise that is begun with.")
    anyway: bool = Field(False, description=ANYWAY)


class RecoveryTold(Told):
    """The job of one measure and start."""

    model_config = example(_RECOVERY)

    measure: str
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
        WeightsNotAtHand, body="json",
    ),
)  # fmt: skip
def launch_recoveries(use: Ctx, who: Asking, new: NewRecoveries) -> RecoveriesTold:
    """A recovery for every measure and start; what is there already is found, not done again."""
    wish = recovery.Screening(**new.model_dump(exclude={"anyway"}))
    if not new.anyway:
        require(use.database, wish, use.shelf)
    done = recovery.launch_screening(use.database, wish, by=who.actor)
    return RecoveriesTold(
        items=[
            RecoveryTold(measure=measure, start=start, job=launched.job_id, found=launched.found)
            for (measure, start), launched in done.items()
        ]
    )
