"""What a subject meets: the landing page, a session's pages, its trials, and what their scripts send."""

from app.web.subject import landing, stages, trials

ROUTERS = (landing.router, stages.router, trials.router)
