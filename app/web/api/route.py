"""A route of the API: asks for its token first, reads JSON strictly, and declares what it can refuse.

A login at the desk opens nothing here, so that no page of another site can act in somebody's name; replies set no
cookie and are kept by no cache.
"""

from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.errors import AppError
from app.web import rights, tokens
from app.web.api import problems, strict_json
from app.web.failures import MalformedInput, NoSuchPage, Unexpected, UnreadableRequest, unbroken
from app.web.guard import BadLength, CrossSite, TooLarge, TooSlow, UnknownHost
from app.web.pages import LARGEST_ID, Context
from app.web.peeking import write_look
from app.web.rights import Right, RightMissing, RoleTooSmall
from app.web.throttle import TooManyFailures, origin_of
from app.web.tokens import Caller, Scope, ScopeMissing, TokenExpired, TokenNeeded, TokenRevoked, TokenUnknown

Kind = type[AppError]
_ALWAYS: tuple[Kind, ...] = (
    TokenNeeded, TokenUnknown, TokenExpired, TokenRevoked, ScopeMissing, RoleTooSmall,
    RightMissing, TooManyFailures, CrossSite, UnknownHost,
    BadLength, TooLarge, TooSlow, UnreadableRequest, MalformedInput, Unexpected,
)  # fmt: skip
_WITH_JSON: tuple[Kind, ...] = (strict_json.NotJson, strict_json.WrongContentType)


class UnknownQuery(MalformedInput):
    """The address does not have this query parameter, or it is given twice."""

    def __init__(self, name: str, known: set[str]) -> None:
        allowed = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
        told = f"there is no such parameter here, or it was given twice; {allowed}"
        super().__init__([{"loc": ("query", name), "msg": told}])


def opens(
    scope: Scope | None,
    *errors: Kind,
    body: Literal["json"] | None = None,
    numbered: bool = False,
    beside: Scope | None = None,
    right: Right | None = None,
    also: Right | None = None,
) -> dict[str, Any]:
    """What a route says of itself to FastAPI: the scope it asks for (None: any token), and the errors it may raise.

    ``beside`` is a second scope, for what tells what both of them keep.
    ``right`` is what the token's account must be allowed besides, where that is not what belongs to the scope;
    ``also`` is a further one.
    """
    kinds = [*_ALWAYS, *(_WITH_JSON if body == "json" else ()), *((NoSuchPage,) if numbered else ()), *errors]
    return {
        "openapi_extra": {
            "security": [{"token": [one.value for one in (scope, beside) if one]}],
            "x-rights": [one for one in (right or (_RIGHTS.get(scope) if scope else None), also) if one],
        },
        "responses": problems.declared(kinds),
    }


_RIGHTS = {
    Scope.STUDIES_READ: Right.SEES, Scope.STUDIES_WRITE: Right.RUNS, Scope.SUBJECTS_READ: Right.SEES,
    Scope.SUBJECTS_WRITE: Right.RUNS, Scope.RESULTS_READ: Right.ANALYSES, Scope.JOBS_WRITE: Right.LAUNCHES,
}  # fmt: skip
_NUMBER = TypeAdapter[int](Annotated[int, Field(ge=1, le=LARGEST_ID)])


class ApiRoute(APIRoute):
    """A route behind a token; one that does not say what it asks for cannot be made."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind its checks: who asks, what the address says, what the body says."""
        handle = super().get_route_handler()
        (security,) = (self.openapi_extra or {})["security"]
        scopes = [Scope(name) for name in security["token"]]
        needed: list[Right] = (self.openapi_extra or {})["x-rights"]
        expected: Any = self.body_field and self.body_field.field_info.annotation
        body = None if expected is None else TypeAdapter[Any](expected)
        bodiless = body is None and "requestBody" not in (self.openapi_extra or {})
        queries = dict(_queries(self.dependant))

        async def checked(request: Request) -> Response:
            request.state.caller = await run_in_threadpool(_caller, request, scopes, needed)
            _check_query(request, queries)
            if body is not None:
                await run_in_threadpool(_check_body, body, await strict_json.read(request))
            elif bodiless:
                await _check_no_body(request)
            reply = await handle(request)
            reply.headers.setdefault("Cache-Control", "no-store")
            return reply

        return checked


class ResultsRoute(ApiRoute):
    """A route that tells results: while the study runs, the look is written down before the reply is sent."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the look after it; a refusal leaves none, nor does what is sent in."""
        handle = super().get_route_handler()
        if self.methods != {"GET"}:
            return handle

        async def seen(request: Request) -> Response:
            reply = await handle(request)
            await run_in_threadpool(write_look, request, request.state.caller.actor)
            return reply

        return seen


async def caller(request: Request) -> Caller:
    """Who asks; the route has looked at the token before."""
    found: Caller = request.state.caller
    return found


Asking = Annotated[Caller, Depends(caller)]


def _caller(request: Request, scopes: list[Scope], needed: list[Right]) -> Caller:
    use: Context = request.app.state.context
    found = tokens.check(use.database, use.secret, request.headers.get("authorization", ""), origin_of(request))
    for scope in scopes:
        found.require(scope)
    study_id = _study_in(request)
    for right in needed:
        if right.role is None or study_id is not None:  # elsewhere the route itself tells each what is theirs
            may = rights.require(use.database, found, right, study_id if right.role else None)
            request.state.may = may if right.role else getattr(request.state, "may", may)
    return found


def _study_in(request: Request) -> int | None:
    """The number of the study in the address; None for none, and for what no study can have: the route says so."""
    try:
        return _NUMBER.validate_python(request.path_params.get("study_id"))
    except ValidationError:
        return None


def _check_query(request: Request, known: dict[str, bool]) -> None:
    seen = set[str]()
    for name, _ in request.query_params.multi_items():
        if name not in known or (name in seen and not known[name]):
            raise UnknownQuery(name, set(known))
        seen.add(name)


async def _check_no_body(request: Request) -> None:
    sent = await unbroken(request.body())
    if sent:
        raise MalformedInput([{"loc": ("body",), "msg": "This address takes no body; leave it out"}])


def _check_body(body: TypeAdapter[Any], sent: bytes) -> None:
    """Raises where JSON has other types than it should: FastAPI would take "5" for 5 and true for 1."""
    try:
        body.validate_json(sent, strict=True)
    except ValidationError as error:
        raise MalformedInput([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]) from None


def _queries(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """The names of the parameters, and whether each may be given more than once."""
    for field in dependant.query_params:
        kind = field.field_info.annotation
        yield field.alias, any(get_origin(one) is list for one in (kind, *get_args(kind)))
    for inner in dependant.dependencies:
        yield from _queries(inner)
