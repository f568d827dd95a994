"""Samples of a running training: crops that it left in its run folder, kept in the store and listed with its job."""

import io
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlalchemy import select

from app.db import Database
from app.db.models import JobSample
from app.db.pictures import keep_pictures
from app.jobs import claims
from app.jobs.claims import Claim
from app.media import Media

FOLDER = "samples"  # inside the run folder; the trainer's word for it is the same
_RESTORED = re.compile(r"(\d{1,9})-(\d)\.png")


@dataclass(frozen=True, slots=True)
class Sample:
    """One crop as it was restored after a step, with the input and the reference; digests of pictures."""

    step: int
    number: int
    restored: str
    degraded: str
    reference: str


@dataclass(frozen=True, slots=True)
class _Kept:
    digest: str
    width: int
    height: int
    size: int


class SampleKeeper:
    """Follows the samples of one attempt."""

    def __init__(self, database: Database, media: Media, held: Claim, folder: Path) -> None:
        self._database, self._media, self._held = database, media, held
        self._folder = folder / FOLDER
        self._known = set[str]()
        self._shared = dict[str, _Kept]()  # inputs and references, which are the same at every step

    def take_in(self) -> None:
        """What has appeared in the folder since the last look is in the store, and in the job's list.

        Raises
        ------
        StaleAttempt, MediaRefused, OSError
            What was not kept is tried again at the next look.
        """
        if not self._folder.is_dir():
            return
        found = {path.name: match for path in self._folder.iterdir() if (match := _RESTORED.fullmatch(path.name))}
        new = {name: match for name, match in found.items() if name not in self._known}
        if not new:
            return
        pictures, rows = list[_Kept](), list[JobSample]()
        for name, match in sorted(new.items()):
            step, number = int(match[1]), int(match[2])
            try:
                three = self._keep(name), self._share(f"degraded-{number}.png"), self._share(f"reference-{number}.png")
            except UnidentifiedImageError:  # the others are worth a look all the same
                continue
            pictures += three
            restored, degraded, reference = (one.digest for one in three)
            rows.append(
                JobSample(
                    job_id=self._held.job, step=step, number=number, restored_digest=restored,
                    degraded_digest=degraded, reference_digest=reference,
                )
            )  # fmt: skip
        keep_pictures(self._database, pictures)
        claims.sampled(self._database, self._held, rows)
        self._known |= set(new)

    def _share(self, name: str) -> _Kept:
        if name not in self._shared:
            self._shared[name] = self._keep(name)
        return self._shared[name]

    def _keep(self, name: str) -> _Kept:
        data = (self._folder / name).read_bytes()
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
        return _Kept(self._media.put(data), width, height, len(data))


def samples(database: Database, job_id: int) -> list[Sample]:
    """The samples of a training, by step and crop."""
    mine = select(JobSample).where(JobSample.job_id == job_id).order_by(JobSample.step, JobSample.number)
    with database.read() as db:
        return [
            Sample(row.step, row.number, row.restored_digest, row.degraded_digest, row.reference_digest)
            for row in db.scalars(mine)
        ]
