"""``beholder demo``: the whole chain on real photographs, and then the pages to look at it."""

import contextlib
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.cli._installation import Installation
    from app.settings import Settings
    from app.simulation.demonstration import Verdict


def demo(
    photos: Annotated[
        Path | None, typer.Option(help="A folder of photographs instead of those inside installed packages.")
    ] = None,
    exit_: Annotated[
        bool, typer.Option("--exit", help="Stop with a summary; exit code 0 only if the planted ranking was found.")
    ] = False,
) -> None:
    """Train, render, study, vote and rank on real photographs with simulated subjects; then serve it until Ctrl-C."""
    from app import log
    from app.cli._background import serving
    from app.cli._environment import read_settings
    from app.cli._installation import migrated
    from app.cli._trainer import require_trainer
    from app.web.app import create_app

    require_trainer()
    signal.signal(signal.SIGTERM, _interrupt)  # ends it as Ctrl-C does: jobs at work save and are given back
    settings = read_settings()
    if "log_level" not in settings.model_fields_set:
        log.configure(settings.log_form, "WARNING")  # the progress bars say what happens
    with _a_listener(settings) as listener, migrated(_at(settings, listener)) as place:
        settings = place.settings
        with serving(create_app(_spoken_to_directly(settings), place.database, place.media), listener):
            _say(f"Beholder serves {settings.address}; training and rendering take a few minutes the first time.")
            study, recovered = _chain(place, photos, _address_of(listener))
            _say_where(place, study)
            _say("\nEverything stays in the data folder, and `beholder serve` shows it again.")
            if not exit_:
                _say("Ctrl-C ends it.")
                _wait_for_ctrl_c()
    if exit_ and not recovered:
        raise typer.Exit(1)


def _chain(place: "Installation", photos: Path | None, address: str) -> tuple[int, bool]:
    """The study's number and whether it found what was planted, after everything that leads there."""
    from app import clock
    from app.cli._working import work
    from app.db.audit import AT_THE_MACHINE
    from app.results import peeks
    from app.results.folder import write_folder
    from app.results.package import study_source
    from app.simulation import demonstration

    matrix = demonstration.launch(place.database, place.media, photos)
    jobs = matrix.jobs
    work(place, jobs, threading.Event())  # Ctrl-C raises here, and what is at work is given back
    demonstration.require_success(place.database, jobs)
    study = demonstration.open_study(place.database, place.media, list(matrix.renderings.values()))
    _say(f"\nStudy {study} is open. Twelve simulated subjects take a session each:")
    members = demonstration.seat_crowd(
        place.database,
        place.settings.secret(),
        study,
        address,
        lambda member, answered: _say(f"  {member.label}  {f'{answered} answers' if answered else 'had finished'}"),
    )
    peeks.looked(place.database, study, "demonstration", AT_THE_MACHINE)
    verdict, found = demonstration.judge(place.database, study, members)
    write_folder(study_source(place.database, study, found.options, clock.now()), _tables(place, study))
    _say_verdict(verdict)
    return study, verdict.recovered and verdict.caught


def _spoken_to_directly(settings: "Settings") -> "Settings":
    """The same, but for subjects on this machine who do not come through the proxy that BEHOLDER_BASE_URL names."""
    proxy = urlsplit(settings.base_url).hostname
    return settings.model_copy(update={"base_url": "", "hosts": (*settings.hosts, *([proxy] if proxy else []))})


def _at(settings: "Settings", listener: socket.socket) -> "Settings":
    return settings.model_copy(update={"port": listener.getsockname()[1]})


def _address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def _a_listener(settings: "Settings") -> "Iterator[socket.socket]":
    """The settings' port, or any free one where that is taken."""
    from app.cli.serve import AddressNotFree, listen

    try:
        listener = listen(settings.host, settings.port)
    except AddressNotFree:
        listener = listen(settings.host, 0)
    with listener:
        yield listener


def _say_verdict(verdict: "Verdict") -> None:
    _say("\nWhat the study found, and what was planted in the simulated subjects:")
    for task, order in verdict.found.items():
        same = (
            "the planted ranking" if order == verdict.planted[task] else f"planted: {' > '.join(verdict.planted[task])}"
        )
        _say(f"  {task:<10} {' > '.join(order)}   ({same})")
    _say(
        f"  excluded   {', '.join(verdict.excluded) or 'nobody'}   (clicks at random: {', '.join(verdict.inattentive)})"
    )


def _say_where(place: "Installation", study: int) -> None:
    from app.sessions.links import public_link
    from app.web.login import NoSuchAccount, create_account, one_time_link

    address = place.settings.address
    try:
        token = one_time_link(place.database, "admin")
    except NoSuchAccount:
        create_account(place.database, "admin", None)
        token = one_time_link(place.database, "admin")
    _say(f"""
Try it as a subject:   {public_link(place.database, place.settings.secret(), study, address)}
Sign in at the desk:   {address}/login/once/{token}   (works once)
The results:           {address}/admin/studies/{study}/results
The tables as CSV:     {_tables(place, study)}""")


def _tables(place: "Installation", study: int) -> Path:
    return place.settings.data_dir / "results" / f"study-{study}"


def _wait_for_ctrl_c() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    typer.echo(text)
