"""Whether the server lives, and whether it can work."""

import threading
import time
from collections.abc import Callable

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from app.db.migrate import require_current
from app.db.silence import DatabaseSilent
from app.errors import AppError
from app.media import Media
from app.web.pages import Ctx

router = APIRouter()


class StoreProbe:
    """Whether the store takes writes, tried at most once a minute: anybody may ask, and each try writes an object."""

    def __init__(self, media: Media, seconds: Callable[[], float] = time.monotonic) -> None:
        self._media, self._seconds = media, seconds
        self._lock = threading.Lock()
        self._tried_at: float | None = None
        self._trouble: AppError | None = None

    def check(self) -> None:
        """Nothing, where the store took the last try; raises what it refused it with otherwise."""
        with self._lock:
            if self._tried_at is None or self._seconds() - self._tried_at >= 60:
                self._trouble = self._try()
                self._tried_at = self._seconds()
            trouble = self._trouble
        if trouble is not None:
            raise trouble.with_traceback(None)

    def _try(self) -> AppError | None:
        try:
            self._media.check_writable()
        except AppError as error:
            return error
        return None


@router.get("/healthz")
def alive() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
def ready(request: Request, use: Ctx) -> JSONResponse:
    """The database answers and is that of this program, and the store takes writes; otherwise 503 or 507."""
    try:
        require_current(use.database)
    except SQLAlchemyError:
        raise DatabaseSilent from None
    probe: StoreProbe = request.app.state.store_probe
    probe.check()
    return JSONResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})
