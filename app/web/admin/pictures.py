"""Pictures for the desk, by the hash of their content; subjects never come here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response, StreamingResponse

from app.errors import NotFound
from app.studies import inventory
from app.web.pages import Ctx
from app.web.sign_in import signed_in

router = APIRouter(dependencies=[Depends(signed_in)])


class PictureNotFound(NotFound):
    """No picture has this hash."""

    def __init__(self) -> None:
        super().__init__("There is no picture with this hash", "reload the page that showed it")


@router.get("/admin/pictures/{digest}.png")
def picture(use: Ctx, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """The picture's bytes as they were ingested or rendered."""
    if not inventory.knows(use.database, digest):
        raise PictureNotFound
    size, chunks = use.media.stream(digest)
    headers = {"Content-Length": str(size), "Cache-Control": "private, max-age=31536000, immutable"}
    return StreamingResponse(chunks, media_type="image/png", headers=headers)
