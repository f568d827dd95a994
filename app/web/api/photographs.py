"""Sets of photographs over the API: what there is, what is wrong with it, and how more come in."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from app.db.models import JobKind, JobState
from app.jobs import photograph_changes, photograph_lint, photograph_sets, photograph_uses
from app.jobs.groups import BadGroups
from app.jobs.photograph_changes import TextTooLong
from app.jobs.photograph_lint import Weight
from app.jobs.photograph_sets import PhotographSet, SetRemoved, SetView, UnknownSet
from app.jobs.photographs import BadPhotographs
from app.studies.photo_archive import NoPhotographsSent, in_archive
from app.studies.photo_intake import Intake, take_in
from app.studies.survey import StimuliRefused
from app.web.api import zipped_body
from app.web.api.route import ApiRoute, Asking, opens
from app.web.api.shapes import DIGEST, MOMENT, Sent, Told, example
from app.web.pages import Context, Ctx
from app.web.tokens import Scope

router = APIRouter(route_class=ApiRoute, tags=["jobs"])
_READ, _WRITE = Scope.JOBS_READ, Scope.JOBS_WRITE
_PHOTOGRAPH = {
    "name": "astronaut", "digest": DIGEST, "width": 512, "height": 512, "source": "astronaut.png", "encoded": "PNG",
    "group": None,
}  # fmt: skip
_SET = {
    "name": "packaged", "train": 9, "test": 4, "licence": "CC0", "source": "scikit-image", "added_by": "ada",
    "added_at": MOMENT, "removed_at": None,
}  # fmt: skip
_FINDING = {"severity": "warning", "text": "Nobody has said under which licence it may be used.", "fix": "write it"}
_USE = {"job": 18, "kind": "train", "title": "denoise · mae · lab", "state": "succeeded", "photographs": 9}


class SetTold(Told):
    """A set of photographs in numbers, and what allows its use."""

    model_config = example(_SET)

    name: str
    train: int
    test: int
    licence: str = Field(description="Empty: nobody has said.")
    source: str
    added_by: str = Field(description="Empty: at the machine.")
    added_at: datetime
    removed_at: datetime | None = Field(description="Since when nothing new can be launched with it.")


class SetsTold(Told):
    """All sets of photographs, removed ones that jobs have used included."""

    model_config = example({"items": [_SET]})

    items: list[SetTold]


class PhotographTold(Told):
    """A photograph; a training names it by name and digest."""

    model_config = example(_PHOTOGRAPH)

    name: str
    digest: str = Field(description="sha256 of the file; `/api/v1/pictures/{digest}.png` has it.")
    width: int
    height: int
    source: str
    encoded: str | None = Field(description="How its file was, as JPEG; null where that was not noted.")
    group: str | None = Field(description="Of the parts of one photograph, as it was said; null: by the name.")


class PhotographsTold(Told):
    """A set's photographs, in two parts that never meet."""

    model_config = example({"name": "packaged", "train": [_PHOTOGRAPH], "test": [_PHOTOGRAPH]})

    name: str
    train: list[PhotographTold]
    test: list[PhotographTold]


class SetFindingTold(Told):
    """One thing that is wrong with a set, and what to do about it."""

    model_config = example(_FINDING)

    severity: Weight = Field(description="An error keeps trainings from being launched with the set.")
    text: str
    fix: str


class UseTold(Told):
    """A job that learns from, or shows, photographs of a set."""

    model_config = example(_USE)

    job: int
    kind: JobKind
    title: str
    state: JobState
    photographs: int = Field(description="How many of the set's.")


class SetCheckTold(Told):
    """What is wrong with a set, errors first, and the jobs that have used it."""

    model_config = example({"findings": [_FINDING], "uses": [_USE]})

    findings: list[SetFindingTold]
    uses: list[UseTold]


class RemovalTold(Told):
    """What became of a set that was removed."""

    model_config = example({"name": "packaged", "kept_for_jobs": True})

    name: str
    kept_for_jobs: bool = Field(description="Jobs have used it: they keep its photographs, and it can be brought back.")


