"""The API described for readers: the OpenAPI document, a page made of it, and every kind of error. For everybody."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.errors import AppError
from app.web.api.document import PREFIX, document
from app.web.pages import Ctx, outside, render
from app.web.tokens import Scope

router = APIRouter()
_SAMPLES = {"table": "votes", "task": "denoise", "form": "svg", "set_name": "packaged"}


@dataclass(frozen=True, slots=True)
class Call:
    """A route as the page shows it."""

    method: str
    path: str
    about: str
    scope: str
    curl: str
    errors: tuple[str, ...]  # kinds that are this route's own


@router.get(f"{PREFIX}/openapi.json")
def openapi() -> Response:
    """The OpenAPI document."""
    return JSONResponse(document())


@router.get("/api")
def api() -> Response:
    """The page that describes the present version."""
    return RedirectResponse(f"{PREFIX}/docs", 303)


@router.get(f"{PREFIX}/docs")
def docs_page(request: Request, use: Ctx) -> Response:
    """Every route with its scope, one sentence and an example for the shell."""
    tags = {tag["name"]: (tag["description"], list[Call]()) for tag in document()["tags"]}
    for tag, call in calls(outside(request, use)):
        tags[tag][1].append(call)
    return render(request, "api/docs.html", tags=tags, scopes=list(Scope))


@router.get("/errors")
def errors_page(request: Request) -> Response:
    """Every kind of error, so that the ``type`` of a problem leads somewhere."""
    return render(request, "api/errors.html", kinds=kinds())


def kinds() -> list[type[AppError]]:
    """Every kind of error that this program can answer with, by name."""
    found = {kind.kind(): kind for kind in _below(AppError) if kind.__module__.startswith("app.")}
    return [found[name] for name in sorted(found)]


def calls(address: str) -> Iterator[tuple[str, Call]]:
    """Every route under its heading, with an example that begins with this address."""
    common = _common()
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            (security,) = operation["security"]
            own = tuple(kind for kind in _kinds(operation) if kind not in common)
            scope = " ".join(security["token"]) or "any token"
            curl = _curl(address, method.upper(), path, operation)
            yield operation["tags"][0], Call(method.upper(), path, operation["description"], scope, curl, own)


def _below(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for lower in kind.__subclasses__():
        yield from _below(lower)


@cache
def _common() -> frozenset[str]:
    """The kinds of error that every route can answer with."""
    everywhere = [set(_kinds(operation)) for methods in document()["paths"].values() for operation in methods.values()]
    return frozenset(set.intersection(*everywhere))


def _kinds(operation: dict[str, Any]) -> Iterator[str]:
    for reply in operation["responses"].values():
        for content in reply.get("content", {}).values():
            yield from content.get("examples", {})


def _curl(address: str, method: str, path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", _SAMPLES.get(name, "0" * 64 if name == "digest" else "3"))
    parts = ["curl", *([] if method == "GET" else ["-X", method])]
    said = ['-H "Authorization: Bearer $BEHOLDER_TOKEN"']
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        said += ["--json @body.json"]
    elif "application/zip" in content:
        said += ["-H 'Content-Type: application/zip'", "--data-binary @stimuli.zip"]
    return " ".join([*parts, *said, shlex.quote(address + path)])
