"""The log of changes: of one study for those who run it, of everything for those who operate the program."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from app.db import deeds
from app.results.csv_lines import csv_lines, in_chunks
from app.web import deed_lines
from app.web.admin.study_head import head, study_page
from app.web.downloads import attached
from app.web.pages import LARGEST_ID, Context, Ctx, Id, render
from app.web.permits import operates, runs

router = APIRouter()
SHOWN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address leaves of the log."""

    deed: str = ""
    account: str = ""
    before: int | None = None

    @property
    def address(self) -> str:
        """The filter as part of an address, without the page."""
        return urlencode({"deed": self.deed, "account": self.account})


def _filter(
    deed: Annotated[str, Query(max_length=60)] = "",
    account: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> Filter:
    return Filter(deed, account, before)


Chosen = Annotated[Filter, Depends(_filter)]


@router.get("/admin/log", dependencies=[Depends(operates)])
def log(request: Request, use: Ctx, chosen: Chosen) -> Response:
    """What people changed in the whole program, the newest first."""
    return render(request, "admin/log.html", address="/admin/log", **_found(use, chosen, None))


@router.get("/admin/log.csv", dependencies=[Depends(operates)])
def log_csv(use: Ctx, chosen: Chosen) -> Response:
    """The same as a table, whole."""
    return _csv(use, chosen, None, "log.csv")


@router.get("/admin/studies/{study_id}/log", dependencies=[Depends(runs)])
def study_log(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """What people changed in this study, the newest first."""
    address = f"/admin/studies/{study_id}/log"
    return study_page(request, head(use, study_id), "log", problem="", address=address, **_found(use, chosen, study_id))


@router.get("/admin/studies/{study_id}/log.csv", dependencies=[Depends(runs)])
def study_log_csv(use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """The same as a table, whole."""
    return _csv(use, chosen, study_id, f"study-{study_id}-log.csv")


def _found(use: Context, chosen: Filter, study_id: int | None) -> dict[str, Any]:
    found = deeds.deeds(
        use.database, SHOWN_AT_ONCE + 1, study_id=study_id, deed=chosen.deed, account=chosen.account,
        before=chosen.before,
    )  # fmt: skip
    return {
        "chosen": chosen,
        "entries": [(entry, deed_lines.told(entry)) for entry in found[:SHOWN_AT_ONCE]],
        "older": found[SHOWN_AT_ONCE - 1].id if len(found) > SHOWN_AT_ONCE else None,
        "kinds": deeds.kinds(use.database, study_id),
        "doers": deeds.doers(use.database, study_id),
    }


def _csv(use: Context, chosen: Filter, study_id: int | None, name: str) -> Response:
    rows = deed_lines.rows(use.database, study_id, chosen.deed, chosen.account)
    lines = in_chunks(csv_lines(deed_lines.COLUMNS, rows))
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=attached(name))
