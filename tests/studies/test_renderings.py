"""What a rendering brings is checked, registered once, and only then offered to studies."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.clock import now
from app.db import Database
from app.db.models import Job, JobKind, JobState, Pair, PairKind, Rendering, Stimulus, StimulusRole
from app.jobs.claims import StaleAttempt
from app.jobs.contract import PhotographRef, RenderedPicture, RenderResult, RenderSpec, SceneRef
from app.media import Media
from app.studies import moves, service
from app.studies.protocol import Protocol
from app.studies.renderings import RenderingBroken, register
from app.studies.states import StudyNotDraft
from app.studies.stimuli import add_renderings
from app.studies.survey import StimuliRefused
from tests.studies.pictures import SCENES, png


def _job(
    database: Database,
    condition: str,
    task: str = "denoise",
    state: JobState = JobState.RUNNING,
    baseline: str | None = None,
) -> int:
    photograph = PhotographRef(name="p", digest="0" * 64)
    scenes = tuple(SceneRef(name=s, photograph=photograph, left=0, top=0, width=12, height=8) for s in SCENES)
    training = None if baseline else 1
    spec = RenderSpec(task=task, condition=condition, training=training, baseline=baseline, scenes=scenes)
    with database.write() as db:
        job = Job(
            kind=JobKind.RENDER, title=condition, spec=spec.model_dump(mode="json"), spec_hash=f"{condition}{now()}",
            state=state, priority=100, attempt=2, idle_attempts=0, stop_requested=False, step=0, total_steps=3,
            created_at=now(),
        )  # fmt: skip
        db.add(job)
        db.flush()
        return job.id


def _result(run: Path, condition: str, task: str = "denoise", degraded: str = "") -> RenderResult:
    """A run folder as the trainer leaves it."""
    run.mkdir(parents=True, exist_ok=True)
    pictures = list[RenderedPicture]()
    for scene in SCENES:
        names = {
            "reference": scene,
            "degraded": f"{task}{degraded} degraded {scene}",
            "condition": f"{task} {condition} {scene}",
        }
        for role, name in names.items():
            data = png(name)
            (run / f"{scene}-{role}.png").write_bytes(data)
            pictures.append(
                RenderedPicture(
                    file=f"{scene}-{role}.png", sha256=hashlib.sha256(data).hexdigest(), scene=scene,
                    condition=condition, role=role, width=12, height=8, origin={"seed": 4, "recipe": "abc"},
                )  # type: ignore[arg-type]
            )  # fmt: skip
    return RenderResult(task=task, pictures=tuple(pictures))


def _succeeded(
    database: Database, media: Media, run: Path, condition: str, task: str = "denoise", degraded: str = ""
) -> int:
    job = _job(database, condition, task)
    register(database, media, job, 2, run / f"{job}", _result(run / f"{job}", condition, task, degraded))
    _move(database, job, JobState.SUCCEEDED)
    return job


def _move(database: Database, job: int, state: JobState) -> None:
    with database.write() as db:
        db.execute(update(Job).where(Job.id == job).values(state=state))


def _rows(database: Database) -> list[Rendering]:
    with database.read() as db:
        return list(db.scalars(select(Rendering).order_by(Rendering.id)))


def test_a_rendering_is_registered_once(database: Database, media: Media, tmp_path: Path) -> None:
    job, result = _job(database, "mae"), _result(tmp_path / "run", "mae")
    for _ in range(2):
        register(database, media, job, 2, tmp_path / "run", result)
    rows = _rows(database)
    assert len(rows) == 9
    assert {row.condition for row in rows} == {"reference", "degraded", "mae"}
    assert all(media.has(row.picture_digest) for row in rows)


@pytest.mark.parametrize(("attempt", "state"), [(1, JobState.RUNNING), (3, JobState.RUNNING), (2, JobState.CANCELLED)])
def test_an_attempt_that_is_not_the_current_one_brings_nothing(
    database: Database, media: Media, tmp_path: Path, attempt: int, state: JobState
) -> None:
    job = _job(database, "mae", state=state)
    with pytest.raises(StaleAttempt, match="no longer holds job"):
        register(database, media, job, attempt, tmp_path / "run", _result(tmp_path / "run", "mae"))
    assert _rows(database) == []


def test_a_picture_that_is_not_what_its_result_says_is_refused(
    database: Database, media: Media, tmp_path: Path
) -> None:
    job, run = _job(database, "mae"), tmp_path / "run"
    result = _result(run, "mae")
    (run / "cat-condition.png").write_bytes(png("another cat"))
    (run / "boat-reference.png").unlink()
    (run / "city-degraded.png").write_bytes(png("city")[:50])
    with pytest.raises(RenderingBroken) as refused:
        register(database, media, job, 2, run, result)
    for problem in (
        "cat-condition.png does not have the checksum that its result names",
        "boat-reference.png is not a file of the run folder",
        "city-degraded.png is a damaged PNG",
    ):
        assert problem in refused.value.message
    assert _rows(database) == []


def test_pictures_must_be_those_that_were_asked_for(database: Database, media: Media, tmp_path: Path) -> None:
    job, run = _job(database, "mae"), tmp_path / "run"
    result = _result(run, "gmsd")
    with pytest.raises(RenderingBroken, match="is of 'gmsd', not of 'mae'"):
        register(database, media, job, 2, run, result)
    fewer = _result(run, "mae").model_copy(update={"pictures": _result(run, "mae").pictures[1:]})
    with pytest.raises(RenderingBroken, match="the reference of boat is missing"):
        register(database, media, job, 2, run, fewer)
    astray = result.pictures[0].model_copy(update={"file": "../secret"})
    with pytest.raises(RenderingBroken, match=r"\.\./secret is not a file of the run folder"):
        register(database, media, job, 2, run, result.model_copy(update={"pictures": (astray,)}))


def test_renderings_of_one_launch_make_a_study(database: Database, media: Media, draft: int, tmp_path: Path) -> None:
    jobs = [
        _succeeded(database, media, tmp_path, condition, task)
        for task in ("denoise", "superres")
        for condition in ("mae", "gmsd")
    ]
    report = add_renderings(database, draft, jobs)
    assert (report.tasks, report.conditions, report.pictures) == (("denoise", "superres"), ("gmsd", "mae"), 24)
    with database.read() as db:
        row = db.scalars(select(Stimulus).where(Stimulus.role == StimulusRole.CONDITION)).first()
    assert row is not None
    assert row.origin == {"job": jobs[0], "seed": 4, "recipe": "abc"}
    assert add_renderings(database, draft, jobs).added == 0
    moves.open_study(database, media, draft)
    with pytest.raises(StudyNotDraft):
        add_renderings(database, draft, jobs)


def test_a_baseline_is_compared_like_a_condition_and_its_input_keeps_its_part_in_catch_trials(
    database: Database, media: Media, draft: int, tmp_path: Path
) -> None:
    trained = _succeeded(database, media, tmp_path, "mae")
    baseline = _job(database, "input", baseline="input")
    run = tmp_path / "baseline"
    made = _result(run, "input")
    shown = []
    for picture in made.pictures:  # the condition shows the degraded input itself
        if picture.role == "condition":
            data = (run / f"{picture.scene}-degraded.png").read_bytes()
            (run / picture.file).write_bytes(data)
            picture = picture.model_copy(update={"sha256": hashlib.sha256(data).hexdigest()})
        shown.append(picture)
    register(database, media, baseline, 2, run, made.model_copy(update={"pictures": tuple(shown)}))
    _move(database, baseline, JobState.SUCCEEDED)

    report = add_renderings(database, draft, [trained, baseline])
    assert report.conditions == ("input", "mae")
    moves.open_study(database, media, draft)
    with database.read() as db:
        name = {stimulus.id: stimulus.condition for stimulus in db.scalars(select(Stimulus))}
        kinds = {(pair.kind, *sorted((name[pair.a_id], name[pair.b_id]))) for pair in db.scalars(select(Pair))}
    assert (PairKind.TEST, "input", "mae") in kinds
    assert (PairKind.CATCH, "degraded", "reference") in kinds
    assert not any(kind is PairKind.CATCH and "input" in names for kind, *names in kinds)


def test_conditions_of_different_degraded_inputs_do_not_meet(
    database: Database, media: Media, draft: int, tmp_path: Path
) -> None:
    first = _succeeded(database, media, tmp_path, "mae")
    other = _succeeded(database, media, tmp_path, "gmsd", degraded=" otherwise")
    with pytest.raises(
        StimuliRefused, match=r"as denoise/degraded/boat and \d more, so they were rendered with different seeds"
    ) as refused:
        add_renderings(database, draft, [first, other])
    assert len(refused.value.problems) == 1  # a line per cause, however many scenes there are
    add_renderings(database, draft, [first])
    with pytest.raises(StimuliRefused, match="must come from the same degraded input"):
        add_renderings(database, draft, [other])


def test_a_condition_enters_once(database: Database, media: Media, draft: int, tmp_path: Path) -> None:
    jobs = [_succeeded(database, media, tmp_path, "mae") for _ in range(2)]
    with pytest.raises(StimuliRefused, match=f"renderings {jobs[0]} and {jobs[1]} both bring denoise/mae/boat"):
        add_renderings(database, draft, jobs)


def test_only_succeeded_renderings_can_be_added(database: Database, media: Media, draft: int, tmp_path: Path) -> None:
    job = _succeeded(database, media, tmp_path, "mae")
    _move(database, job, JobState.FAILED)
    with pytest.raises(StimuliRefused) as refused:
        add_renderings(database, draft, [job, 77])
    assert refused.value.problems == (
        f"rendering {job} is failed; wait until it has succeeded, or run it again",
        "job 77 is not a rendering; choose among the renderings",
    )
    with pytest.raises(StimuliRefused, match="choose at least one"):
        add_renderings(database, service.create(database, "x", Protocol()), [])
