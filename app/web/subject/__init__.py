"""What a subject meets: the landing page, a session's pages, its trials, and what their scripts send."""

from app.web.subject import (
    display,
    landing,
    leaving,
    personal,
    questionnaire,
    stages,
    traces,
    trials,
    viewing,
    withdrawal,
)

ROUTERS = (
    trials.router,  # first: routes are tried one after the other, and this one is asked most
    landing.router,
    personal.router,
    questionnaire.router,
    stages.router,
    display.router,
    traces.router,
    viewing.router,
    leaving.router,
    withdrawal.router,
)
