"""The description of the API, held against the API with hundreds of odd requests."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web import throttle
from app.web.api.document import document
from app.web.app import create_app
from tests.web.api.crowded import COOKIE, Crowded, Watch, crowd, watching

CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.ignored_auth,
]
NEGATIVE = [*CHECKS, openapi_checks.negative_data_rejection]
FEW, MANY = 4, 30  # examples for each route, each kind of data, and each kind of address

ROUTES = [(method, path) for path, methods in document()["paths"].items() for method in methods]
BOTH = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture
def web(settings: Settings, database: Database, media: Media) -> FastAPI:
    """The application, which answers to the name that schemathesis calls it by."""
    return create_app(settings.model_copy(update={"hosts": ("testserver",)}), database, media)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The door does not mind the thousands of wrong tokens."""
    for bound in ("FROM_ONE_PLACE", "FROM_EVERYWHERE", "OTHER_NAMES"):
        monkeypatch.setattr(throttle, bound, 10**6)


@pytest.fixture
def there(web: FastAPI, settings: Settings, database: Database, media: Media, tmp_path: Path) -> Crowded:
    return crowd(web, settings, database, media, tmp_path / "pictures")


@pytest.fixture
def watch(database: Database) -> Iterator[Watch]:
    with watching(database) as watch:
        yield watch


def attack(
    operation: Any, mode: GenerationMode, watch: Watch, named: dict[str, Any], examples: int, **sent: Any
) -> int:
    """How many requests were sent; each was answered as described, and those that were refused left nothing behind."""
    count = 0
    told = CHECKS if mode is GenerationMode.POSITIVE else NEGATIVE

    @given(case=operation.as_strategy(generation_mode=mode, **({"path_parameters": named} if named else {})))
    @bounds(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    def ask(case: Case) -> None:
        nonlocal count
        count += 1
        before = watch.mark()
        response = case.call(**sent)
        logged = response.status_code == 409 and operation.path.endswith(
            "/vote"
        )  # that another answer stood is written
        if response.status_code >= 400 and not logged:
            assert watch.mark() == before, f"{response.status_code}, and yet something was written"
        checks = CHECKS if any(map(_listed, (case.query or {}).values())) else told
        case.validate_response(response, checks=checks, transport_kwargs=sent)

    with suppress(Unsatisfiable):  # where the address is all that is sent, and it is right, nothing can be wrong
        ask()
    return count


def _listed(value: Any) -> bool:
    """Whether it is a list in a query: numbers and mappings in it are texts on their way, and nothing is wrong."""
    return isinstance(value, list) and not all(isinstance(one, str) for one in value)


def everything(web: FastAPI, there: Crowded, watch: Watch, examples: int) -> int:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", web)
    headers = {"Authorization": f"Bearer {there.token}"}
    sent = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if {"application/zip", "application/yaml"} & {
            *operation.definition.raw.get("requestBody", {}).get("content", {})
        }:
            continue  # what archives and study files may hold is tried with such files
        for mode in BOTH:
            for named in filter(None, (there.named(operation.path), {"anywhere": True})):
                known = {} if "anywhere" in named else named
                sent += attack(operation, mode, watch, known, examples, headers=headers)
    return sent


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("examples", "least"),
    [
        pytest.param(FEW, 300, marks=pytest.mark.quick_twin),
        pytest.param(MANY, 2_000, marks=[pytest.mark.slow, pytest.mark.one_database]),
    ],
)
def test_the_api_is_as_it_is_described(web: FastAPI, there: Crowded, watch: Watch, examples: int, least: int) -> None:
    assert everything(web, there, watch, examples) > least


PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSALS = {str(status): {"description": "refused", "content": PROBLEM} for status in (400, 403, 404, 409, 422)}
VOTE = {
    "type": "object",
    "required": ["trial", "side", "received_at"],
    "properties": {"trial": {"type": "string"}, "side": {"enum": ["left", "right", "tie"]}},
}
BLOCK = {
    "type": "object",
    "required": ["last", "planned", "trials"],
    "properties": {"trials": {"type": "array", "items": {"type": "object", "required": ["token", "vote", "pictures"]}}},
}
SAID = {
    "type": "object",
    "required": ["side"],
    "additionalProperties": False,
    "properties": {
        "side": {"enum": ["left", "right", "tie"]},
        "elapsed_ms": {"type": ["integer", "null"], "minimum": 0, "maximum": 86_400_000},
    },
}


def answered(schema: dict[str, Any], *statuses: int) -> dict[str, Any]:
    return {
        str(status): {"description": "", "content": {"application/json": {"schema": schema}}} for status in statuses
    }


def subjects_routes() -> dict[str, Any]:
    """The two routes that answer in JSON to a subject's browser, described for this test."""
    token = {"in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    session, trial = {"name": "session", **token}, {"name": "trial", **token}
    vote = {
        "parameters": [session, trial],
        "requestBody": {"required": True, "content": {"application/json": {"schema": SAID}}},
        "responses": answered(VOTE, 200, 201) | REFUSALS,
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "What a subject's browser asks", "version": "1"},
        "paths": {
            "/s/{session}/trials": {"get": {"parameters": [session], "responses": answered(BLOCK, 200) | REFUSALS}},
            "/s/{session}/trials/{trial}/vote": {"put": vote},
        },
        "components": {"schemas": {"Problem": document()["components"]["schemas"]["Problem"]}},
    }


@pytest.mark.parametrize("mode", BOTH)
def test_a_subjects_browser_is_answered_as_described(
    web: FastAPI, there: Crowded, watch: Watch, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(subjects_routes())
    schema.app = web
    headers = {"Accept": "application/json"}
    cookies = {COOKIE: there.cookie}
    sent = 0
    known = {"session": there.sitting.rsplit("/", 1)[1], "trial": there.trial}
    for found in schema.get_all_operations():
        operation = found.ok()
        mine = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
        for named in ({}, mine):
            sent += attack(operation, mode, watch, named, 4 * FEW, headers=headers, cookies=cookies)
    assert sent > 30
