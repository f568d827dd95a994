"""Style sheets, scripts and icons, under an address that changes with their content."""

import hashlib
import mimetypes
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.errors import NotFound

_FOLDERS = ("css", "js", "img", "vendor")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}  # not what the machine's registry says
router = APIRouter()


class NoSuchFile(NotFound):
    """There is no file at this address."""

    def __init__(self) -> None:
        super().__init__("There is no such file", "reload the page that asked for it")


class Statics:
    """All static files in memory, with one version for the whole folder.

    One version, and in the path rather than behind a question mark, so that a module's relative imports carry it too;
    an import map would have to stand inline, which the content policy forbids.
    """

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for name in _FOLDERS for path in (folder / name).rglob("*") if path.is_file())
        self.files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        digest = hashlib.sha256()
        for name, data in self.files.items():
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of a file; naming one that is not there is a mistake in a template and raises at once."""
        if name not in self.files:
            raise KeyError(f"static/{name} does not exist")
        return f"/static/{self.version}/{name}"


@router.get("/static/{version}/{name:path}")
def static_file(request: Request, version: str, name: str) -> Response:
    """A static file; kept for good by the browser under the present version, asked for again under any other."""
    statics: Statics = request.app.state.statics
    data = statics.files.get(name)
    if data is None:
        raise NoSuchFile
    suffix = Path(name).suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    caching = "public, max-age=31536000, immutable" if version == statics.version else "no-cache"
    return Response(data, media_type=kind, headers={"Cache-Control": caching})
