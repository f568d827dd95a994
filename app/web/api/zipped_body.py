"""Routes that take a zip file as their whole body: what they may refuse, how they are described, how they read it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Request

from app.studies.turns import TooManyIngests
from app.studies.zipped import ArchiveTooLarge, NotAZip, WholeStudySent
from app.web import uploads
from app.web.api.strict_json import WrongContentType, require_type
from app.web.guard import TooLarge
from app.web.packages import ZIP
from app.web.pages import Context
from app.web.uploads import NoRoomForUpload, TooManyUploads, UploadBrokenOff

REFUSALS = (
    NotAZip, WholeStudySent, ArchiveTooLarge, TooLarge, WrongContentType, UploadBrokenOff, NoRoomForUpload,
    TooManyUploads, TooManyIngests,
)  # fmt: skip


def taking(route: dict[str, Any], what: str, example: str) -> dict[str, Any]:
    """The route as ``opens`` describes it, with a zip file for its body."""
    content = {ZIP: {"schema": {"type": "string", "format": "binary"}, "example": example}}
    body = {"required": True, "description": what, "content": content}
    return route | {"openapi_extra": route["openapi_extra"] | {"requestBody": body}}


@asynccontextmanager
async def received(request: Request, use: Context) -> AsyncIterator[Path]:
    """Inside, the path of the zip file that came, afterwards gone; raises ``WrongContentType`` before it comes."""
    require_type(request, ZIP)
    async with uploads.receive(request, uploads.waiting_room(use.settings)) as archive:
        yield archive
