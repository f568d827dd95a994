"""A study made from another, and tried: duplicates, what differs between two studies, and the rehearsal's button."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.sessions import trying
from app.studies import copies, differences, service
from app.studies.freezing import StudyNotReady
from app.web import rights
from app.web.admin.set_up import unready_page
from app.web.admin.study_head import head, study_page
from app.web.pages import LARGEST_ID, Ctx, Id
from app.web.permits import Creates, Runs, Sees, actor
from app.web.rights import May, Right

router = APIRouter()


@router.post("/admin/studies/{study_id}/duplicate")
def duplicate(
    use: Ctx, who: Runs, _may: Creates, study_id: Id, demonstration: Annotated[bool, Form()] = False
) -> Response:
    """A new draft with the same pictures and the same protocol; a demonstration counts simulated subjects alone."""
    made = copies.duplicate(use.database, study_id, demonstration=demonstration, by=actor(who))
    return RedirectResponse(f"/admin/studies/{made}/protocol", 303)


@router.get("/admin/studies/{study_id}/differences")
def compare(
    request: Request, use: Ctx, who: Sees, study_id: Id, to: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None
) -> Response:
    """What differs from the study that this one began as a copy of, or from any other."""
    above = head(use, study_id)
    known = service.listing(use.database, account_id=None if who.operates else who.account_id)
    others = [study for study in known if study.id != study_id]
    of = above.study.duplicate_of  # which they may not see
    other = to or (of if of in {study.id for study in others} else None)
    found = None
    if other:
        seen: dict[int, May] = {
            study_id: request.state.may,
            other: rights.require(use.database, who, Right.SEES, other),
        }
        closed = [number for number, may in seen.items() if not may.runs]
        found = differences.differences(use.database, other, study_id, closed=closed)
    return study_page(
        request, above, "", template="admin/study_differences.html", problem="", found=found, other=other,
        others=others,
    )  # fmt: skip


@router.post("/admin/studies/{study_id}/try")
def try_it(request: Request, use: Ctx, who: Runs, study_id: Id) -> Response:
    """Leads to the study's first page as a subject sees it; what is answered there is kept out of all data."""
    try:
        token = trying.try_it(use.database, use.media, use.secret, study_id, by=actor(who))
    except StudyNotReady as error:
        return unready_page(request, use, study_id, "The study cannot be tried yet.", error.status)
    return RedirectResponse(f"/join/{token}", 303)
