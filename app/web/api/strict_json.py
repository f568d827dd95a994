"""JSON as this API takes it: every key once, numbers that are numbers, text that every database can hold."""

import json
from math import isfinite
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.errors import BadInput
from app.web.failures import unbroken

_DEEPEST = 32  # levels; nothing that is asked for here has ten


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
        text = body.decode()
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError:
        raise NotJson("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} at character {error.pos}") from None
    except RecursionError:
        raise NotJson(f"it nests deeper than {_DEEPEST} levels") from None
    except ValueError:  # a whole number of thousands of digits
        raise NotJson("it holds a number that is far too long") from None
    _check_depth_and_text(found)


def _check_depth_and_text(found: Any) -> None:
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise NotJson(f"it nests deeper than {_DEEPEST} levels")
        texts = [item for item in level if isinstance(item, str)]
        if any("\0" in text or not _whole(text) for text in texts):
            raise NotJson("a text in it holds a null or half of a character")
        inside = [item for item in level if isinstance(item, dict | list)]
        level = [value for item in inside for value in (item if isinstance(item, list) else [*item, *item.values()])]


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict[str, Any]()
    for name, value in pairs:
        if name in found:
            raise NotJson(f"it has the key {name[:80].encode('utf-8', 'replace').decode()!r} twice")
        found[name] = value
    return found


def _no_number(name: str) -> float:
    raise NotJson(f"{name} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise NotJson("it holds a number that is too large")
    return number
