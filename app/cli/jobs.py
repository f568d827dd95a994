"""``beholder jobs``: the queue at a terminal: what is at work, what waits, what has ended and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.db.models import JobState
    from app.jobs.launcher import Launcher
    from app.jobs.views import JobView

jobs = typer.Typer(help="The queue: trainings, renderings, scores and recoveries.", no_args_is_help=True)

Priority = Annotated[int, typer.Option(min=0, max=1000, help="Of new jobs: a smaller number goes first.")]
Number = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="The job's number.")]

Numbers = Annotated[list[int] | None, typer.Argument(min=1, max=2**31 - 1, help="Numbers of jobs.")]
OfMatrix = Annotated[
    int | None, typer.Option("--matrix", min=1, max=2**31 - 1, help="Instead: all of the matrix that has this job.")
]


@jobs.command("list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(help="Only jobs in this state: queued, starting, running, succeeded, failed, cancelled."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
) -> None:
    """List jobs: number, state, progress and title."""
    from app.cli._installation import installation
    from app.jobs import views
    from app.jobs.standing import seconds_left, state_word, word
    from app.web.wording import duration

    with installation() as place:
        for job in views.newest(place.database, limit, state=_state(state)):
            left = seconds_left(job)
            told = f"{word(job)}, {duration(left)} left" if left is not None else word(job)
            typer.echo(f"{job.id:>6}  {state_word(job):<11} {told:<22} {job.title}")


@jobs.command()
def show(number: Number) -> None:
    """Tell where a job stands, and how its log ends."""
    from app.cli._installation import installation
    from app.jobs import samples, views
    from app.jobs.job_log import log_end
    from app.jobs.launcher import launcher
    from app.jobs.suited import waits_for

    with installation() as place:
        job = views.get(place.database, number)
        waits, whose = waits_for(place.database, job), launcher(place.database, number)
        for name, value in [*_facts(job, whose), *([("waits", waits.removeprefix("waits "))] if waits else [])]:
            typer.echo(f"{name:<9} {value}")
        steps = sorted({one.step for one in samples.samples(place.database, number)})
        if steps:
            typer.echo(f"{'samples':<9} after {', '.join(map(str, steps))} steps")
        end = log_end(place.database, number)
        if end.text:
            typer.echo(f"\nHow the log of attempt {end.attempt} at {end.worker} ends:\n{end.text}")


@jobs.command()
def workers() -> None:
    """List the workers: devices, when they were heard of, weights at hand, and milliseconds a step."""
    from app.cli._installation import installation
    from app.jobs import views
    from app.web import silence
    from app.web.wording import age, duration

    with installation() as place:
        rows = silence.workers(views.workers(place.database), place.settings)
        for row in rows:
            worker = row.worker
            quiet = f"{'vanished' if row.vanished else 'silent'}, {duration(row.silent)}" if row.silent else ""
            typer.echo(f"{worker.name}  ({worker.devices})  {quiet or f'seen {age(worker.seen_at)}'}")
            if worker.weights:
                typer.echo(f"    weights of {', '.join(worker.weights)}")
            for device, speeds in worker.speeds.items():
                for trained, ms in speeds.items():
                    typer.echo(f"    {ms:>8.3g} ms a step  {trained}  on {device}")
        if not rows:
            typer.echo("No worker has reported within a day: jobs wait until `beholder worker` runs.")


@jobs.command()
def cancel(numbers: Numbers = None, matrix: OfMatrix = None) -> None:
    """Cancel jobs, all or none: queued ones end now, those at work save and stop; of a matrix whatever is left."""
    from app.cli._installation import installation
    from app.jobs import many, views

    _require_one(numbers, matrix)
    with installation() as place:
        if matrix is not None:
            numbers = many.cancel_matrix(place.database, matrix)
        else:
            many.cancel(place.database, numbers or [])
        for job in views.progress(place.database, numbers or []):
            typer.echo(f"Job {job.id} is {'asked to stop' if job.is_live else 'cancelled'}.")
        if not numbers:
            typer.echo("Nothing of this matrix waits or is at work.")


@jobs.command()
def retry(numbers: Numbers = None, matrix: OfMatrix = None) -> None:
    """Queue failed or cancelled jobs again, all or none: they go on from their last checkpoints."""
    from app.cli._installation import installation
    from app.jobs import many, views

    _require_one(numbers, matrix)
    with installation() as place:
        if matrix is not None:
            numbers = many.retry_matrix(place.database, matrix)
        else:
            many.retry(place.database, numbers or [])
        for job in views.progress(place.database, numbers or []):
            typer.echo(f"Job {job.id} is {job.state.value}.")
        if not numbers:
            typer.echo("Nothing of this matrix has failed or was cancelled.")


@jobs.command()
def recipe(number: Number) -> None:
    """Print a job as a file, to be changed and launched again.

    A training is a file for `beholder matrix`, anything else one for `beholder jobs launch`.
    """
    from app.cli._installation import installation
    from app.db.models import JobKind
    from app.jobs import views
    from app.jobs.again import wish_like
    from app.jobs.job_file import written
    from app.jobs.likeness import as_file, grown, likeness

    with installation() as place:
        job = views.get(place.database, number)
        caution = grown(place.database, job)
        if caution:
            typer.echo(f"# {caution}")
        if job.kind is JobKind.TRAIN:
            typer.echo(as_file(likeness(place.database, number)), nl=False)
        else:
            typer.echo(written(wish_like(place.database, number)), nl=False)


@jobs.command()
def launch(
    file: Annotated[Path, typer.Argument(help="A YAML file of recoveries, of a rendering or of scores.")],
    check: Annotated[
        bool, typer.Option("--check", help="Say what would be done, how long it takes and what is missing; no more.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also what needs weights that no worker has: it fetches them, or fails.")
    ] = False,
    priority: Priority = 100,
) -> None:
    """Launch what a file asks for: recoveries, a rendering, or scores; what is there already is found."""
    from app.catalog.shelf import Shelf
    from app.cli._foreseen import foreseen_lines
    from app.cli._installation import installation
    from app.jobs import asked, job_file, views

    wish = job_file.read(file)
    with installation() as place:
        shelf = Shelf(place.settings.weights_folder)
        if check:
            found = asked.foresee(place.database, wish, shelf)
            if found.problems:
                raise job_file.BadJobFile("\n".join(found.problems), "correct this, and check again")
            for line in foreseen_lines(found):
                typer.echo(line)
            return
        for one in asked.launch(place.database, wish, shelf, anyway=anyway, priority=priority):
            told = " (there already)" if one.found else ""
            typer.echo(f"job {one.job_id:>4}  {views.get(place.database, one.job_id).title}{told}")


def _require_one(numbers: list[int] | None, matrix: int | None) -> None:
    if bool(numbers) is (matrix is not None):
        raise typer.BadParameter("name jobs, or a matrix by --matrix")


def _facts(job: "JobView", whose: "Launcher | None") -> list[tuple[str, str]]:
    from app.jobs.standing import state_word, word
    from app.web.wording import count, moment, share, size

    facts = [("job", f"{job.id}  {job.title}"), ("state", f"{state_word(job)}, {word(job)}")]
    facts += [("steps", f"{job.step} of {job.total_steps}"), ("attempt", str(job.attempt))]
    if job.loss is not None:
        facts.append(("loss", f"{job.loss:.4g}"))
    if job.usage is not None:
        busy = "" if job.usage.utilisation is None else f", busy {share(job.usage.utilisation, 1)} of the time"
        facts.append(("device", f"{job.usage.device}: {size(job.usage.memory)}{busy}"))
    if job.needs:
        facts.append(("needs", ", ".join(f"job {need}" for need in job.needs)))
    replaced = len((job.result or {}).get("replaced", ()))
    if replaced:
        facts.append(("replaced", f"{count(replaced, 'value')} that had been there and differed"))
    by = f", by {whose.in_words}" if whose else ""
    facts += [("launched", f"{moment(job.created_at)}{by}"), ("finished", moment(job.finished_at))]
    return [*facts, *([("error", job.error)] if job.error else [])]


def _state(text: str | None) -> "JobState | None":
    from app.db.models import JobState

    if text is None:
        return None
    try:
        return JobState(text)
    except ValueError:
        raise typer.BadParameter(f"there is no state {text!r}; choose one of {', '.join(JobState)}") from None
