"""The address itself, without a path: what this is, and where to go on."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.web import login
from app.web.login import LoginNeeded
from app.web.pages import Ctx, render
from app.web.sign_in import HOME, token_of

router = APIRouter()


@router.get("/")
def front(request: Request, use: Ctx) -> Response:
    """Whoever is signed in goes on to the desk; everybody else reads where their own way begins."""
    try:
        login.signed_in(use.database, token_of(request, use))
    except LoginNeeded:
        return render(request, "front.html")
    return RedirectResponse(HOME, 303, headers={"Cache-Control": "no-store"})
