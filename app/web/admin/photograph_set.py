"""One set of photographs: its pictures, what is wrong with it, who used it, what allows its use."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import RedirectResponse, Response

from app.db.models import JobKind
from app.jobs import photograph_changes, photograph_sets
from app.jobs.photograph_lint import lint
from app.jobs.photograph_uses import uses
from app.web.admin.forms import Sent, text
from app.web.admin.photograph_words import address, state_of
from app.web.admin.photographs import MOST_FILES, IntakeForm
from app.web.failures import MalformedInput
from app.web.pages import Context, Ctx, render
from app.web.permits import Launches, actor
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])
SetName = Annotated[str, Path(max_length=80)]
SHOWN = 48  # photographs of a side, and jobs, until all are asked for


@router.get("/admin/photographs/{set_name}")
def set_page(request: Request, use: Ctx, set_name: SetName) -> Response:
    """Thumbnails on both sides, findings, jobs, and the forms that change it."""
    return _page(request, use, set_name)


@router.post("/admin/photographs/{set_name}/describe")
def describe(request: Request, use: Ctx, who: Launches, set_name: SetName, form: Sent) -> Response:
    """Licence and source are as written, also where nothing is; a request without both changes neither."""
    for name in ("licence", "source"):
        if name not in form:
            raise MalformedInput([{"loc": (name,), "msg": "this is missing"}])
    licence, source = (text(form, name).strip() for name in ("licence", "source"))
    try:
        photograph_changes.describe(use.database, set_name, licence=licence, source=source, by=actor(who))
    except photograph_changes.TextTooLong as error:
        return _page(request, use, set_name, problem=error.message, status=error.status)
    return RedirectResponse(f"{address(set_name)}?saved=1", 303)


@router.post("/admin/photographs/{set_name}/remove")
def remove(use: Ctx, who: Launches, set_name: SetName) -> Response:
    """The set is gone, or, where jobs have used it, no longer offered."""
    photograph_changes.remove(use.database, set_name, by=actor(who))
    return RedirectResponse("/admin/photographs?removed=1", 303)


@router.post("/admin/photographs/{set_name}/restore")
def restore(use: Ctx, who: Launches, set_name: SetName) -> Response:
    """The set can be used again."""
    photograph_changes.restore(use.database, set_name, by=actor(who))
    return RedirectResponse(address(set_name), 303)


def _page(request: Request, use: Context, set_name: str, *, problem: str = "", status: int = 200) -> Response:
    view = photograph_sets.get(use.database, set_name)
    found = photograph_sets.photographs(use.database, set_name, removed=True)
    used, everything = uses(use.database, set_name), request.query_params.get("all") == "1"
    sides = (("To learn from", found.train), ("To judge on", found.test))
    return render(
        request, "admin/photograph_set.html", status=status, set=view, state=state_of(view), problem=problem,
        sides=[(title, side if everything else side[:SHOWN], len(side)) for title, side in sides],
        findings=lint(use.database, set_name), uses=used if everything else used[:SHOWN], used=len(used),
        kinds={kind: _KINDS[kind] for kind in JobKind}, address=address, most=MOST_FILES,
        form=IntakeForm(set_name, view.licence, view.source),
    )  # fmt: skip


_KINDS = {
    JobKind.TRAIN: "learns from", JobKind.RENDER: "renders", JobKind.SCORE: "scores", JobKind.RECOVER: "recovers",
}  # fmt: skip
