"""What a recovery brings back: its contact sheet and the picture that it found, kept in the store."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from app.db import Database
from app.db.pictures import keep_pictures
from app.jobs.contract import RecoverResult
from app.jobs.folders import BadResult
from app.media import Media


@dataclass(frozen=True, slots=True)
class _Kept:
    """A picture in the store."""

    digest: str
    width: int
    height: int
    size: int


def keep_recovery(database: Database, media: Media, folder: Path, result: RecoverResult) -> None:
    """The contact sheet and the best picture are in the store under the hashes that the result names.

    Raises
    ------
    BadResult
        One of them is not there, or not what the result says.
    """
    sheet = _kept(media, folder / result.sheet, result.sheet_sha256)
    best = _kept(media, folder / result.best, result.best_sha256)
    keep_pictures(database, (sheet, best))


def _kept(media: Media, path: Path, promised: str) -> _Kept:
    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    except OSError as error:
        raise BadResult(f"The result names {path.name}, which cannot be read as a picture ({error})") from error
    digest = media.put(data)
    if digest != promised:
        raise BadResult(f"{path.name} is not the file that the result names (its sha256 is {digest})")
    return _Kept(digest, width, height, len(data))
