"""What every application is made of, whatever its settings: worked out for the first one, and kept for the others.

Routes, templates and static files depend on the code alone, and working them out takes longer than most tests.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from app.resources import LOCALES, STATIC
from app.web import app as application
from app.web.languages import Languages
from app.web.pages import Pages
from app.web.statics import Statics


class Kept(FastAPI):
    """An application that takes over what the first one found out about a room's routes."""

    included: dict[int, tuple[APIRouter, BaseRoute]]

    def include_router(self, router: APIRouter, **options: Any) -> None:
        """The router's routes lead to where they lead in every application."""
        if id(router) not in self.included:
            super().include_router(router, **options)
            self.included[id(router)] = router, self.router.routes[-1]
        else:
            self.router.routes.append(self.included[id(router)][1])
            self.router._mark_routes_changed()


def keep(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on ``create_app`` puts applications together out of parts that are kept."""
    languages, statics, pages = cache(Languages), cache(Statics), cache(Pages)

    def languages_in(folder: Path) -> Languages:
        return languages(folder) if folder == LOCALES else Languages(folder)

    def statics_in(folder: Path) -> Statics:
        return statics(folder) if folder == STATIC else Statics(folder)

    monkeypatch.setattr(Kept, "included", {}, raising=False)
    monkeypatch.setattr(application, "FastAPI", Kept)
    monkeypatch.setattr(application, "api_router", cache(application.api_router))
    monkeypatch.setattr(application, "Languages", languages_in)
    monkeypatch.setattr(application.statics, "Statics", statics_in)
    monkeypatch.setattr(application, "Pages", pages)
