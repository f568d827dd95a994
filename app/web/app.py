"""Puts the web room together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.db import Database
from app.media import Media
from app.resources import LOCALES, STATIC
from app.settings import Settings
from app.web import failures, front, health, invitations, outages, sign_in, statics, subject
from app.web import media as subject_pictures
from app.web.admin import (
    accounts,
    job,
    jobs,
    launching,
    log,
    matrix_jobs,
    matrix_scores,
    monitor,
    photograph_set,
    photographs,
    pictures,
    recoveries,
    recovery_form,
    rendering_form,
    results,
    results_agreement,
    results_certainty,
    results_hidden,
    results_looks,
    results_methods,
    results_planning,
    results_scenes,
    results_subjects,
    score_form,
    session,
    set_up,
    studies,
    study_archive,
    study_catch,
    study_copies,
    study_files,
    study_links,
    study_moves,
    study_people,
    study_preview,
    study_protocol,
    study_stimuli,
    system,
    tokens,
    trainings,
    upload,
)
from app.web.api import docs as api_docs
from app.web.api.document import router as api_router
from app.web.failures import Shelter
from app.web.guard import Guard
from app.web.heads import Heads
from app.web.issuer import configured
from app.web.journal import Journal
from app.web.languages import Languages
from app.web.oidc import route as oidc
from app.web.pages import Context, Pages

_STUDY_TABS = (
    study_files, study_stimuli, upload, study_protocol, set_up, study_preview, study_catch, study_links, monitor,
    session, results_hidden, results_methods, results, results_scenes, results_agreement, results_planning,
    results_looks, results_subjects, results_certainty,
)  # fmt: skip
_TRAINED = (
    photographs, photograph_set, trainings, jobs, launching, matrix_jobs, matrix_scores, job, recoveries, recovery_form,
    rendering_form, score_form,
)  # fmt: skip
_DESK = (
    system, tokens, accounts, log, study_people, *_TRAINED, pictures, study_archive, studies, study_moves,
    study_copies, *_STUDY_TABS,
)  # fmt: skip


def create_app(settings: Settings, database: Database | None = None, media: Media | None = None) -> FastAPI:
    """The application; opens the database and the store that the settings name unless it is given others."""
    opened = database or Database(settings.database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if database is None:
            opened.close()

    app = FastAPI(title="Beholder", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.context = Context(
        settings, opened, media or Media(settings.media), settings.secret(), configured(settings)
    )
    app.state.store_probe = health.StoreProbe(app.state.context.media)
    app.state.statics = statics.Statics(STATIC)
    app.state.pages = Pages(app.state.statics, Languages(LOCALES))
    failures.install(app)
    outages.install(app)
    app.add_middleware(Shelter)
    app.add_middleware(Heads)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Journal)  # added last, so outermost: what the guard refuses is logged too
    for router in (*subject.ROUTERS, subject_pictures.router):  # first: routes are tried one after the other
        app.include_router(router)
    for room in (front, health, statics, sign_in, oidc, invitations, api_docs, *_DESK):
        app.include_router(room.router)
    app.include_router(api_router())
    return app
