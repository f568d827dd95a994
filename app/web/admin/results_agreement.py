"""Measures beside subjects, and the form with which the values of measures come in."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.analysis.correlations import Coefficient
from app.catalog import MEASURES
from app.db.audit import Actor
from app.errors import AppError
from app.results import peeks
from app.results.agreement import People
from app.results.measure_import import Imported, import_measures
from app.results.report import report
from app.studies import service
from app.studies.entries import printable
from app.web.admin.results_hidden import hidden_page
from app.web.admin.results_page import results_page
from app.web.analysis_turns import ANALYSES, IN_TURN
from app.web.downloads import Chosen
from app.web.login import SignedIn
from app.web.pages import Context, Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import Runs, actor, analyses
from app.web.upload_form import SentFile, receive_form
from app.web.uploads import waiting_room

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses)])
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file of values."""

    imported: Imported | None = None
    error: AppError | None = None
    replace: bool = False


@router.get("/admin/studies/{study_id}/results/agreement", dependencies=[SHOWN, IN_TURN])
def agreement(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """How far each measure agrees with the subjects."""
    return _page(request, use, study_id, chosen, None)


@router.post("/admin/studies/{study_id}/results/agreement")
async def bring_measures(request: Request, use: Ctx, who: Runs, study_id: Id, chosen: Chosen) -> Response:
    """The values of the file are there, and the page says how many; or it lists everything wrong, and none are.

    Nobody has to look at the results of a study that runs to bring them in.
    """
    replace = False
    try:
        await run_in_threadpool(service.get, use.database, study_id)
        async with receive_form(request, waiting_room(use.settings)) as sent:
            replace = sent.fields.get("replace") == "yes"
            done = await run_in_threadpool(_taken_in, use, study_id, sent, replace, actor(who))
    except AppError as error:
        outcome = Outcome(error=error, replace=replace)
    else:
        outcome = Outcome(imported=done)
    return await run_in_threadpool(_page_in_turn, request, use, study_id, who, chosen, outcome)


def _taken_in(use: Context, study_id: int, sent: SentFile, replace: bool, by: Actor) -> Imported:
    name = printable(sent.name[:_LONGEST_NAME])
    return import_measures(use.database, study_id, sent.path, name=name, replace=replace, by=by)


def _page_in_turn(
    request: Request, use: Context, study_id: int, who: SignedIn, chosen: Chosen, outcome: Outcome
) -> Response:
    """The turn begins when the file is there: a slow line holds none."""
    if peeks.is_hidden(use.database, study_id, actor(who)):
        status = outcome.error.status if outcome.error else 200
        return hidden_page(request, use, study_id, request.url.path, status=status, outcome=outcome)
    with ANALYSES.take():
        return _page(request, use, study_id, chosen, outcome)


def _page(request: Request, use: Context, study_id: int, chosen: Chosen, outcome: Outcome | None) -> Response:
    found = report(use.database, study_id, chosen.options)
    return results_page(
        request, use, study_id, "agreement", chosen,
        status=outcome.error.status if outcome and outcome.error else 200,
        report=found, agreement=found.agreement, outcome=outcome, known=sorted(MEASURES), coefficients=Coefficient,
        people=dict(zip(People, ("one other person", "majority of the others"), strict=True)),
    )  # fmt: skip
