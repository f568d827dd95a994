"""Results of a study that runs are hidden until somebody says that they look, and what leaves them is a look, too.

``app/results/peeks.py`` has the rule; decision 44 says why.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.db.audit import Actor
from app.errors import Conflict
from app.results import peeks
from app.web.pages import Context, Ctx, Id
from app.web.permits import Analyses, actor

_LONGEST = 200  # characters of what was taken


class ResultsHidden(Conflict):
    """The study is not over, and whoever asks has not said that they look at its results."""

    def __init__(self, study_id: int) -> None:
        self.gate = f"/admin/studies/{study_id}/results/hidden"
        super().__init__(
            f"The results of study {study_id} are hidden until it is closed, so that nobody sees them by accident",
            "open them at the desk and press “Show, and log that I looked”",
        )


def _shown(use: Ctx, who: Analyses, study_id: Id) -> None:
    if peeks.is_hidden(use.database, study_id, actor(who)):
        raise ResultsHidden(study_id)


SHOWN = Depends(_shown)  # of every route of results at the desk


class ShownRoute(APIRoute):
    """A route of results at the desk: a file that leaves it while the study runs is written down before it is sent."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the look after it; a refusal leaves none."""
        handle = super().get_route_handler()

        async def seen(request: Request) -> Response:
            reply = await handle(request)
            if "content-disposition" in reply.headers:
                await run_in_threadpool(write_look, request, actor(request.state.who))
            return reply

        return seen


def write_look(request: Request, by: Actor) -> None:
    """What the address names in its study is in the log as looked at, where the study runs."""
    use: Context = request.app.state.context
    number = request.path_params["study_id"]
    what = request.url.path.partition(f"/studies/{number}/")[2]
    peeks.looked(use.database, int(number), what[:_LONGEST], by)
