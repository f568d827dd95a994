"""``beholder jobs``: the queue at a terminal: what is at work, what waits, what has ended and why."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.db.models import JobState
    from app.jobs.views import JobView

jobs = typer.Typer(help="The queue: trainings, renderings, scores and recoveries.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="The job's number.")]


@jobs.command("list")
def list_(
    state: Annotated[
        str | None, typer.Option(help="Only jobs in this state: queued, running, succeeded, failed, cancelled.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
) -> None:
    """List jobs: number, state, progress and title."""
    from app.cli._installation import installation
    from app.jobs import views
    from app.web.admin.matrix import seconds_left, state_word, word
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
    from app.jobs.folders import RunFolder

    with installation() as place:
        job = views.get(place.database, number)
        for name, value in _facts(job):
            typer.echo(f"{name:<9} {value}")
        steps = sorted({one.step for one in samples.samples(place.database, number)})
        if steps:
            typer.echo(f"{'samples':<9} after {', '.join(map(str, steps))} steps")
        tail = RunFolder(place.settings.runs, job.id, job.attempt).log_tail()
        if tail:
            typer.echo(f"\n{tail}")


@jobs.command()
def cancel(number: Number) -> None:
    """Cancel a job: a queued one ends now, one at work saves and stops."""
    from app.cli._installation import installation
    from app.jobs import store

    with installation() as place:
        store.cancel(place.database, number)
        job = store.get(place.database, number)
        typer.echo(f"Job {number} is {'asked to stop' if job.is_live else 'cancelled'}.")


@jobs.command()
def retry(number: Number) -> None:
    """Queue a failed or cancelled job again: it goes on from its last checkpoint."""
    from app.cli._installation import installation
    from app.jobs import store

    with installation() as place:
        store.retry(place.database, number)
        typer.echo(f"Job {number} is {store.get(place.database, number).state.value}.")


@jobs.command()
def recipe(number: Number) -> None:
    """Print a training as a file for `beholder matrix`, to be changed and launched again."""
    from app.cli._installation import installation
    from app.jobs.likeness import as_file, likeness

    with installation() as place:
        typer.echo(as_file(likeness(place.database, number)), nl=False)


def _facts(job: "JobView") -> list[tuple[str, str]]:
    from app.web.admin.matrix import state_word, word
    from app.web.wording import moment, share, size

    facts = [("job", f"{job.id}  {job.title}"), ("state", f"{state_word(job)}, {word(job)}")]
    facts += [("steps", f"{job.step} of {job.total_steps}"), ("attempt", str(job.attempt))]
    if job.loss is not None:
        facts.append(("loss", f"{job.loss:.4g}"))
    if job.usage is not None:
        busy = "" if job.usage.utilisation is None else f", busy {share(job.usage.utilisation, 1)} of the time"
        facts.append(("device", f"{job.usage.device}: {size(job.usage.memory)}{busy}"))
    if job.needs:
        facts.append(("needs", ", ".join(f"job {need}" for need in job.needs)))
    facts += [("launched", moment(job.created_at)), ("finished", moment(job.finished_at))]
    return [*facts, *([("error", job.error)] if job.error else [])]


def _state(text: str | None) -> "JobState | None":
    from app.db.models import JobState

    if text is None:
        return None
    try:
        return JobState(text)
    except ValueError:
        raise typer.BadParameter(f"there is no state {text!r}; choose one of {', '.join(JobState)}") from None
