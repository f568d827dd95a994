"""JSON as this API takes it: every key once, numbers that are numbers, text that every database can hold."""

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.errors import BadInput
from app.studies.strict_json import NotStrict, parsed
from app.web.failures import unbroken


class NotJson(BadInput):
    """The body is not JSON as this API takes it."""

    status = 400

    def __init__(self, why: str) -> None:
        super().__init__(f"The body is not JSON as this API takes it: {why}. Nothing was changed.", "send it as JSON")


class WrongContentType(BadInput):
    """The address takes another kind of body."""

    status = 415

    def __init__(self, wanted: str, sent: str) -> None:
        super().__init__(
            f"This address takes {wanted}, and was sent {sent[:80] or 'a body without a type'}; nothing was changed.",
            f"send the header `Content-Type: {wanted}`",
        )


async def read(request: Request) -> bytes:
    """The body, where it is JSON; raises ``WrongContentType``, ``NotJson`` or ``UnreadableRequest``."""
    body = await unbroken(request.body())
    if body:
        require_type(request, "application/json")
        await run_in_threadpool(_check, body)
    return body or b"null"


def require_type(request: Request, wanted: str) -> None:
    """Nothing, where the body is said to be of this type; raises ``WrongContentType`` otherwise."""
    sent = request.headers.get("content-type", "")
    if parse_options_header(sent)[0].decode("latin-1") != wanted:
        raise WrongContentType(wanted, sent)


def _check(body: bytes) -> None:
    try:
        parsed(body)
    except NotStrict as error:
        raise NotJson(str(error)) from None
