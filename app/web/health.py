"""Whether the server lives, and whether it can work."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.db.migrate import require_current
from app.web.pages import Ctx

router = APIRouter()


@router.get("/healthz")
def alive() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
def ready(use: Ctx) -> JSONResponse:
    """The database is that of this program and the store takes writes; otherwise 503 or 507 with a sentence."""
    require_current(use.database)
    use.media.check_writable()
    return JSONResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})
