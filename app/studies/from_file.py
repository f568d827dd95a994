"""A draft made of a study file: its pictures are gathered, chosen among, and enter all or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.db.models import Picture
from app.db.pictures import keep_pictures
from app.media import Media
from app.strict_yaml import Source
from app.studies import folder as on_disk
from app.studies import service, stimuli, visible, zipped
from app.studies.changes import require_unchanged, rewrite
from app.studies.differences import ChangedSetting, changed, titles
from app.studies.entries import Entry
from app.studies.finding import Finding
from app.studies.inventory import Shown, TaskStock, stocked
from app.studies.keeping import keep
from app.studies.lint import findings
from app.studies.renderings import collect
from app.studies.rows import NewStimulus
from app.studies.states import draft, protocol_of
from app.studies.study_file import StudyFile
from app.studies.survey import Found, StimuliRefused, survey_of
from app.studies.titles import titled
from app.studies.turns import INGESTS


@dataclass(slots=True)
class Gathered:
    """The pictures that a study file asks for, wherever they come from."""

    stimuli: list[NewStimulus] = field(default_factory=list)
    files: list[Found] = field(default_factory=list)  # those of the folder, which the store may not have yet
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)  # width and height by digest

    @property
    def stock(self) -> tuple[TaskStock, ...]:
        """The same as a study would hold them."""
        return stocked(
            Shown(number, new.task, new.scene, new.condition, new.digest, *self.sizes[new.digest], None)
            for number, new in enumerate(sorted(self.stimuli, key=lambda new: (new.task, new.scene, new.condition)))
        )


def check(database: Database, media: Media, study: StudyFile, source: Source, beside: Path | None) -> list[Finding]:
    """What the lint says about the study that the file would make; raises what keeps a draft from being made of it.

    Every picture of its folder is read, and nothing is kept.
    """
    service.require_title(study.title)
    with _folder(study, source, beside) as root:
        gathered = _gathered(database, study, source, root, AT_THE_MACHINE)
    fresh = {found.facts.digest for found in gathered.files}
    digests = {new.digest for new in gathered.stimuli} - fresh
    return findings(study.protocol, gathered.stock, {digest for digest in digests if not media.has(digest)})


def create(
    database: Database, media: Media, study: StudyFile, source: Source, beside: Path | None, by: Actor = AT_THE_MACHINE
) -> int:
    """The number of the draft that the file describes; where anything does not fit there is no draft.

    ``beside`` is the folder in which the file lies; None where it was sent, and no folder can lie beside it.

    Raises
    ------
    BadStudyFile
        It names a folder that is not there, or pictures that nothing brings in.
    StimuliRefused
        Everything that is wrong with the pictures.
    """
    service.require_title(study.title)
    with _folder(study, source, beside) as root:
        gathered = _gathered(database, study, source, root, by)
        problems = [problem for found in gathered.files for problem in stimuli.keep(media, found)]
        if problems:
            raise StimuliRefused(source.name, problems)
        keep_pictures(database, (found.facts for found in gathered.files))
    return service.create(database, study.title, study.protocol, pictures=gathered.stimuli, by=by)


def change(
    database: Database,
    study_id: int,
    asked: StudyFile,
    *,
    pictures: bool = False,
    revision: int | None = None,
    by: Actor = AT_THE_MACHINE,
) -> tuple[list[ChangedSetting], int]:
    """What changed in a draft that got the title and every setting of the file, and how many pictures left it.

    With ``pictures`` it keeps those alone that the file's choice takes; nothing is brought in. All of it happens, or
    nothing.

    Raises
    ------
    StudyNotDraft, NothingChosen, NoSuchPicture, DraftChanged
        It opened; no condition would be left; the choice names what is not there; it has moved on since ``revision``.
    """
    with database.write() as db:
        study = draft(db, study_id)
        require_unchanged(db, study, revision)
        told = [*titles(study.title, titled(asked.title)), *changed(protocol_of(study), asked.protocol)]
        rewrite(db, study, asked.title, asked.protocol, by)
        return told, keep(db, study, asked.stimuli.choice, by) if pictures else 0


@contextmanager
def _folder(study: StudyFile, source: Source, beside: Path | None) -> Iterator[Entry | None]:
    """The folder or the archive that the file names, opened."""
    named = study.stimuli.folder
    if named is None:
        yield None
        return
    place = ("stimuli", "folder")
    if beside is None:
        source.refuse(
            f"stimuli: the folder {named!r} cannot be reached from here, since the file was sent",
            "take the line out and upload the pictures as a zip afterwards, or run `beholder study create` where the "
            "folder is", *place,
        )  # fmt: skip
    path = beside / named
    if path.is_dir():
        yield on_disk.opened(path)
    elif path.is_file():
        with zipped.opened(path, str(path)) as archive:
            yield archive
    else:
        source.refuse(
            f"stimuli: {path} is neither a folder nor a zip file that can be read",
            "give the one that holds task/condition/scene.png; a relative path begins where the study file lies",
            *place,
        )


def _gathered(database: Database, study: StudyFile, source: Source, root: Entry | None, by: Actor) -> Gathered:
    asked, choice = study.stimuli, study.stimuli.choice
    rendered = _rendered(database, asked.renderings)
    files = _surveyed(root, str(asked.folder))
    brought = [*rendered, *(_stimulus(found) for found in files)]
    for place, told in choice.missing(brought):
        source.refuse(f"stimuli: {told}", "correct the choice", "stimuli", "tasks", *place)
    wanted = {new.where: new for new in brought if choice.takes(new.task, new.condition, new.scene)}
    kept = [
        NewStimulus(task, scene, condition, digest, None)
        for task, conditions in asked.pictures.items()
        for condition, scenes in conditions.items()
        for scene, digest in scenes.items()
    ]
    for new in kept:
        if wanted.setdefault(new.where, new).digest != new.digest:
            source.refuse(
                f"stimuli: {new.where} comes twice, as two different pictures", "leave one of them out",
                "stimuli", "pictures", new.task, new.condition, new.scene,
            )  # fmt: skip
    chosen_files = [found for found in files if choice.takes(found.task, found.condition, found.scene)]
    gathered = Gathered(list(wanted.values()), chosen_files)
    gathered.sizes = _sizes(database, gathered)
    not_theirs = _hidden(database, kept, by)
    for new in gathered.stimuli:
        if new.digest not in gathered.sizes or new.digest in not_theirs:
            source.refuse(
                f"stimuli: this installation has no picture {new.digest[:12]}… for {new.where}",
                "name the folder or the rendering that brings it", "stimuli", "pictures", new.task, new.condition,
                new.scene,
            )  # fmt: skip
    return gathered


def _hidden(database: Database, named: Sequence[NewStimulus], by: Actor) -> set[str]:
    """What only studies show in which they have no role: for them it is as if it were not there."""
    digests = {new.digest for new in named}
    return visible.hidden(database, by.account_id, digests) if by.account_id is not None and digests else set()


def _rendered(database: Database, jobs: Sequence[int]) -> list[NewStimulus]:
    if not jobs:
        return []
    with database.read() as db:
        brought, problems = collect(db, jobs)
    if problems:
        raise StimuliRefused(f"the choice of renderings {', '.join(map(str, jobs))}", problems)
    return brought


def _surveyed(root: Entry | None, name: str) -> list[Found]:
    if root is None:
        return []
    with INGESTS.take():
        found = survey_of(root)
    if found.problems:
        raise StimuliRefused(name, found.problems)
    return found.pictures


def _stimulus(found: Found) -> NewStimulus:
    return NewStimulus(found.task, found.scene, found.condition, found.facts.digest, None)


def _sizes(database: Database, gathered: Gathered) -> dict[str, tuple[int, int]]:
    sizes = {found.facts.digest: (found.facts.width, found.facts.height) for found in gathered.files}
    asked = sorted({new.digest for new in gathered.stimuli} - sizes.keys())
    with database.read() as db:
        for start in range(0, len(asked), 500):
            rows = select(Picture.digest, Picture.width, Picture.height).where(
                Picture.digest.in_(asked[start : start + 500])
            )
            sizes |= {digest: (width, height) for digest, width, height in db.execute(rows)}
    return sizes
