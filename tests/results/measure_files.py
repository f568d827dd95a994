"""Files with values of measures, and a study whose pictures they can be of."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from app.db import Database
from app.db.models import Picture, Stimulus

HEADER = "task,scene,condition,measure,value"


def with_contents(database: Database, study: int) -> None:
    """Every stimulus of the study shows a picture of its own; the same place in another study the same one."""
    with database.write() as db:
        for one in db.scalars(select(Stimulus).where(Stimulus.study_id == study)).all():
            digest = hashlib.sha256(f"{one.task}/{one.condition}/{one.scene}".encode()).hexdigest()
            db.merge(Picture(digest=digest, width=8, height=8, size=100))
            db.flush()
            one.picture_digest = digest


def measures_csv(path: Path, lines: Iterable[str], header: str = HEADER) -> Path:
    """The file, written."""
    path.write_text("".join(f"{line}\n" for line in (header, *lines)), encoding="utf-8")
    return path
