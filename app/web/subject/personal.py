"""The personal link as a picture that a telephone or another computer reads."""

from io import BytesIO

import segno
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.pages import Ctx, outside
from app.web.subject.route import NOT_KEPT, Held, SubjectRoute
from app.web.subject.stages import personal_path

router = APIRouter(route_class=SubjectRoute)


@router.get("/s/{session}/personal.svg")
def personal_code(request: Request, session: Held, ctx: Ctx) -> Response:
    """The personal link as a QR code, for whoever holds the session; kept by no cache."""
    drawn = BytesIO()
    code = segno.make_qr(outside(request, ctx) + personal_path(ctx, session), error="m")
    code.save(drawn, kind="svg", dark="black", light="white", omitsize=True, xmldecl=False, nl=False)
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=NOT_KEPT)
