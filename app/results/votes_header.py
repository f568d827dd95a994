"""The first line of a file of votes: which columns there are, which are read, and what a slip of the pen meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from app.results.csv_faults import BadVotes, quoted
from app.results.csv_text import CsvText
from app.results.sentences import listed

REQUIRED = ("task", "scene", "condition_a", "condition_b", "winner")
OPTIONAL = ("subject", "left", "weight", "kind")
FLAGS = ("simulated", "excluded", "late")  # told about a ranking, without effect on it
MEASURED = ("session", "elapsed_ms")  # for what is said about subjects
DESIGN = ("sampling",)  # votes that chose their own pairs give a ranking alone
READ = (*REQUIRED, *OPTIONAL, *FLAGS, *MEASURED, *DESIGN)
_SHOWN = 20  # names


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand that are read, of how many, and what is said about the others."""

    places: dict[str, int]
    width: int
    notes: tuple[str, ...]


def header_of(text: CsvText) -> Header:
    """The columns of the file; raises ``BadVotes``, which names what is missing and what was probably meant."""
    names, line = list(text.header), f"line {text.header_line}"
    twice = [name for name in READ if names.count(name) > 1]
    if twice:
        raise BadVotes(text.name, f"{line} names {', '.join(twice)} more than once", "remove one of them")
    problems = [_missing(name, names) for name in REQUIRED if name not in names]
    for name in OPTIONAL:
        close = [] if name in names else get_close_matches(name, [n for n in names if n not in READ], 1, 0.8)
        if close:
            problems.append(f"column {quoted(close[0])} looks like {name!r}: rename or remove it")
    if problems:
        raise BadVotes(text.name, f"{line}: {'; '.join(problems)}.", "correct the names of the columns and try again")
    ignored = list(dict.fromkeys(name for name in names if name and name not in READ))
    shown = [
        *(name[:_SHOWN] for name in ignored[:_SHOWN]),
        *([f"{len(ignored) - _SHOWN} more"] if len(ignored) > _SHOWN else []),
    ]
    notes = [f"Columns that were not read: {listed(shown)}."] if ignored else []
    return Header({name: names.index(name) for name in READ if name in names}, len(names), tuple(notes))


def _missing(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, [other for other in names if other not in READ], 1, 0.6)
    lower = [other for other in names if other.lower().replace(" ", "_") == name]
    meant = (lower or close)[:1]
    hint = f" (rename {quoted(meant[0])}?)" if meant else f" among {', '.join(quoted(other) for other in names[:12])}"
    return f"there is no column {name!r}{hint}"
