"""A database that is away is a 503 that tells so, and one that cannot keep what was sent is no fault of ours."""

from fastapi import FastAPI
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from app.db.silence import reason, said_of
from app.errors import BadInput
from app.log import logger
from app.web.failures import NoSuchPage, failure_response, route_of

_RETRY_AFTER = "10"  # seconds; a database that is restarted takes no longer


class UnfitValue(BadInput):
    """The database cannot keep something that was sent."""

    def __init__(self) -> None:
        super().__init__(
            "Something that was sent cannot be kept: a text that is too long or has a character without form (NUL), or "
            "a number that is too large. Nothing was changed.",
            "correct it and send it again",
        )


def install(app: FastAPI) -> None:
    """Failures of the database become replies; what is none of its own goes on to ``Shelter``."""
    app.add_exception_handler(SQLAlchemyError, _failed)


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, SQLAlchemyError)
    told = said_of(error)
    if told is not None:
        logger("web").error(told.title().rstrip("."), why=reason(error), route=route_of(request.scope))
        reply = failure_response(request, told)
        reply.headers["Retry-After"] = _RETRY_AFTER
        return reply
    if isinstance(error, DataError):
        logger("web").warning("the database refused a value", why=reason(error), route=route_of(request.scope))
        looked = request.method in ("GET", "HEAD")
        return failure_response(request, NoSuchPage() if looked else UnfitValue())
    raise error
