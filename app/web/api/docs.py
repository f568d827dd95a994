"""The API described for readers: the OpenAPI document, a page made of it, and every kind of error. For everybody."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from textwrap import shorten
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.errors import AppError
from app.web.api.document import PREFIX, RULES, document
from app.web.pages import LARGEST_ID, Ctx, outside, render
from app.web.tokens import Scope

router = APIRouter()
_LONGEST_DEFAULT = 60
_ROOM = 160  # characters of a body that a command still has room for
_SAMPLES = {"table": "votes", "task": "denoise", "form": "svg", "set_name": "packaged"}


@dataclass(frozen=True, slots=True)
class Call:
    """A route as the page shows it."""

    method: str
    path: str
    about: str
    scope: str
    parameters: tuple["Parameter", ...]
    curl: str
    body: str  # of body.json, where the command has no room for it
    status: str
    reply: str  # an example; empty where a file comes back, or nothing
    comes: str  # what kind of content
    errors: tuple[str, ...]  # kinds that are this route's own


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may be said in an address."""

    name: str
    place: str
    form: str
    default: str
    about: str


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
    common = sorted(_common())
    return render(request, "api/docs.html", tags=tags, rules=RULES, scopes=list(Scope), common=common)


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
            curl, body = _curl(address, method.upper(), path, operation)
            yield operation["tags"][0], Call(
                method.upper(), path, operation["description"], " ".join(security["token"]) or "any token",
                tuple(_parameters(operation)), curl, body,
                *_reply(operation), tuple(kind for kind in _kinds(operation) if kind not in common),
            )  # fmt: skip


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


def _parameters(operation: dict[str, Any]) -> Iterator[Parameter]:
    """What the address says, and then the members of the body."""
    for told in operation.get("parameters", []):
        yield _parameter(told["name"], told["in"], told["schema"], told["description"])
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for name, schema in _known(sent).get("properties", {}).items():
        yield _parameter(name, "body", schema, schema.get("description", ""))


def _parameter(name: str, place: str, schema: dict[str, Any], about: str) -> Parameter:
    default = schema.get("default")
    said = "" if default is None or isinstance(default, dict) else json.dumps(default, ensure_ascii=False).strip('"')
    return Parameter(name, place, _form(schema), shorten(said, _LONGEST_DEFAULT, placeholder="…"), about)


def _known(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference leads to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document()["components"]["schemas"][name] if name else schema
    return found


def _form(schema: dict[str, Any]) -> str:
    """What a value looks like, in a few words."""
    schema = _known(schema)
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return " or ".join(dict.fromkeys(_form(one) for one in several if one.get("type") != "null"))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "items" in schema:
        return f"list: {_form(schema['items'])}"
    word = {"boolean": "true or false", "string": "text"}.get(schema["type"], str(schema["type"]))
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None:
        return word
    return f"{word} from {least:.9g}" if most in (None, LARGEST_ID) else f"{word}, {least:.9g} to {most:.9g}"


def _reply(operation: dict[str, Any]) -> tuple[str, str, str]:
    """The status of a reply that is no refusal, an example of it, and what kind of content it has."""
    status, reply = next((status, reply) for status, reply in operation["responses"].items() if status < "400")
    content = reply.get("content", {})
    example = next((one["example"] for one in content.values() if "example" in one), "")
    text = example.strip() if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    return status, text, " or ".join(content)


def _curl(address: str, method: str, path: str, operation: dict[str, Any]) -> tuple[str, str]:
    """A command for the shell, and what is in the file that it sends."""
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", _SAMPLES.get(name, "0" * 64 if name == "digest" else "3"))
    content = operation.get("requestBody", {}).get("content", {})
    said, body = (
        [*([] if method == "GET" or (content and method == "POST") else ["-X", method]), "-H @token.header"],
        "",
    )
    if "application/json" in content:
        example = content["application/json"]["example"]
        short = json.dumps(example, ensure_ascii=False)
        if len(short) <= _ROOM:
            said += [f"--json {shlex.quote(short)}"]
        else:
            said, body = [*said, "--json @body.json"], json.dumps(example, indent=2, ensure_ascii=False)
    elif "application/zip" in content:
        said += ["-H 'Content-Type: application/zip'", "--data-binary @stimuli.zip"]
    return " ".join(["curl", *said, shlex.quote(address + path)]), body