class Described(Sent):
    """What allows a set's use; what is left out stays as it is."""

    model_config = example({"licence": "CC BY 4.0", "source": "taken by ada on the moor"})

    licence: str | None = Field(None, max_length=200)
    source: str | None = Field(None, max_length=300)


@router.get("/photographs", **opens(_READ))
def list_sets(use: Ctx) -> SetsTold:
    """The sets of photographs."""
    return SetsTold(items=[SetTold.model_validate(one) for one in photograph_sets.listing(use.database)])


@router.get("/photographs/{set_name}", **opens(_READ, UnknownSet))
def read_set(use: Ctx, set_name: str) -> PhotographsTold:
    """One set of photographs, removed or not."""
    return _told(photograph_sets.photographs(use.database, set_name, removed=True))


@router.get("/photographs/{set_name}/check", **opens(_READ, UnknownSet))
def check_set(use: Ctx, set_name: str) -> SetCheckTold:
    """What is wrong with a set, and who has used it."""
    found = photograph_lint.lint(use.database, set_name)
    return SetCheckTold(
        findings=[SetFindingTold.model_validate(one) for one in found],
        uses=[UseTold.model_validate(one) for one in photograph_uses.uses(use.database, set_name)],
    )


_ZIP = zipped_body.taking(
    opens(
        _WRITE, BadPhotographs, SetRemoved, NoPhotographsSent, BadGroups, StimuliRefused, *zipped_body.REFUSALS
    ),
    "A zip file of photographs, in any folders; `groups.csv` says which are parts of one.",
    "the bytes of photographs.zip",
)  # fmt: skip


@router.post("/photographs/{set_name}", **_ZIP)
async def add_photographs(
    request: Request,
    use: Ctx,
    who: Asking,
    set_name: str,
    share: Annotated[float, Query(ge=0.01, le=0.99, description="To judge on, chosen by content.")] = 0.3,
    test: Annotated[
        str | None, Query(max_length=900, description="Names or patterns to judge on, with commas; instead of a share.")
    ] = None,
    licence: Annotated[
        str, Query(max_length=200, description="What allows their use, where the set does not say yet.")
    ] = "",
    source: Annotated[
        str, Query(max_length=300, description="Where they come from, where the set does not say yet.")
    ] = "",
) -> PhotographsTold:
    """All photographs of a zip file enter the set, which is made where there was none; or none do."""
    patterns = None if test is None else tuple(part.strip() for part in test.split(",") if part.strip())
    wish = Intake(set_name, licence, source, share, patterns)
    async with zipped_body.received(request, use) as archive:
        return _told(await run_in_threadpool(_taken_in, use, who, archive, wish))


@router.patch("/photographs/{set_name}", **opens(_WRITE, UnknownSet, TextTooLong, body="json"))
def describe_set(use: Ctx, who: Asking, set_name: str, said: Described) -> SetTold:
    """The set has this licence and this source."""
    photograph_changes.describe(use.database, set_name, licence=said.licence, source=said.source, by=who.actor)
    return _view(use, set_name)


@router.delete("/photographs/{set_name}", **opens(_WRITE, UnknownSet))
def remove_set(use: Ctx, who: Asking, set_name: str) -> RemovalTold:
    """The set is gone, or, where jobs have used it, no longer offered."""
    kept = photograph_changes.remove(use.database, set_name, by=who.actor)
    return RemovalTold(name=set_name, kept_for_jobs=kept)


@router.post("/photographs/{set_name}/restore", **opens(_WRITE, UnknownSet))
def restore_set(use: Ctx, who: Asking, set_name: str) -> SetTold:
    """A removed set can be used again."""
    photograph_changes.restore(use.database, set_name, by=who.actor)
    return _view(use, set_name)


def _view(use: Context, set_name: str) -> SetTold:
    found: SetView = photograph_sets.get(use.database, set_name)
    return SetTold.model_validate(found)


def _told(found: PhotographSet) -> PhotographsTold:
    return PhotographsTold.model_validate(found)


def _taken_in(use: Context, who: Asking, archive: Path, wish: Intake) -> PhotographSet:
    with in_archive(archive, "the archive") as given:
        return take_in(use.database, use.media, given, wish, by=who.actor)
