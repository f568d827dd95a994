"""Jobs over the API: look, launch one, cancel, retry, and the loss curve."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Discriminator, Field, Tag
from starlette.responses import PlainTextResponse

from app.catalog import UnknownBaseline
from app.db.models import JobKind, JobState
from app.jobs import asked, samples, store, training
from app.jobs.contract import AnySpec, RecoverSpec, RenderSpec, ScoreSpec, TrainSpec, Usage
from app.jobs.foreseen import Known, lacking
from app.jobs.job_log import log_end
from app.jobs.launcher import launcher
from app.jobs.recovery import PhotographNotKept, SceneBeyond
from app.jobs.rendering import BadRendering, NotToJudgeOn
from app.jobs.scenes import PhotographTooSmall
from app.jobs.scoring import NotARendering, ScenesTooSmall
from app.jobs.store import AlreadyFinished, NeedEndedBadly, NotFinished, TwinAtWork
from app.jobs.training import UnfitStart, UnknownPhotograph
from app.jobs.views import JobNotFound
from app.jobs.weights_at_hand import WeightsNotAtHand, at_hand, require_weights
from app.studies.plain import PLAIN, is_plain
from app.web.api.examples import JOB, SPEC, TRAINING
from app.web.api.matrices import ANYWAY, LAUNCH_ERRORS
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import DIGEST, After, Limit, Sent, Told, example
from app.web.pages import Context, Ctx, Id
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_READ, _WRITE = Scope.JOBS_READ, Scope.JOBS_WRITE
_SAMPLE = {"step": 6250, "number": 0, "restored": DIGEST, "degraded": DIGEST, "reference": DIGEST}
_SCENE = {"scene": "coffee-1", "degraded": DIGEST, "condition": DIGEST, "reference": DIGEST}


def _plain(title: str) -> str:
    if not is_plain(title):
        raise ValueError(PLAIN)
    return title


def _kind(spec: Any) -> str | None:
    """Trainings came first, and then needed not say so."""
    kind = spec.get("kind", "train") if isinstance(spec, dict) else getattr(spec, "kind", None)
    return kind if isinstance(kind, str) else None


_Wanted = Annotated[
    Annotated[TrainSpec, Tag("train")] | Annotated[RenderSpec, Tag("render")] | Annotated[ScoreSpec, Tag("score")]
    | Annotated[RecoverSpec, Tag("recover")],
    Discriminator(_kind),
]  # fmt: skip


class JobTold(Told):
    """A training, a rendering, a score or a recovery, and where it stands."""

    model_config = example(JOB)

    id: int
    kind: JobKind
    title: str
    state: JobState
    priority: int = Field(description="A smaller number goes first.")
    attempt: int
    stop_requested: bool
    worker: str | None
    step: int
    total_steps: int
    loss: float | None
    steps_per_second: float | None
    error: str | None
    result: dict[str, Any] | None
    usage: Usage | None = Field(description="What it used of its device at its latest report.")
    log_worker: str | None = Field(description="The worker that wrote what `…/log` tells; null: nothing was written.")
    log_attempt: int | None = Field(
        description="The attempt that wrote it; the present one may have written nothing yet."
    )
    needs: list[int] = Field(description="Jobs that must have succeeded before this one may start.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class WholeJobTold(JobTold):
    """A job with everything that it was asked for."""

    model_config = example(JOB | {"spec": SPEC, "launched_by": "ada"})

    spec: AnySpec | None = Field(description="Null where another version of Beholder wrote it.")
    launched_by: str | None = Field(
        description="The account's name at the time; empty for somebody at the machine, null where no log tells."
    )


class LaunchedTold(WholeJobTold):
    """The job that does what was asked for."""

    model_config = example(JOB | {"spec": SPEC, "launched_by": "ada", "found": False})

    found: bool = Field(
        description="Whether the job was there already; it then keeps the title and the priority that it has."
    )


class JobsTold(Told):
    """A page of jobs."""

    model_config = example({"items": [JOB], "next": None})

    items: list[JobTold]
    next: int | None = Field(description="What to send as `after` for the next page; null where there is none.")


class NewJob(Sent):
    """A training, a rendering, a score or a recovery to be launched."""

    model_config = example(TRAINING)

    title: Annotated[str, AfterValidator(_plain)] = Field(
        "", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="Empty: what the job is about."
    )
    priority: int = Field(100, ge=0, le=1000, description="A smaller number goes first.")
    spec: _Wanted = Field(description="What is to be done; a training where it names no `kind`.")
    anyway: bool = Field(False, description=ANYWAY)


class PointTold(Told):
    """The loss at a step."""

    model_config = example({"step": 1000, "loss": 0.041})

    step: int
    loss: float


class CurveTold(Told):
    """The loss curve of a training."""

    model_config = example({"items": [{"step": 1000, "loss": 0.041}, {"step": 2000, "loss": 0.035}]})

    items: list[PointTold]


class SampleTold(Told):
    """A crop as a training restored it after a step; pictures by the hash of their content."""

    model_config = example(_SAMPLE)

    step: int
    number: int = Field(description="Of the crop; the same at every step.")
    restored: str
    degraded: str
    reference: str


class SamplesTold(Told):
    """What a training has restored so far."""

    model_config = example({"items": [_SAMPLE]})

    items: list[SampleTold]


class RenderedTold(Told):
    """The pictures of one test scene, by the hash of their content."""

    model_config = example(_SCENE)

    scene: str
    degraded: str | None
    condition: str | None
    reference: str | None


class RenderedScenesTold(Told):
    """The pictures that a rendering brought."""

    model_config = example({"items": [_SCENE]})

    items: list[RenderedTold]


@router.get("/jobs", **opens(_READ))
def list_jobs(
    use: Ctx,
    limit: Limit = 100,
    after: After = None,
    state: Annotated[JobState | None, Query(description="Only jobs in this state.")] = None,
) -> JobsTold:
    """Jobs, the newest first, page by page."""
    found = store.newest(use.database, limit + 1, before=after, state=state)
    items = [JobTold.model_validate(job) for job in found[:limit]]
    return JobsTold(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/jobs",
    **opens(
        _WRITE, *LAUNCH_ERRORS, UnknownPhotograph, PhotographTooSmall, UnfitStart, JobNotFound, NeedEndedBadly,
        NotARendering, ScenesTooSmall, PhotographNotKept, SceneBeyond, UnknownBaseline, BadRendering, NotToJudgeOn,
        WeightsNotAtHand, body="json",
    ),
)  # fmt: skip
def launch_job(use: Ctx, who: Asking, new: NewJob, reply: Response) -> LaunchedTold:
    """The job that does this training, rendering, score or recovery; launching the same again finds it, and says so."""
    if not new.anyway:
        hand = at_hand(use.database, use.shelf)
        require_weights(hand, lacking([Known(use.database).foreseen(new.spec, new.title)], hand))
    said: dict[str, Any] = {"title": new.title, "priority": new.priority, "by": who.actor}
    if isinstance(new.spec, TrainSpec):
        done = training.launch_training(use.database, new.spec, **said)
    else:
        done = asked.launch_one(use.database, new.spec, **said)
    reply.headers["Location"] = f"/api/v1/jobs/{done.job_id}"
    job = _whole(use, done.job_id)
    return LaunchedTold(**dict(job), found=done.found)


@router.get("/jobs/{job_id}", **opens(_READ, JobNotFound, numbered=True))
def read_job(use: Ctx, job_id: Id) -> WholeJobTold:
    """One job."""
    return _whole(use, job_id)


@router.post("/jobs/{job_id}/cancel", **opens(_WRITE, JobNotFound, AlreadyFinished, numbered=True))
def cancel_job(use: Ctx, who: Asking, job_id: Id) -> WholeJobTold:
    """A queued job ends now; one at work saves, stops, and is cancelled when it has."""
    store.cancel(use.database, job_id, by=who.actor)
    return _whole(use, job_id)


@router.post("/jobs/{job_id}/retry", **opens(_WRITE, JobNotFound, NotFinished, TwinAtWork, numbered=True))
def retry_job(use: Ctx, who: Asking, job_id: Id) -> WholeJobTold:
    """A failed or cancelled job is queued again and goes on from its last checkpoint."""
    store.retry(use.database, job_id, by=who.actor)
    return _whole(use, job_id)


@router.get("/jobs/{job_id}/curve", **opens(_READ, JobNotFound, numbered=True))
def read_curve(use: Ctx, job_id: Id) -> CurveTold:
    """The loss curve, in the order of the steps."""
    store.get(use.database, job_id)
    return CurveTold(items=[PointTold(step=step, loss=loss) for step, loss in store.curve(use.database, job_id)])


@router.get("/jobs/{job_id}/samples", **opens(_READ, JobNotFound, numbered=True))
def read_samples(use: Ctx, job_id: Id) -> SamplesTold:
    """Fixed crops of the training photographs as they were restored at several steps, in the order of the steps."""
    store.get(use.database, job_id)
    return SamplesTold(items=[SampleTold.model_validate(one) for one in samples.samples(use.database, job_id)])


@router.get("/jobs/{job_id}/scenes", **opens(_READ, JobNotFound, numbered=True))
def read_scenes(use: Ctx, job_id: Id) -> RenderedScenesTold:
    """The pictures of a rendering, or of the newest rendering of a training."""
    rendering = store.rendering_of(use.database, store.get(use.database, job_id))
    found = store.rendered(use.database, rendering.id) if rendering else []
    return RenderedScenesTold(items=[RenderedTold.model_validate(scene) for scene in found])


_LOG = opens(_READ, JobNotFound, numbered=True)
_LOG["responses"] |= {
    200: {
        "description": "The last 8 KB of the log of the latest attempt that has written one; empty before the first. "
        "The worker that does the job brings it with its reports and when the job ends; `log_worker` and `log_attempt` "
        "of the job say which worker and which attempt wrote it.",
        "content": {"text/plain": {"schema": {"type": "string"}, "example": "step 1000 of 50000, loss 0.041\n"}},
    }
}


@router.get("/jobs/{job_id}/log", response_class=PlainTextResponse, **_LOG)
def read_log(use: Ctx, job_id: Id) -> PlainTextResponse:
    """The last 8 KB of the latest log, as `log_worker` brought it, on whichever machine that is."""
    return PlainTextResponse(log_end(use.database, job_id).text)


def _whole(use: Context, job_id: int) -> WholeJobTold:
    job, whose = store.get(use.database, job_id), launcher(use.database, job_id)
    told = {name: getattr(job, name) for name in WholeJobTold.model_fields if name != "launched_by"}
    return WholeJobTold(**told, launched_by=whose and whose.account)
