"""Launches one training as a script describes it, after a look at everything that it names."""

from sqlalchemy import select

from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.db.models import Photograph, PhotographSet, Picture, Split
from app.errors import BadInput
from app.jobs import views
from app.jobs.contract import TrainSpec
from app.jobs.scenes import PhotographTooSmall
from app.jobs.store import Launched, find_or_launch


class UnknownPhotograph(BadInput):
    """No set has this photograph for training."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No set has the photograph {name[:200]!r} for training, with this content.",
            "name photographs as the list of their set does; those of a set that was removed are back when it is",
        )


class UnfitStart(BadInput):
    """The training cannot begin with the weights of that job."""

    def __init__(self, job_id: int, why: str) -> None:
        super().__init__(f"A training cannot begin with the weights of job {job_id}: {why}.", "name another job")


def launch_training(
    database: Database, spec: TrainSpec, *, title: str = "", priority: int = 100, by: Actor = AT_THE_MACHINE
) -> Launched:
    """The job that does this training: one that is live or has succeeded, otherwise a new one.

    Raises
    ------
    UnknownPhotograph, PhotographTooSmall, UnfitStart, JobNotFound, NeedEndedBadly
        Nothing has been launched.
    """
    _check_photographs(database, spec)
    if spec.start_from is not None:
        _check_start(database, spec, spec.start_from)
    named = title or f"{spec.recipe.task} · {spec.recipe.objective}"
    return find_or_launch(database, spec, title=named[:200], priority=priority, by=by)


def _check_photographs(database: Database, spec: TrainSpec) -> None:
    query = (
        select(Photograph.name, Picture.digest, Picture.width, Picture.height)
        .join(Picture, Picture.digest == Photograph.picture_digest)
        .join(PhotographSet, PhotographSet.name == Photograph.set_name)
        .where(Photograph.split == Split.TRAIN, PhotographSet.removed_at.is_(None))
    )
    with database.read() as db:
        known = {(name, digest): min(width, height) for name, digest, width, height in db.execute(query)}
    for photograph in spec.photographs:
        side = known.get((photograph.name, photograph.digest))
        if side is None:
            raise UnknownPhotograph(photograph.name)
        if side < spec.recipe.patch:
            raise PhotographTooSmall(
                f"The photograph {photograph.name!r} is smaller than the {spec.recipe.patch} px patch of the recipe",
                "leave the photograph out, or choose a smaller patch",
            )


def _check_start(database: Database, spec: TrainSpec, job_id: int) -> None:
    first = views.get(database, job_id).spec
    if not isinstance(first, TrainSpec):
        raise UnfitStart(job_id, "it is no training")
    if first.recipe.task != spec.recipe.task or first.recipe.network != spec.recipe.network:
        raise UnfitStart(job_id, "it trains another network")
