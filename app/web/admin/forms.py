"""What the desk's forms share: the fields as they were sent, and the choice among finished renderings."""

from collections.abc import Container
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from app.db.models import JobState
from app.errors import BadInput
from app.jobs import store
from app.jobs.contract import RenderSpec
from app.jobs.views import JobView
from app.web.admin.launches import launches
from app.web.failures import unbroken
from app.web.pages import LARGEST_ID, Context


class NoSuchRendering(BadInput):
    """What was ticked is no rendering."""

    def __init__(self) -> None:
        super().__init__("What was ticked is no rendering", "reload the page and choose among those it lists")


async def sent(request: Request) -> FormData:  # async, because reading a body is; the handlers themselves are not
    """The form that came with the request, whatever its fields are called; a file among them is refused."""
    return await unbroken(request.form(max_files=0))


Sent = Annotated[FormData, Depends(sent)]


def text(form: FormData, name: str) -> str:
    """A field's text; empty where it was not sent."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def finished_renderings(use: Context, without: Container[int] = ()) -> dict[str, list[JobView]]:
    """The renderings whose pictures a study can show, under the headings of their launches, the newest launch first."""
    jobs = store.listing(use.database)
    finished = [
        job
        for job in jobs
        if isinstance(job.spec, RenderSpec) and job.state is JobState.SUCCEEDED and job.id not in without
    ]
    together, groups = launches(use.database, jobs), dict[str, list[JobView]]()
    for job in finished:
        groups.setdefault(together.heading(job), []).append(job)
    return dict(sorted(groups.items(), key=lambda group: -group[1][-1].id))


def chosen_jobs(form: FormData) -> list[int]:
    """The renderings ticked in a form, one by one or all of a task, each once; raises ``NoSuchRendering``."""
    ticked = (part for value in form.getlist("renderings") for part in (str(value).split(" ")))
    return list(dict.fromkeys(map(_number, ticked)))


def _number(value: str) -> int:
    if not value.isdecimal() or len(value) > len(str(LARGEST_ID)):
        raise NoSuchRendering
    number = int(value)
    if not 1 <= number <= LARGEST_ID:
        raise NoSuchRendering
    return number
