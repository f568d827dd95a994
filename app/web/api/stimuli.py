"""A study's pictures over the API: what it has, what keeps it from opening, and how more come in."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.media import MediaMissing, MediaUnreachable
from app.studies import inventory, keeping, service, stimuli
from app.studies.changes import DraftChanged
from app.studies.choice import Choice, ChosenTask
from app.studies.finding import Severity
from app.studies.inventory import TaskStock
from app.studies.keeping import NoSuchPicture, NothingChosen
from app.studies.states import StudyNotDraft, StudyNotFound
from app.studies.stimuli import IngestReport
from app.studies.survey import StimuliRefused
from app.studies.zipped import ingest_zip
from app.web.api import zipped_body
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import DIGEST, IfMatch, Number, Sent, Told, example, revision
from app.web.pages import Ctx, Id
from app.web.pictures import Digest, PictureNotFound, picture_reply
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["pictures"])
_READ, _WRITE = Scope.STUDIES_READ, Scope.STUDIES_WRITE
_PICTURE = {"scene": "coffee-1", "condition": "ms_ssim", "digest": DIGEST, "width": 256, "height": 256, "job": 18}
_STOCK = {"task": "denoise", "conditions": ["mae", "ms_ssim"], "scenes": ["coffee-1"], "pictures": [_PICTURE]}
_FINDING = {
    "severity": "warning",
    "text": "denoise has one scene, and a test over scenes needs two.",
    "fix": "add it",
    "setting": None,
}


class PictureTold(Told):
    """A picture of a study; `reference` and `degraded` stand among the conditions."""

    model_config = example(_PICTURE)

    scene: str
    condition: str
    digest: str = Field(description="sha256 of the file; `/api/v1/pictures/{digest}.png` has it.")
    width: int
    height: int
    job: int | None = Field(description="The rendering that made it; null for an ingested file.")


class StockTold(Told):
    """The pictures of one task."""

    model_config = example(_STOCK)

    task: str
    conditions: list[str]
    scenes: list[str]
    pictures: list[PictureTold]


class InventoryTold(Told):
    """The pictures of a study, task by task."""

    model_config = example({"items": [_STOCK]})

    items: list[StockTold]


class FindingTold(Told):
    """One thing that is wrong with a study, and what to do about it."""

    model_config = example(_FINDING)

    severity: Severity = Field(description="An error keeps the study from opening.")
    text: str
    fix: str
    setting: str | None = Field(description="The setting that would mend it; null where the pictures would.")


class FindingsTold(Told):
    """Everything wrong with a study, errors first."""

    model_config = example({"items": [_FINDING]})

    items: list[FindingTold]


class IngestTold(Told):
    """What entered a study."""

    model_config = example(
        {
            "tasks": ["denoise"], "scenes": 4, "conditions": ["mae", "ms_ssim"], "pictures": 16, "added": 16,
            "notes": ["2 pictures: text (tEXt) taken out"],
        }
    )  # fmt: skip

    tasks: list[str]
    scenes: int = Field(description="Over all tasks.")
    conditions: list[str]
    pictures: int
    added: int = Field(description="Of these, how many the study did not have.")
    notes: list[str] = Field(description="What was taken out of the pictures.")


class ChosenRenderings(Sent):
    """Renderings whose pictures are to enter a draft."""

    model_config = example({"jobs": [18, 21]})

    jobs: list[Number] = Field(min_length=1, max_length=1000, description="Rendering jobs that have succeeded.")


class ChosenPictures(Sent):
    """What a draft keeps of the pictures that it has."""

    model_config = example({"tasks": {"denoise": {"conditions": ["mae", "ms_ssim"], "scenes": ["coffee-1"]}}})

    tasks: dict[str, ChosenTask] = Field(
        description="By task, its conditions and scenes; of a task without them everything, and no other task. "
        "References and degraded inputs come and go with their scenes.",
    )


@router.get("/studies/{study_id}/stimuli", **opens(_READ, StudyNotFound, numbered=True))
def read_stimuli(use: Ctx, study_id: Id) -> InventoryTold:
    """Which pictures the study has."""
    return InventoryTold(items=[_stock(task) for task in inventory.read(use.database, study_id)])


@router.get("/studies/{study_id}/findings", **opens(_READ, StudyNotFound, numbered=True))
def read_findings(use: Ctx, study_id: Id) -> FindingsTold:
    """Everything wrong with the study; without an error among it the draft may open."""
    found = service.lint(use.database, use.media, study_id)
    return FindingsTold(items=[FindingTold.model_validate(finding) for finding in found])


@router.put(
    "/studies/{study_id}/choice",
    **opens(
        _WRITE, StudyNotFound, StudyNotDraft, DraftChanged, NothingChosen, NoSuchPicture, body="json", numbered=True
    ),
)
def choose_pictures(
    use: Ctx, who: Asking, study_id: Id, chosen: ChosenPictures, if_match: IfMatch = None
) -> InventoryTold:
    """The draft keeps these conditions and scenes; whatever else it has is taken out, and its files stay."""
    choice = Choice(chosen.tasks)
    keeping.keep_only(use.database, study_id, choice, revision=revision(if_match), by=who.actor)
    return read_stimuli(use, study_id)


_ZIP = zipped_body.taking(
    opens(_WRITE, StudyNotFound, StudyNotDraft, StimuliRefused, *zipped_body.REFUSALS, numbered=True),
    "A zip file of `task/condition/scene.png`, with `reference` among the conditions.",
    "the bytes of stimuli.zip",
)


@router.post("/studies/{study_id}/stimuli", **_ZIP)
async def add_stimuli(
    request: Request,
    use: Ctx,
    asking: Asking,
    study_id: Id,
    replace: Annotated[bool, Query(description="First take out what the study has of the archive's tasks.")] = False,
    strip: Annotated[bool, Query(description="Take text and other notes out of the pictures.")] = False,
) -> IngestTold:
    """All pictures of a zip file enter the draft, or none and a list of everything wrong."""
    await run_in_threadpool(service.require_draft, use.database, study_id)
    async with zipped_body.received(request, use) as archive:
        done = await run_in_threadpool(
            ingest_zip,
            use.database,
            use.media,
            study_id,
            archive,
            replace=replace,
            strip=strip,
            by=asking.actor,
        )
    return _ingested(done)


@router.post(
    "/studies/{study_id}/renderings",
    **opens(_WRITE, StudyNotFound, StudyNotDraft, StimuliRefused, body="json", numbered=True),
)
def add_renderings(use: Ctx, who: Asking, study_id: Id, chosen: ChosenRenderings) -> IngestTold:
    """The pictures of finished renderings enter the draft; all of them, or none."""
    return _ingested(stimuli.add_renderings(use.database, study_id, chosen.jobs, who.actor))


_PNG: dict[str, Any] = opens(_READ, PictureNotFound, MediaMissing, MediaUnreachable, numbered=True)
_PNG["responses"] |= {
    200: {
        "description": "The file's bytes as they were ingested or rendered.",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/pictures/{digest}.png", response_class=Response, **_PNG)
def read_picture(use: Ctx, who: Asking, digest: Digest) -> Response:
    """A picture by the hash of its content, where a job made it or one of the account's studies shows it."""
    return picture_reply(use, who, digest)


def _stock(task: TaskStock) -> StockTold:
    return StockTold(
        task=task.task,
        conditions=list(task.conditions),
        scenes=list(task.scenes),
        pictures=[PictureTold.model_validate(shown) for shown in task.pictures.values()],
    )


def _ingested(report: IngestReport) -> IngestTold:
    return IngestTold.model_validate(report)
