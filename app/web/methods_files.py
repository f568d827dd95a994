"""The methods sheet to take away: Markdown, HTML and the BibTeX of what it cites, for the page and for scripts."""

from typing import Literal

from starlette.responses import Response

from app.results.methods_forms import written
from app.web.downloads import Choice, attached, sheet_of
from app.web.pages import Context

SheetForm = Literal["md", "html", "bib"]
SHEET_TYPES: dict[SheetForm, str] = {"md": "text/markdown", "html": "text/html", "bib": "application/x-bibtex"}


def sheet_file(use: Context, study_id: int, chosen: Choice, form: SheetForm) -> Response:
    """The sheet, or its bibliography, as a download."""
    text = written(sheet_of(use, study_id, chosen))[form]
    headers = attached(chosen.file_name(study_id, f"methods.{form}"))
    return Response(text, media_type=f"{SHEET_TYPES[form]}; charset=utf-8", headers=headers)
