"""A study's archive as a reply, and as what somebody sent; for the page and for scripts."""

from pathlib import Path

from starlette.responses import Response, StreamingResponse

from app.archives import intake
from app.archives.export import Wanted, export
from app.archives.intake import Taken
from app.db.audit import Actor
from app.web.downloads import attached
from app.web.packages import ZIP
from app.web.pages import Context
from app.web.uploads import waiting_room

DIGEST_HEADER = "Beholder-Archive"


def archive_reply(use: Context, study_id: int, wanted: Wanted, by: Actor) -> Response:
    """The archive, its pictures read while it is sent; what can be refused is refused before the first byte."""
    archive = export(use.database, use.media, study_id, wanted, waiting_room(use.settings), by=by)
    headers = {**attached(archive.file_name), DIGEST_HEADER: archive.digest}
    return StreamingResponse(archive.chunks(), media_type=ZIP, headers=headers)


def taken_in(use: Context, file: Path, source: str, *, again: bool, by: Actor) -> Taken:
    """The study that the archive has become, or one of the refusals that ``intake.take_in`` names."""
    return intake.take_in(use.database, use.media, file, source, waiting_room(use.settings), again=again, by=by)
