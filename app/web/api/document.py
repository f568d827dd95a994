"""The API described as OpenAPI: its own routes and nothing else, with an example for every message."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from app import __version__
from app.studies.protocol import Protocol
from app.web.api import (
    accounts,
    agreement,
    catalog,
    certainty,
    job_checks,
    jobs,
    links,
    log,
    machines,
    matrices,
    members,
    monitor,
    photographs,
    problems,
    protocols,
    recoveries,
    results,
    results_files,
    screening,
    sessions,
    stimuli,
    studies,
    study_archives,
    study_catch,
    study_copies,
    study_files,
    study_moves,
    study_outlook,
    study_steps,
    system,
)
from app.web.api.route import ApiRoute
from app.web.api.shapes import Sent, Told
from app.web.tokens import Scope

PREFIX = "/api/v1"
PARTS = (
    study_archives, studies, study_files, study_moves, study_copies, study_outlook, study_steps, study_catch,
    protocols, stimuli, links, sessions, monitor, results_files, results, screening, certainty, agreement, jobs,
    job_checks, matrices, recoveries, machines, photographs, system, members, accounts, log, catalog,
)  # fmt: skip
_TOKENS = """What pages do, scripts can do. Every request brings a token (`Authorization: Bearer bh_…`), made on the \
account page or with `beholder token create`; each route names the scope it asks for. Errors are problems (RFC 9457, \
`application/problem+json`) whose `type` stays the same."""
RULES = """Moments are in UTC, numbers of things are integers. The lists of sessions, of jobs and of changes are read \
page by page: send a reply's `next` as `after`; the others are whole. Where a reply was lost, every GET and PUT may \
be sent again, and so may every move of a study's life, cancel, retry, exclude and readmit for the same reason, and \
launching and inviting: what is asked for already holds, and the reply tells how it stands. A state that does not \
allow it is a 409 that names the present `state`. A DELETE sent again is a 404. Only `POST /studies`, `duplicate` and \
the links for colleagues make another one each time: look through the list before you send it again. An archive that \
was imported is refused the second time, with the number of its study."""
_IN_ADDRESSES = {
    "study_id": "Number of the study.",
    "session_id": "Number of the session.",
    "job_id": "Number of the job.",
    "digest": "sha256 of the picture's file.",
    "set_name": "Name of the set.",
    "table": "Name of the table.",
    "task": "Name of the task.",
    "figure": "Name of the figure.",
    "form": "Format of the figure.",
    "number": "Number of the invitation.",
}
_TAGS = {
    "studies": "From draft to archive, and the protocol.",
    "pictures": "What a study shows.",
    "subjects": "Links, invitations, sessions and exclusions.",
    "results": "Rankings, tables and figures.",
    "jobs": "Trainings, renderings, workers and photographs.",
    "people": "Accounts, roles in studies, invitations to the desk, and the log of changes.",
    "catalogue": "What Beholder knows, and what the token may do.",
}


def router() -> APIRouter:
    """Every route of the API, under its prefix."""
    whole = APIRouter(route_class=ApiRoute)
    for part in PARTS:
        whole.include_router(part.router, prefix=PREFIX)
    return whole


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; the same for everybody, and without a secret in it."""
    alone = FastAPI(
        title="Beholder", version=__version__, description=f"{_TOKENS} {RULES}", generate_unique_id_function=_operation
    )
    alone.openapi_tags = [{"name": name, "description": about} for name, about in _TAGS.items()]
    alone.include_router(router())
    found = alone.openapi()
    parts = found["components"]
    parts["schemas"]["Problem"] = problems.SCHEMA
    for name, example in _examples().items():  # whole: FastAPI leaves members out that are null
        if name in parts["schemas"]:
            parts["schemas"][name]["example"] = example
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    allows = "\n".join(f"- `{scope.value}`: {scope.allows}" for scope in Scope)
    about = f"A token of an account. Its scopes say what it may do:\n\n{allows}"
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": about}}
    for methods in found["paths"].values():
        for operation in methods.values():
            _exemplify(operation, parts["schemas"])
    return found


def _examples() -> dict[str, dict[str, Any]]:
    kinds = [*Told.__subclasses__(), *Sent.__subclasses__()]
    for kind in kinds:  # which grows while it is walked
        kinds.extend(kind.__subclasses__())
    found: dict[str, Any] = {kind.__name__: kind.model_config["json_schema_extra"] for kind in kinds}
    return {name: extra["example"] for name, extra in found.items()} | {"Protocol": Protocol().model_dump(mode="json")}


def _operation(route: BaseRoute) -> str:
    return str(getattr(route, "name", ""))


def _exemplify(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Every message of ours shows the example of its model."""
    operation["description"], operation["summary"] = operation["description"], operation["description"].split(".")[0]
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter.setdefault("description", _IN_ADDRESSES[parameter["name"]])
    messages = [operation.get("requestBody", {}), *operation["responses"].values()]
    for message in messages:
        for kind, content in message.get("content", {}).items():
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if kind == "application/json" and "example" in schemas.get(name, {}):
                content["example"] = schemas[name]["example"]
