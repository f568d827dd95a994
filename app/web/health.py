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


class StoreUntried(AppError):
    """The store is being tried for the first time, and has not answered yet."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The store of pictures and checkpoints has not answered yet", "ask again in a few seconds")


class StoreProbe:
    """Whether the store takes writes, tried at most once a minute: anybody may ask, and each try writes an object.

    While it is being tried, which may take as long as a service takes to be given up, others are told what the last
    try found: who waited would take the threads that subjects' pictures and votes need.
    """

    def __init__(self, media: Media, seconds: Callable[[], float] = time.monotonic) -> None:
        self._media, self._seconds = media, seconds
        self._lock = threading.Lock()
        self._tried_at: float | None = None
        self._trouble: AppError | None = StoreUntried()

    def check(self) -> None:
        """Nothing, where the store took the last try; raises what it refused it with otherwise."""
        if self._lock.acquire(blocking=False):
            try:
                if self._tried_at is None or self._seconds() - self._tried_at >= 60:
                    self._trouble = self._try()
                    self._tried_at = self._seconds()
            finally:
                self._lock.release()
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
async def alive() -> JSONResponse:  # async, so that it is answered also while every thread is at work
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
