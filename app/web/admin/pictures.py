"""Pictures for the desk, by the hash of their content."""

from fastapi import APIRouter
from starlette.responses import Response

from app.web.pages import Ctx
from app.web.pictures import Digest, picture_reply
from app.web.sign_in import Who

router = APIRouter()


@router.get("/admin/pictures/{digest}.png")
def picture(use: Ctx, who: Who, digest: Digest) -> Response:
    """The picture's bytes as they were ingested or rendered."""
    reply = picture_reply(use, who, digest)
    reply.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return reply
