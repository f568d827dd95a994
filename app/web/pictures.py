"""A picture by the hash of its content, as the desk and the API give it out; subjects never come here."""

from typing import Annotated

from fastapi import Path
from starlette.responses import StreamingResponse

from app.errors import NotFound
from app.studies import inventory, visible
from app.web.pages import Context
from app.web.rights import Holder

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


class PictureNotFound(NotFound):
    """No picture has this hash."""

    def __init__(self) -> None:
        super().__init__(
            "There is no picture with this hash",
            "reload the page that showed it, or choose one that its study lists (GET /api/v1/studies/{number}/stimuli)",
        )


def picture_reply(use: Context, who: Holder, digest: str) -> StreamingResponse:
    """The picture's bytes as they were ingested or rendered.

    Raises ``PictureNotFound``, also where only studies show it in which the account has no role.
    """
    known = inventory.knows(use.database, digest)
    if not known or not (who.operates or visible.may_see(use.database, who.account_id, digest)):
        raise PictureNotFound
    size, chunks = use.media.stream(digest)
    return StreamingResponse(chunks, media_type="image/png", headers={"Content-Length": str(size)})
