"""What every page shares: what a handler may use, and how a template becomes a reply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app import __version__
from app.catalog.shelf import Shelf
from app.db import Database
from app.media import Media
from app.resources import TEMPLATES
from app.settings import Settings
from app.web.issuer import Issuer
from app.web.languages import Languages
from app.web.rights import May
from app.web.script_texts import script_texts
from app.web.setting_labels import label_of, labelled
from app.web.statics import Statics
from app.web.texts import SOURCE, Texts
from app.web.wording import FILTERS


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may use; made once when the application is put together."""

    settings: Settings
    database: Database
    media: Media
    secret: bytes
    issuer: Issuer | None = None  # by whom people may sign in, besides a password

    @property
    def issuer_name(self) -> str:
        """What the button to sign in by the issuer calls it; "" where there is none."""
        return self.issuer.name if self.issuer else ""

    @property
    def shelf(self) -> Shelf:
        """Where this machine keeps weights, which counts where no worker tells of its own."""
        return Shelf(self.settings.weights_folder)


async def context(request: Request) -> Context:  # async only to spare each request a hop through the thread pool
    """The context of the application that the request came to."""
    found: Context = request.app.state.context
    return found


Ctx = Annotated[Context, Depends(context)]
LARGEST_ID = 2**31 - 1  # what every database takes as a number
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]  # in an address; anything else leads nowhere


class Pages:
    """Every template, in every language that there is."""

    def __init__(self, statics: Statics, languages: Languages) -> None:
        self.languages = languages
        self._templates = {tag: environment(statics, languages.texts(tag)) for tag in languages.tags}

    def template(self, name: str, tag: str) -> Template:
        """The template, saying its texts in the language with this tag."""
        return self._templates[tag].get_template(name)


def outside(request: Request, use: Context) -> str:
    """How this server is reached from outside: as its operator says, else as this request came."""
    return (use.settings.base_url or str(request.base_url)).rstrip("/")


def is_secure(request: Request, use: Context) -> bool:
    """Whether this server is reached over HTTPS: only then does a browser bring a secure cookie back."""
    return outside(request, use).startswith("https:")


def environment(statics: Statics, texts: Texts) -> Environment:
    """Jinja as every page uses it: escaping on, and an undefined name is an error rather than an empty place."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS, label_of=label_of, labelled=labelled)
    made.globals.update(static_url=statics.url, version=__version__)
    made.newstyle_gettext = True  # type: ignore[attr-defined]  # values are filled in, and escaped, by the two functions
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update(
        _=texts.gettext, gettext=texts.gettext, ngettext=texts.ngettext, texts=texts, script_texts=script_texts(texts)
    )
    return made


def languages(request: Request) -> Languages:
    """The languages of the application that the request came to."""
    pages: Pages = request.app.state.pages
    return pages.languages


def asked_for(request: Request, among: Sequence[Texts] = ()) -> Texts:
    """The language that the browser prefers, among these where there are any."""
    return languages(request).asked_for(request.headers.get("accept-language", ""), among)


def render(
    request: Request, template: str, *, status: int = 200, texts: Texts | None = None, **values: Any
) -> HTMLResponse:
    """The page, in English or the language of ``texts``; never kept by a cache: pages hold tokens and states."""
    pages: Pages = request.app.state.pages
    may = getattr(request.state, "may", May())
    text = pages.template(template, texts.tag if texts else SOURCE).render(request=request, may=may, **values)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})
