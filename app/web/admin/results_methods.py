"""The part "Methods" of a study's results: what a paper has to report, to read, to print and to take away."""

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import Response

from app.results.methods_forms import html_body, html_head
from app.results.methods_text import MethodsSheet
from app.web.admin.results_page import results_page
from app.web.analysis_turns import IN_TURN
from app.web.downloads import Chosen, sheet_of
from app.web.methods_files import SheetForm, sheet_file
from app.web.pages import Ctx, Id
from app.web.peeking import SHOWN, ShownRoute
from app.web.permits import analyses

router = APIRouter(route_class=ShownRoute, dependencies=[Depends(analyses), SHOWN, IN_TURN])


@router.get("/admin/studies/{study_id}/results/methods")
def methods_page(request: Request, use: Ctx, study_id: Id, chosen: Chosen) -> Response:
    """The methods sheet."""
    sheet = sheet_of(use, study_id, chosen)
    return results_page(request, use, study_id, "methods", chosen, sheet=sheet, text=_text(sheet))


@router.get("/admin/studies/{study_id}/results/methods.{form}")
def methods_file(use: Ctx, study_id: Id, chosen: Chosen, form: SheetForm) -> Response:
    """The methods sheet as Markdown or HTML, or the BibTeX of what it cites."""
    return sheet_file(use, study_id, chosen, form)


def _text(sheet: MethodsSheet) -> Markup:
    """The sheet as part of a page; ``methods_forms`` has escaped every text in it."""
    return Markup("".join((*html_head(sheet), *html_body(sheet))))
