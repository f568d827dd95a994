"""How pictures enter a study: from a folder or an archive, or from renderings that succeeded."""

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.db.models import Stimulus
from app.db.pictures import keep_pictures
from app.media import Media
from app.studies import folder as on_disk
from app.studies.changes import touch
from app.studies.chunks import NOTES, BadPicture
from app.studies.entries import Entry
from app.studies.renderings import collect
from app.studies.rows import NewStimulus, add_stimuli, contradictions
from app.studies.states import draft, find_draft
from app.studies.survey import Found, StimuliRefused, survey_of, told
from app.studies.turns import INGESTS


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What entered a study."""

    tasks: tuple[str, ...]
    scenes: int  # over all tasks
    conditions: tuple[str, ...]
    pictures: int
    added: int  # of these, how many the study did not have
    taken_out: tuple[tuple[str, int], ...] = ()  # kinds of PNG chunk, and from how many pictures

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken out of the pictures, in words."""
        return tuple(
            f"{count} {'picture' if count == 1 else 'pictures'}: {NOTES[kind]} ({kind}) taken out"
            for kind, count in self.taken_out
        )

    def __str__(self) -> str:
        scenes = f"{self.scenes} scene{'' if self.scenes == 1 else 's'}"
        return (
            f"{self.added} of {self.pictures} pictures are new: {', '.join(self.tasks)}; {scenes}; "
            f"conditions {', '.join(self.conditions)}"
        )


def ingest_folder(
    database: Database,
    media: Media,
    study_id: int,
    folder: Path,
    *,
    replace: bool = False,
    strip: bool = False,
    by: Actor = AT_THE_MACHINE,
) -> IngestReport:
    """What ``folder`` brought into the draft; see ``ingest``."""
    root = on_disk.opened(folder)
    return ingest(database, media, study_id, root, str(folder), replace=replace, strip=strip, by=by)


def ingest(
    database: Database,
    media: Media,
    study_id: int,
    root: Entry,
    source: str,
    *,
    replace: bool,
    strip: bool,
    by: Actor = AT_THE_MACHINE,
) -> IngestReport:
    """What ``root`` (``task/condition/scene.png``, with ``reference`` among the conditions) brought into the draft.

    All or nothing: everything wrong is in the one ``StimuliRefused`` that is raised. The same pictures may be ingested
    again; ``replace`` first takes out what the study had of their tasks. ``strip`` takes text and other notes out of
    the pictures before they are hashed and kept; their pixels stay as they were, byte for byte.
    """
    with database.read() as db:
        find_draft(db, study_id)  # before the long reading
    with INGESTS.take():
        found = survey_of(root, strip=strip)
    stimuli = [NewStimulus(p.task, p.scene, p.condition, p.facts.digest, None) for p in found.pictures]
    problems = found.problems or ([] if replace else _contradicted(database, study_id, stimuli))
    problems = problems or [problem for picture in found.pictures for problem in keep(media, picture)]
    if problems:
        raise StimuliRefused(source, problems)
    keep_pictures(database, (picture.facts for picture in found.pictures))
    with database.write() as db:
        study = draft(db, study_id)
        if replace:
            tasks = {stimulus.task for stimulus in stimuli}
            db.execute(delete(Stimulus).where(Stimulus.study_id == study_id, Stimulus.task.in_(tasks)))
        report = add(db, study_id, stimuli, source)
        if report.added or replace:
            touch(db, study, by, "pictures added", pictures=report.added, source=source[:200])
    kinds = Counter(kind for picture in found.pictures for kind in picture.taken_out)
    return dataclasses.replace(report, taken_out=tuple(sorted(kinds.items())))


def add_renderings(
    database: Database, study_id: int, job_ids: Sequence[int], by: Actor = AT_THE_MACHINE
) -> IngestReport:
    """What the pictures of succeeded renderings brought into the draft; all of them, or none and ``StimuliRefused``."""
    with database.write() as db:
        study = draft(db, study_id)
        report = take(db, study_id, job_ids)
        if report.added:
            touch(db, study, by, "pictures added", pictures=report.added, renderings=list(job_ids))
        return report


def take(db: Session, study_id: int, job_ids: Sequence[int]) -> IngestReport:
    """The same in the caller's transaction, which ``StimuliRefused`` must end."""
    stimuli, problems = collect(db, job_ids)
    if problems:
        raise StimuliRefused(_jobs(job_ids), problems)
    return add(db, study_id, stimuli, _jobs(job_ids))


def add(db: Session, study_id: int, stimuli: Sequence[NewStimulus], source: str) -> IngestReport:
    """The same of pictures whose files and rows are there already; ``source`` is what a refusal calls them."""
    added, problems = add_stimuli(db, study_id, stimuli)
    if problems:
        raise StimuliRefused(source, problems)
    kinds = Counter(stimulus.role for stimulus in stimuli)
    return IngestReport(
        tasks=tuple(sorted({stimulus.task for stimulus in stimuli})),
        scenes=len({(stimulus.task, stimulus.scene) for stimulus in stimuli}),
        conditions=tuple(sorted({s.condition for s in stimuli if s.role.value == "condition"})),
        pictures=kinds.total(),
        added=added,
    )


def _contradicted(database: Database, study_id: int, stimuli: list[NewStimulus]) -> list[str]:
    """The same is asked again when the pictures are added; asked here, nothing is kept for nothing."""
    with database.read() as db:
        return contradictions(db, study_id, stimuli)


def keep(media: Media, picture: Found) -> list[str]:
    """The picture's file is in the store; a problem if the file changed after it was looked at."""
    try:
        data = picture.read()
    except BadPicture as error:
        return [told(picture.file, error)]
    if hashlib.sha256(data).hexdigest() != picture.facts.digest:
        return [f"{picture.where} changed while it was being read; ingest again when nothing writes to it"]
    media.put(data)
    return []


def _jobs(job_ids: Sequence[int]) -> str:
    listed = ", ".join(map(str, job_ids))
    return f"rendering {listed}" if len(job_ids) == 1 else f"the choice of renderings {listed}"
