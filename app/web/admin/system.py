"""The System page: what the installation stands on and what is wrong with it, for those who operate it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.pages import Ctx, render
from app.web.permits import Operates
from app.web.standing import standing

router = APIRouter()


@router.get("/admin/system")
def system(request: Request, use: Ctx, _who: Operates) -> Response:
    """What fails first, then workers, queue, disks, database, versions and settings."""
    return render(request, "admin/system.html", standing=standing(use))
