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
    import signal
    import threading

    from app.cli._installation import at_work
    from app.cli._trainer import require_trainer
    from app.jobs.dispatcher import Dispatcher
    from app.studies.scored import keep_scores
    from app.studies.stimuli import register

    require_trainer()
    stop = threading.Event()

    def ask(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)  # asked twice, it ends on the spot; its jobs are rescued later

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    with at_work() as place:
        dispatcher = Dispatcher(place.database, place.media, place.settings, register, keep_scores, name)
        (dispatcher.run_until_idle if until_idle else dispatcher.run)(stop)
