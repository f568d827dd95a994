"""The pictures of a trial, as the bytes that were ingested, to the one browser that holds the trial's session."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from app.errors import AppError
from app.log import logger
from app.media import MediaMissing, MediaUnreachable
from app.sessions.pictures import shown_in
from app.studies.trouble import picture_lost
from app.web.pages import Ctx
from app.web.subject.route import Held, SubjectRoute

router = APIRouter(route_class=SubjectRoute)


class PictureMissing(AppError):
    """A picture cannot be read at the moment."""  # the log knows which, the subject must not

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "A picture of this pair cannot be read on the server at the moment. Nothing of yours is lost",
            "please tell the experimenter, and come back with your link",
        )


@router.get("/s/{session}/trials/{trial}/{pane}.png")
def picture(session: Held, trial: str, pane: Literal["left", "reference", "right"], ctx: Ctx) -> Response:
    """The picture in that pane, never encoded again; one that is gone pauses the study."""
    shown = shown_in(ctx.database, session, trial, pane)
    try:
        size, chunks = ctx.media.stream(shown.digest)
        if size != shown.size:
            raise MediaMissing(shown.digest)
    except MediaMissing as error:
        logger("web").error("picture missing", digest=shown.digest, why=error.message)
        picture_lost(ctx.database, shown.study_id, shown.digest)
        raise PictureMissing from None
    except MediaUnreachable as error:  # nothing is known of the picture: the page asks again
        logger("web").error("picture out of reach", digest=shown.digest, why=error.message)
        raise PictureMissing from None
    headers = {"Content-Length": str(size), "Cache-Control": "private, max-age=31536000, immutable"}
    return StreamingResponse(chunks, media_type="image/png", headers=headers)
