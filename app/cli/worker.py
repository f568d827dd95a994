"""``beholder worker``: takes jobs from the queue."""

from typing import Annotated

import typer


def worker(
    name: Annotated[
        str | None, typer.Option(help="How the desk calls this worker; the machine's name otherwise.")
    ] = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="Stop once no job is waiting or at work.")] = False,
) -> None:
    """Do what the queue holds, one job per GPU, until Ctrl-C; what is at work then is saved and given back."""
    from app.cli._installation import at_work
    from app.cli._stopping import stopping
    from app.cli._trainer import require_trainer
    from app.jobs.dispatcher import Dispatcher
    from app.studies.renderings import register
    from app.studies.scored import keep_scores_of

    require_trainer()
    with stopping() as stop, at_work() as place:
        dispatcher = Dispatcher(place.database, place.media, place.settings, register, keep_scores_of, name)
        (dispatcher.run_until_idle if until_idle else dispatcher.run)(stop)
