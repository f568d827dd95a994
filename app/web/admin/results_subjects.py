"""The subjects of a study: what their answers say of each, who is proposed for exclusion, and what it would change."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.analysis.chance import Verdict
from app.results.screening_effect import CHOICES
from app.results.subject_agreement import halves_in_words
from app.results.subject_flags import WHY_NEVER_BY_ITSELF, WORDS
from app.results.subject_report import screening_of
from app.web.admin.results_page import results_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import Chosen
from app.web.pages import Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import analyses

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses), SHOWN, IN_TURN])


class Order(StrEnum):
    """How the table of subjects is sorted."""

    WORST = "worst"
    NAME = "name"


@router.get("/admin/studies/{study_id}/results/subjects")
def subjects(
    request: Request, use: Ctx, study_id: Id, chosen: Chosen, order: Annotated[Order, Query()] = Order.WORST
) -> Response:
    """What is known of every subject who has answered."""
    found = screening_of(use.database, study_id, chosen.options)
    return results_page(
        request, use, study_id, "subjects", chosen,
        found=found, rows=found.worst_first if order is Order.WORST else found.rows, order=order, orders=_ORDERS,
        words=WORDS, sides=_SIDES, why=WHY_NEVER_BY_ITSELF, choices=CHOICES, halves_in_words=halves_in_words,
    )  # fmt: skip


_SIDES = {Verdict.YES: "uneven", Verdict.NO: "even", Verdict.UNKNOWN: "too few to say"}
_ORDERS = {Order.WORST: "worst first", Order.NAME: "by name"}
