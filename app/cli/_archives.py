"""Study archives on a terminal: how far a long import has come, and what came of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.archives import intake, opened
from app.archives.export import Wanted, export
from app.cli._installation import Installation
from app.results.staging import staged

_WORDS = {"pictures": "looking at pictures", "sessions": "verifying sessions", "written": "writing sessions"}


def write(place: Installation, number: int, file: Path, wanted: Wanted) -> None:
    """The study's archive stands in the file, or in the folder under a name of its own; whole, or not at all."""
    archive = export(place.database, place.media, number, wanted, place.settings.data_dir / "uploads")
    if file.is_dir():
        file = file / archive.file_name
    with staged(file.parent) as aside, (aside / file.name).open("wb") as out:
        out.writelines(archive.chunks())
    held = archive.manifest
    what = "its design alone" if held.content == "design" else f"{held.counts['sessions']:,} sessions"
    personal = "with what is personal" if held.personal else "without what is personal"
    typer.echo(f"{file}: {held.study.title!r}, {what}, {personal}.")
    typer.echo(f"Digest {archive.digest}")


def bring(place: Installation, file: Path, *, again: bool) -> None:
    """The archive is a study here, closed, or a draft where it holds a design."""
    with opened.opened(file, str(file)) as archive:
        manifest, digest = archive.manifest, archive.digest
    typer.echo(f"{file}: study {manifest.study.number} of a Beholder {manifest.program}, {manifest.study.title!r}.")
    typer.echo(f"Digest {digest}")
    with _shown(manifest.counts.get("sessions", 0), manifest.counts["pictures"]) as tell:
        taken = intake.take_in(
            place.database, place.media, file, str(file), place.settings.data_dir / "uploads", again=again, tell=tell
        )  # fmt: skip
    typer.echo(f"{taken}.")


@contextmanager
def _shown(sessions: int, pictures: int) -> Iterator[Callable[[str, int], None]]:
    """Inside, what shows how far it is; silent where nobody watches."""
    if not sys.stdout.isatty():
        yield lambda what, done: None
        return
    columns = (TextColumn("{task.description:<20}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn())
    totals = {"pictures": pictures, "sessions": sessions, "written": sessions}
    with Progress(*columns) as bars:
        of = {what: bars.add_task(_WORDS[what], total=total) for what, total in totals.items()}
        yield lambda what, done: bars.update(of[what], completed=done)
