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
    landing.router,
    personal.router,
    questionnaire.router,
    stages.router,
    trials.router,
    display.router,
    traces.router,
    viewing.router,
    leaving.router,
    withdrawal.router,
)
