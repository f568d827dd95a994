"""The page that explains a package: what each file is, what was chosen, how to cite, and what vouches for the data."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum

from app import __version__
from app.results.methods_data import log_digest
from app.results.methods_text import plain
from app.results.report import StudyReport
from app.results.session_rows import SessionTable


def readme(
    title: str, at: datetime, found: StudyReport, files: Iterable[tuple[str, str]], sessions: SessionTable | None
) -> Iterator[str]:
    """The lines of the page, in Markdown."""
    moment = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    yield from (f"# {plain(title)}", "", f"Written by Beholder {__version__} on {moment}.")
    yield from ("", "## What was found", "")
    for task in found.tasks:
        yield f"- {plain(task.title)}: {plain(task.sentence)}"
    yield from ("", "## What was chosen", "", "| option | value |", "|---|---|")
    for field in fields(found.options):
        yield f"| `{field.name}` | {_in_words(getattr(found.options, field.name))} |"
    for deviation in found.deviations:
        yield from ("", f"Differs from the plan that was frozen when the study opened: {plain(deviation)}.")
    for note in found.notes:
        yield from ("", plain(note))
    yield from ("", "## Files", "", "| file | what it holds |", "|---|---|")
    for path, what in files:
        yield f"| `{path}` | {what} |"
    if sessions:
        yield from (
            "",
            "`sessions` holds what each subject said about themselves: it is not to be published.",
        )
    yield from (
        "", "## How to cite", "",
        f"Name Beholder {__version__}, the date above and the options above. `methods.bib`, where it is among the "
        "files, has an entry for every method that the numbers come from, and `methods.md` says what a paper has to "
        "report.",
    )  # fmt: skip
    yield from _logs(sessions) if sessions else ()


def _logs(sessions: SessionTable) -> Iterator[str]:
    yield from (
        "", "## Event logs", "",
        "What happened in a session stands in its log, each line chained to the one before it. This is the last link "
        "of each log; a log that was changed or cut off since ends in another one. SHA-256 over the lines below the "
        f"first: `{log_digest(sessions.rows)}`.",
        "", "```csv", "session,events,log_head",
    )  # fmt: skip
    for row in sessions.rows:
        yield f"{row.id},{row.events},{row.log_head}"
    yield "```"


def _in_words(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return plain(", ".join(map(str, value))) or "all"
    return f"{value:g}" if isinstance(value, float) else "as the study counts" if value is None else plain(str(value))
