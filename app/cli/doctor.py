"""``beholder doctor``: whether an installation is well, and what to do where it is not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.cli._installation import Installation

_ILL = "ill"
_WELL = "well"


def doctor(
    verify: Annotated[
        bool, typer.Option("--verify", help="Also read every session's log and compare it with the votes.")
    ] = False,
) -> None:
    """Look at the database, the store, the pictures and the workers; exit code 1 where something is wrong."""
    from app.cli._installation import installation

    with installation() as place:
        findings = [*_store(place), *_pictures(place), *_workers(place), *(_logs(place) if verify else ())]
    typer.echo("well  database: its tables are those of this program")  # or installation() would have said so
    for state, sentence in findings:
        typer.echo(f"{state:<5} {sentence}")
    if any(state == _ILL for state, _ in findings):
        raise typer.Exit(1)


def _store(place: "Installation") -> Iterator[tuple[str, str]]:
    from app.errors import AppError

    try:
        place.media.check_writable()
        yield _WELL, f"store: {place.settings.media} can be written to"
    except AppError as error:
        yield _ILL, f"store: {error.message}"


def _pictures(place: "Installation") -> Iterator[tuple[str, str]]:
    from sqlalchemy import select

    from app.db.models import Stimulus, StudyState
    from app.studies import service

    for study in service.listing(place.database):
        with place.database.read() as db:
            digests = set(db.scalars(select(Stimulus.picture_digest).where(Stimulus.study_id == study.id)))
        lost = [digest for digest in digests if not place.media.has(digest)]
        if lost:
            advice = "" if study.state is StudyState.DRAFT else " Pause the study until they are back."
            yield (
                _ILL,
                (
                    f"study {study.id}: {len(lost)} of {len(digests)} pictures are not in the store, first {lost[0]}: "
                    f"put them back from a backup.{advice}"
                ),
            )
        else:
            yield _WELL, f"study {study.id} ({study.state.value}): all {len(digests)} pictures are there"


def _workers(place: "Installation") -> Iterator[tuple[str, str]]:
    from app.clock import now
    from app.jobs import views

    waiting = sum(job.is_live for job in views.listing(place.database))
    silent = place.settings.lease_seconds
    awake = [w for w in views.workers(place.database) if (now() - w.seen_at).total_seconds() < silent]
    if waiting and not awake:
        yield _ILL, f"workers: {waiting} jobs wait and no worker is there: run `beholder worker`"
    else:
        yield _WELL, f"workers: {len(awake)} at hand, {waiting} jobs waiting or at work"


def _logs(place: "Installation") -> Iterator[tuple[str, str]]:
    from app.sessions import checks, events
    from app.studies import service

    for study in service.listing(place.database):
        sessions, broken = checks.session_summaries(place.database, study.id), 0
        for session in sessions:
            try:
                events.verify(place.database, session.id)
            except events.BrokenChain as error:
                broken += 1
                yield _ILL, f"study {study.id}: {error.message}"
        if not broken:
            yield _WELL, f"study {study.id}: the logs of all {len(sessions)} sessions and their votes are as written"
