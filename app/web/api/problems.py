"""How errors are declared in the API's description: by status, each with the kinds that it may be."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from app.errors import AppError
from app.web.failures import PROBLEM

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "What went wrong, as RFC 9457 has it; some kinds say more beside these members.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "fix"],
    "properties": {
        "type": {
            "type": "string",
            "pattern": "^/errors#[a-z0-9-]+$",
            "description": "The kind of error; stays the same, whatever the case. The address explains it.",
        },
        "title": {"type": "string", "description": "What errors of this kind have in common; stays the same."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The reply's HTTP status."},
        "detail": {"type": "string", "description": "What was wrong this time, and where."},
        "fix": {"type": "string", "description": "What to do next; may be empty."},
        "errors": {
            "type": "array",
            "description": "With malformed-input: each fault and its place.",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}


def declared(kinds: Iterable[type[AppError]]) -> dict[int | str, dict[str, Any]]:
    """FastAPI's ``responses`` for these kinds of errors, each status with one of them as an example."""
    by_status = defaultdict[int, list[type[AppError]]](list)
    for kind in dict.fromkeys(kinds):
        by_status[kind.status].append(kind)
    return {status: _declared(status, by_status[status]) for status in sorted(by_status)}


def _declared(status: int, kinds: list[type[AppError]]) -> dict[str, Any]:
    return {
        "description": " ".join(f"`{kind.kind()}`: {kind.title()}" for kind in kinds),
        "content": {
            PROBLEM: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind.kind(): {"value": _example(kind, status)} for kind in kinds},
            }
        },
    }


def _example(kind: type[AppError], status: int) -> dict[str, Any]:
    return {
        "type": f"/errors#{kind.kind()}", "title": kind.title(), "status": status,
        "detail": kind.title(), "fix": "The sentence that says what to do next.",
    }  # fmt: skip
