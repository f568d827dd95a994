"""What a subject meets: the landing page, a session's pages, its trials, and what their scripts send."""

from app.web.subject import display, landing, questionnaire, stages, traces, trials, viewing

ROUTERS = (landing.router, questionnaire.router, stages.router, trials.router, display.router, traces.router, viewing.router)
