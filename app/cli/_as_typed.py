"""Errors as somebody at a terminal reads them: what the API lists, a command lists too."""

import re

_LISTS = {  # what an error's sentence names for scripts, and what shows the same here
    "GET /api/v1/jobs": "beholder jobs list",
    "GET /api/v1/studies": "beholder study list",
    "GET /api/v1/studies/{number}/invitations": "beholder links STUDY",
    "GET /api/v1/studies/{number}/sessions": "beholder session list STUDY",
}
_ROUTE = re.compile(r" \((GET /api/[^ )]+)\)")


def as_typed(message: str) -> str:
    """The message with commands instead of routes; a route without a command goes."""
    return _ROUTE.sub(lambda found: f" (`{_LISTS[found[1]]}`)" if found[1] in _LISTS else "", message)
