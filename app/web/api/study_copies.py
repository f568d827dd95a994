"""Studies made from others over the API: duplicates, what differs between two, and the link to try one by."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.sessions import trying
from app.studies import copies, differences
from app.studies.differences import Change
from app.studies.freezing import StudyNotReady
from app.studies.states import StudyNotFound
from app.web import rights
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import Told, example
from app.web.api.studies import StudyTold, as_it_is
from app.web.pages import LARGEST_ID, Ctx, Id, outside
from app.web.rights import May, Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["studies"])
_SETTING = {
    "name": "catch_trials", "what": "Trials per session that show the reference against its degraded input.",
    "before": "5", "after": "10",
}  # fmt: skip
_PICTURES = {"task": "denoise", "condition": "gmsd", "change": "added", "scenes": ["boat", "cat"]}


class ChangedSettingTold(Told):
    """A setting that the two studies say otherwise."""

    model_config = example(_SETTING)

    name: str
    what: str
    before: str = Field(description="As the form writes it; empty where nothing is set.")
    after: str


class ChangedPicturesTold(Told):
    """Pictures that only one of the studies has, or that are others."""

    model_config = example(_PICTURES)

    task: str
    condition: str
    change: Change
    scenes: list[str]


class DifferencesTold(Told):
    """What differs from one study to the other."""

    model_config = example({"before": 3, "after": 4, "settings": [_SETTING], "plan": [], "pictures": [_PICTURES]})

    before: int
    after: int
    settings: list[ChangedSettingTold]
    plan: list[ChangedSettingTold] = Field(description="Settings of the analysis plan.")
    pictures: list[ChangedPicturesTold]


class TrialLink(Told):
    """Where somebody takes a study as a subject would, and nothing counts."""

    model_config = example({"link": "https://study.example/join/7.Zk3cXy0dQ4mJtB1n8vWq2A"})

    link: str


@router.post(
    "/studies/{study_id}/duplicate",
    status_code=201,
    **opens(Scope.STUDIES_WRITE, StudyNotFound, numbered=True, also=Right.CREATES),
)
def duplicate_study(
    use: Ctx,
    who: Asking,
    study_id: Id,
    reply: Response,
    demonstration: Annotated[
        bool, Query(description="Whether it counts simulated subjects, who come by its public link, and no others.")
    ] = False,
) -> StudyTold:
    """A new draft with the same pictures and protocol; each request makes another one."""
    number = copies.duplicate(use.database, study_id, demonstration=demonstration, by=who.actor)
    reply.headers["Location"] = f"/api/v1/studies/{number}"
    return as_it_is(use, number)


@router.get("/studies/{study_id}/differences", **opens(Scope.STUDIES_READ, StudyNotFound, numbered=True))
def compare_studies(
    use: Ctx,
    request: Request,
    who: Asking,
    study_id: Id,
    to: Annotated[int, Query(ge=1, le=LARGEST_ID, description="Number of the other study.")],
) -> DifferencesTold:
    """What differs from the study `to` to this one; `duplicate_of` of a copy tells what it began as.

    Of completion codes and the addresses at the end only those are told who run the study; others read `set`.
    """
    seen: dict[int, May] = {study_id: request.state.may, to: rights.require(use.database, who, Right.SEES, to)}
    closed = [number for number, may in seen.items() if not may.runs]
    found = differences.differences(use.database, to, study_id, closed=closed)
    return DifferencesTold.model_validate({
        "before": to, "after": study_id, "settings": found.settings, "plan": found.plan, "pictures": found.pictures,
    }, from_attributes=True)  # fmt: skip


@router.post("/studies/{study_id}/try", **opens(Scope.STUDIES_WRITE, StudyNotFound, StudyNotReady, numbered=True))
def try_study(request: Request, use: Ctx, who: Asking, study_id: Id) -> TrialLink:
    """A link for taking the study as a subject would, whatever its state; what is answered there never counts."""
    token = trying.try_it(use.database, use.media, use.secret, study_id, by=who.actor)
    return TrialLink(link=f"{outside(request, use)}/join/{token}")
