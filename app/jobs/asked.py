"""Recoveries, renderings and scores as somebody asks for them: checked, foreseen and launched in one way each."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from app.catalog.shelf import Shelf
from app.db import Database
from app.db.audit import AT_THE_MACHINE, Actor
from app.errors import AppError, BadInput
from app.jobs import recovery, rendering, scoring, store
from app.jobs.contract import AnySpec, Form, RecoverSpec, RenderSpec, ScoreSpec
from app.jobs.effort import effort
from app.jobs.foreseen import Foresight, Known, lacking, nobody_works
from app.jobs.recovery import Screening
from app.jobs.rendering import RenderingWish
from app.jobs.store import Launched
from app.jobs.weights_at_hand import at_hand, require_weights


class BadScore(BadInput):
    """The score cannot be launched, and was not."""


@dataclass(frozen=True, slots=True)
class ScoreWish:
    """Renderings, and what their pictures are scored with."""

    renderings: Sequence[int]
    measures: Sequence[str]
    forms: Sequence[Form] = ("rgb",)
    degraded: bool = True
    replace: bool = False


Wish = Screening | RenderingWish | ScoreWish


def specs_of(database: Database, wish: Wish) -> tuple[AnySpec, ...]:
    """The jobs that the wish stands for; nothing is written.

    Raises
    ------
    AppError
        One of those that the launch of such a job raises.
    """
    match wish:
        case Screening():
            return tuple(recovery.screening_of(database, wish).values())
        case RenderingWish():
            return (rendering.rendering_of(database, wish),)
        case ScoreWish():
            return _scores(wish)


def foresee(database: Database, wish: Wish, shelf: Shelf) -> Foresight:
    """What launching the wish would do: which jobs, what is in their way, how long they take; nothing is written."""
    try:
        specs = specs_of(database, wish)
    except AppError as error:
        return Foresight((error.message,))
    return foresee_specs(database, specs, shelf)


def foresee_specs(database: Database, specs: Sequence[AnySpec], shelf: Shelf) -> Foresight:
    """The same of jobs as they are specified."""
    known, hand = Known(database), at_hand(database, shelf)
    problems = dict[str, None]()
    jobs = []
    for spec in specs:
        try:
            jobs.append(known.foreseen(spec, title_of(database, spec)))
        except AppError as error:
            problems[error.message] = None
    if problems:
        return Foresight(tuple(problems))
    without = lacking(jobs, hand)
    cautions = (*nobody_works(database), *map(hand.sentence, without))
    left = [spec for spec, job in zip(specs, jobs, strict=True) if job.is_to_do]
    return Foresight((), cautions, tuple(jobs), effort=effort(database, left), lacking=without)


def launch(
    database: Database, wish: Wish, shelf: Shelf, *, anyway: bool = False, priority: int = 100,
    by: Actor = AT_THE_MACHINE,
) -> list[Launched]:  # fmt: skip
    """The jobs that do what is wished; those that are there are found, those that ended badly are queued again.

    Raises
    ------
    WeightsNotAtHand
        Nobody has the weights that a job to be done needs, and it is not to be launched ``anyway``.
    AppError
        One of those that the launch of such a job raises; nothing has been launched.
    """
    if not anyway:
        require(database, wish, shelf)
    titled = [(spec, title_of(database, spec)) for spec in specs_of(database, wish)]
    return [
        store.find_or_launch(database, spec, title=title, priority=priority, revive=True, by=by)
        for spec, title in titled
    ]


def launch_one(
    database: Database, spec: AnySpec, *, title: str = "", priority: int = 100, by: Actor = AT_THE_MACHINE
) -> Launched:
    """The job that does this: one that is live or has succeeded, otherwise a new one, whatever had ended badly.

    Raises
    ------
    NeedEndedBadly, AppError
        A job that it needs ended badly; or as ``title_of``. Nothing has been launched.
    """
    named = title_of(database, spec)
    return store.find_or_launch(database, spec, title=(title or named)[:200], priority=priority, by=by)


def require(database: Database, wish: Wish, shelf: Shelf) -> None:
    """Raises ``WeightsNotAtHand`` where nobody has the weights that a job to be done needs; as ``launch`` otherwise."""
    known, hand = Known(database), at_hand(database, shelf)
    jobs = [known.foreseen(spec, title_of(database, spec)) for spec in specs_of(database, wish)]
    require_weights(hand, lacking(jobs, hand))


def title_of(database: Database, spec: AnySpec) -> str:
    """What such a job is called; raises where it cannot be launched."""
    match spec:
        case RecoverSpec():
            return recovery.title_of(database, spec)
        case RenderSpec():
            return rendering.title_of(database, spec)
        case ScoreSpec():
            return scoring.title_of(database, spec)
        case _:
            raise AssertionError("trainings are foreseen as matrices")


def _scores(wish: ScoreWish) -> tuple[ScoreSpec, ...]:
    if not wish.renderings or not wish.measures or not wish.forms:
        raise BadScore("A score needs a rendering, a measure and a form", "choose one of each")
    try:
        return tuple(
            ScoreSpec(
                rendering=number, measures=tuple(wish.measures), forms=tuple(wish.forms), degraded=wish.degraded,
                replace=wish.replace,
            )
            for number in dict.fromkeys(wish.renderings)
        )  # fmt: skip
    except ValidationError as error:
        reasons = "; ".join(problem["msg"].removeprefix("Value error, ") for problem in error.errors())
        raise BadScore(f"This cannot be scored ({reasons})", "change it and try again") from None
