"""What every page shares: what a handler may use, and how a template becomes a reply."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app import __version__
from app.db import Database
from app.media import Media
from app.resources import TEMPLATES
from app.settings import Settings
from app.web.statics import Statics
from app.web.wording import FILTERS


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may use; made once when the application is put together."""

    settings: Settings
    database: Database
    media: Media
    secret: bytes


async def context(request: Request) -> Context:  # async only to spare each request a hop through the thread pool
    """The context of the application that the request came to."""
    found: Context = request.app.state.context
    return found


Ctx = Annotated[Context, Depends(context)]
LARGEST_ID = 2**31 - 1  # what every database takes as a number
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]  # in an address; anything else leads nowhere


def environment(statics: Statics) -> Environment:
    """Jinja as every page uses it: escaping on, and an undefined name is an error rather than an empty place."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals.update(static_url=statics.url, version=__version__)
    return made


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page; never kept by a cache, because pages hold tokens and states."""
    pages: Environment = request.app.state.pages
    text = pages.get_template(template).render(request=request, **values)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})
