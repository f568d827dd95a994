"""A picture by the hash of its content, as the desk and the API give it out; subjects never come here."""

from typing import Annotated

from fastapi import Path
from starlette.responses import StreamingResponse

from app.errors import NotFound
from app.studies import inventory
from app.web.pages import Context

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


class PictureNotFound(NotFound):
    """No picture has this hash."""

    def __init__(self) -> None:
        super().__init__(
            "There is no picture with this hash",
            "reload the page that showed it, or choose one that its study lists (GET /api/v1/studies/{number}/stimuli)",
        )


def picture_reply(use: Context, digest: str) -> StreamingResponse:
    """The picture's bytes as they were ingested or rendered; raises ``PictureNotFound``."""
    if not inventory.knows(use.database, digest):
        raise PictureNotFound
    size, chunks = use.media.stream(digest)
    return StreamingResponse(chunks, media_type="image/png", headers={"Content-Length": str(size)})
