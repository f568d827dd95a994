"""What a rendering job brought back: registered when it succeeds, collected when a study asks for it."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import Database
from app.db.models import Job, JobKind, JobState, Rendering, StimulusRole
from app.db.pictures import keep_pictures
from app.errors import BadInput
from app.jobs.claims import StaleAttempt
from app.jobs.contract import RenderedPicture, RenderResult, RenderSpec
from app.media import Media
from app.studies.chunks import BadPicture
from app.studies.png import PictureFacts, inspect
from app.studies.rows import NewStimulus, places

_AT_WORK = (JobState.STARTING, JobState.RUNNING, JobState.SUCCEEDED)


_RENDER = "render it again"


class RenderingBroken(BadInput):
    """A rendering's pictures are not what its result says."""

    problems: tuple[str, ...]  # one sentence for each picture

    def __init__(self, job_id: int, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"Rendering {job_id} was not registered: {'; '.join(problems)}.", "run the job again")


def register(
    database: Database, media: Media, job_id: int, attempt: int, run_folder: Path, result: RenderResult
) -> None:
    """The job's pictures are in the store and in the tables; doing it again changes nothing.

    Only the job's current attempt may do this: an older one that was thought dead is refused.
    """
    with database.read() as db:
        spec = _current(db, job_id, attempt)
    checked = dict[str, PictureFacts]()
    problems = list(_incomplete(spec, result))
    for picture in result.pictures:
        try:
            checked[picture.file] = _checked(picture, run_folder)
        except BadPicture as error:
            problems.append(f"{picture.file} {error.message.rstrip('.')}")
    if problems:
        raise RenderingBroken(job_id, problems)
    for picture in result.pictures:
        media.put_file(run_folder / picture.file)
    keep_pictures(database, checked.values())
    with database.write() as db:
        _current(db, job_id, attempt, hold=True)
        db.execute(delete(Rendering).where(Rendering.job_id == job_id))
        for picture in result.pictures:
            db.add(
                Rendering(
                    job_id=job_id, task=result.task, scene=picture.scene, condition=_name(picture),
                    role=StimulusRole(picture.role), picture_digest=checked[picture.file].digest,
                    origin=dict(picture.origin),
                )
            )  # fmt: skip


def collect(db: Session, job_ids: Sequence[int]) -> tuple[list[NewStimulus], list[str]]:
    """The stimuli that these jobs would bring into a study, and what keeps them from standing side by side."""
    stimuli, problems = dict[tuple[str, str, str], NewStimulus](), list[str]()
    clashes = defaultdict[tuple[int, StimulusRole], list[NewStimulus]](list)  # by the rendering that came first
    for job_id in dict.fromkeys(job_ids):
        job = db.get(Job, job_id)
        if job is None or job.kind is not JobKind.RENDER:
            problems.append(f"job {job_id} is not a rendering; choose among the renderings")
            continue
        rows = list(db.scalars(select(Rendering).where(Rendering.job_id == job_id).order_by(Rendering.id)))
        if job.state is not JobState.SUCCEEDED or not rows:
            problems.append(f"rendering {job_id} is {job.state}; wait until it has succeeded, or run it again")
            continue
        for row in rows:
            new = NewStimulus(row.task, row.scene, row.condition, row.picture_digest, {"job": job_id, **row.origin})
            first = stimuli.setdefault((row.task, row.scene, row.condition), new)
            if first is not new and (row.role is StimulusRole.CONDITION or first.digest != new.digest):
                clashes[_job(first), row.role].append(new)
    problems += [
        _clash(first, role, found)
        for (first, role), found in clashes.items()
        if role is not StimulusRole.DEGRADED or (first, StimulusRole.REFERENCE) not in clashes  # which explains it
    ]
    return list(stimuli.values()), problems or ([] if stimuli else ["no rendering was chosen; choose at least one"])


def _current(db: Session, job_id: int, attempt: int, *, hold: bool = False) -> RenderSpec:
    """What the job is, as long as the attempt holds it: with ``hold`` until the transaction is over."""
    job = db.get(Job, job_id, with_for_update={"read": True} if hold else None)
    if job is None or job.kind is not JobKind.RENDER or job.attempt != attempt or job.state not in _AT_WORK:
        raise StaleAttempt(job_id, attempt)
    return RenderSpec.model_validate(job.spec)


def _checked(picture: RenderedPicture, run_folder: Path) -> PictureFacts:
    path = run_folder / picture.file
    if not path.resolve().is_relative_to(run_folder.resolve()) or path.is_symlink() or not path.is_file():
        raise BadPicture("is not a file of the run folder", _RENDER)
    facts = inspect(path.read_bytes())
    if facts.digest != picture.sha256:
        raise BadPicture("does not have the checksum that its result names", _RENDER)
    if (facts.width, facts.height) != (picture.width, picture.height):
        raise BadPicture(f"has {facts.width} × {facts.height} pixels, not {picture.width} × {picture.height}", _RENDER)
    return facts


def _incomplete(spec: RenderSpec, result: RenderResult) -> list[str]:
    roles = ("reference", "degraded", "condition")
    wanted = {(scene.name, role) for scene in spec.scenes for role in roles}
    brought = [(picture.scene, picture.role) for picture in result.pictures]
    problems = [f"the {role} of {scene} is missing" for scene, role in sorted(wanted - set(brought))]
    problems += [f"the {role} of {scene} was not asked for" for scene, role in sorted(set(brought) - wanted)]
    problems += [
        f"{scene} has two pictures as {role}" for scene, role in sorted({b for b in brought if brought.count(b) > 1})
    ]
    if result.task != spec.task:
        problems.append(f"the task is {result.task}, not {spec.task}")
    for picture in result.pictures:
        if picture.role == "condition" and picture.condition != spec.condition:
            problems.append(f"{picture.file} is of {picture.condition!r}, not of {spec.condition!r}")
    return problems


def _name(picture: RenderedPicture) -> str:
    return picture.condition if picture.role == "condition" else picture.role


def _clash(first: int, role: StimulusRole, found: Sequence[NewStimulus]) -> str:
    jobs = f"renderings {first} and {', '.join(str(job) for job in sorted({_job(second) for second in found}))}"
    if role is StimulusRole.CONDITION:
        return f"{jobs} both bring {places(found)}; leave one of them out"
    reason = "were rendered with different seeds" if role is StimulusRole.DEGRADED else "show different photographs"
    if role is StimulusRole.REFERENCE:
        reason += ", or different parts of them"
    return f"{jobs} bring different pictures as {places(found)}, so they {reason}; choose renderings of one launch"


def _job(stimulus: NewStimulus) -> int:
    return int((stimulus.origin or {})["job"])
