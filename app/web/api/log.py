"""The log of changes over the API: of one study for those who run it, of everything for those who operate."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from app.db import deeds
from app.db.deeds import Deed
from app.db.models import Through
from app.studies import service
from app.studies.states import StudyNotFound
from app.web.api.route import ApiRoute, opens
from app.web.api.shapes import MOMENT, After, Limit, Told, example
from app.web.pages import Ctx, Id
from app.web.rights import Right
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["people"])
_CHANGE = {
    "id": 210, "at": MOMENT, "account": "ada", "through": "desk", "deed": "role given", "study_id": 3, "job_id": None,
    "details": {"to": "rosa", "role": "analyst", "before": None},
}  # fmt: skip
Kind = Annotated[
    str,
    Query(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$", description="Only changes of this kind, as `deed` has it."),
]
Account = Annotated[
    str, Query(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$", description="Only what the account of this name did.")
]


class ChangeTold(Told):
    """A change that somebody made."""

    model_config = example(_CHANGE)

    id: int
    at: datetime
    account: str = Field(description="The name at the time; empty where it was nobody's account.")
    through: Through = Field(description="The desk, the API, the command line, or the program itself.")
    deed: str
    study_id: int | None
    job_id: int | None
    details: dict[str, Any] = Field(description="What was changed; never a secret.")


class ChangesTold(Told):
    """Changes, the newest first; `next` leads to those before."""

    model_config = example({"items": [_CHANGE], "next": None})

    items: list[ChangeTold]
    next: int | None


@router.get("/log", **opens(Scope.AUDIT_READ, right=Right.OPERATES))
def read_changes(
    use: Ctx, limit: Limit = 100, after: After = None, deed: Kind = "", account: Account = ""
) -> ChangesTold:
    """What people changed in the whole program, the newest first, page by page."""
    return _told(deeds.deeds(use.database, limit + 1, deed=deed, account=account, before=after), limit)


@router.get("/studies/{study_id}/log", **opens(Scope.AUDIT_READ, StudyNotFound, numbered=True, right=Right.RUNS))
def read_study_changes(
    use: Ctx, study_id: Id, limit: Limit = 100, after: After = None, deed: Kind = "", account: Account = ""
) -> ChangesTold:
    """What people changed in the study, the newest first, page by page."""
    service.get(use.database, study_id)
    found = deeds.deeds(use.database, limit + 1, study_id=study_id, deed=deed, account=account, before=after)
    return _told(found, limit)


def _told(found: list[Deed], limit: int) -> ChangesTold:
    items = [ChangeTold.model_validate(one) for one in found[:limit]]
    return ChangesTold(items=items, next=items[-1].id if len(found) > limit else None)
