"""What the desk's forms share: the fields as they were sent, and the choice among finished renderings."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from app.db.models import JobKind, JobState
from app.jobs import store
from app.jobs.store import JobView
from app.web.pages import Context


async def sent(request: Request) -> FormData:  # async, because reading a body is; the handlers themselves are not
    """The form that came with the request, whatever its fields are called."""
    return await request.form()


Sent = Annotated[FormData, Depends(sent)]


def text(form: FormData, name: str) -> str:
    """A field's text; empty where it was not sent."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def finished_renderings(use: Context) -> list[JobView]:
    """The renderings whose pictures a study can show, newest first."""
    jobs = store.listing(use.database)
    return [job for job in reversed(jobs) if job.kind is JobKind.RENDER and job.state is JobState.SUCCEEDED]


def chosen_jobs(form: FormData) -> list[int]:
    """The renderings ticked in a form."""
    return [int(value) for value in form.getlist("renderings") if isinstance(value, str) and value.isdecimal()]
