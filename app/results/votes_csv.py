"""Reads votes from any CSV with the columns ``task,scene,condition_a,condition_b,winner``, such as ``votes.csv``.

Optional columns are ``subject``, ``left``, ``weight``, ``kind``, ``simulated`` and ``excluded``; others are ignored.
Everything wrong with a file is told at once, with its lines, and nothing is counted.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from app.analysis.arrays import BoolArray, IntArray
from app.analysis.vote_columns import UNKNOWN
from app.errors import BadInput
from app.results.cells import as_read
from app.results.judgements import WINNERS, Judgements, TaskTally, WhyNot

REQUIRED = ("task", "scene", "condition_a", "condition_b", "winner")
OPTIONAL = ("subject", "left", "weight", "kind")
FLAGS = ("simulated", "excluded")  # told about a ranking, without effect on it
KINDS = ("practice", "dummy", "test", "catch", "repeat")
_LEFT = {"a": 1, "b": 0, "": UNKNOWN}  # what ``left`` says of a
_SHOWN = 5  # lines named for each thing that is wrong


class BadVotes(BadInput):
    """The file cannot be read as votes."""

    def __init__(self, name: str, complaint: str, fix: str) -> None:
        super().__init__(f"{name}: {complaint}", fix)


@dataclass(slots=True)
class _Faults:
    """What is wrong with the rows: each complaint with the lines it is about."""

    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, complaint: str, line: int) -> None:
        self.lines.setdefault(complaint, []).append(line)

    def in_words(self) -> str:
        parts = []
        for complaint, lines in list(self.lines.items())[:10]:
            named = ", ".join(map(str, lines[:_SHOWN]))
            more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
            parts.append(f"line{'s' if len(lines) > 1 else ''} {named}{more}: {complaint}")
        if len(self.lines) > 10:
            parts.append(f"and {len(self.lines) - 10} other kinds of faults")
        return "\n  ".join(parts)


@dataclass(frozen=True, slots=True)
class _Vote:
    task: str
    scene: str
    a: str
    b: str
    winner: int
    weight: float
    subject: str | None
    left: str
    simulated: bool | None
    excluded: bool | None


def read_votes(path: Path) -> tuple[TaskTally, ...]:
    """The counts of every task in the file, in the order of the tasks' names.

    Rows of another ``kind`` than ``test`` do not count, nor do rows of no weight; of the rest, a subject's first
    judgement of a pair does.

    Raises
    ------
    BadVotes
        Naming every fault and its lines.
    """
    by_task: dict[str, list[_Vote]] = {}
    for vote in _votes(path):
        by_task.setdefault(vote.task, []).append(vote)
    if not any(vote.weight for votes in by_task.values() for vote in votes):
        raise BadVotes(
            path.name,
            "no row counts",
            "put in rows of kind test, or leave the kind column out, and give the rows some weight",
        )
    return tuple(_judgements(task, by_task[task]).tally() for task in sorted(by_task))


def _votes(path: Path) -> list[_Vote]:
    faults, votes = _Faults(), []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            columns = _columns(path, next(rows, []))
            for row in rows:
                if any(cell.strip() for cell in row) and (vote := _vote(row, columns, rows.line_num, faults)):
                    votes.append(vote)
    except (FileNotFoundError, IsADirectoryError):
        raise BadVotes(path.name, f"there is no such file at {path}", "give the path of a CSV file") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadVotes(path.name, f"{path} cannot be read ({reason})", "see that you may open it") from None
    except UnicodeDecodeError:
        raise BadVotes(path.name, "it is not UTF-8 text", "save it as CSV UTF-8 and try again") from None
    except csv.Error as error:
        raise BadVotes(path.name, f"line {rows.line_num} is not CSV ({error})", "check its quotation marks") from None
    if faults.lines:
        raise BadVotes(
            path.name, f"its votes cannot be read.\n  {faults.in_words()}", "correct these lines and try again"
        )
    return votes


def _columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    """Where each column stands; the message names what is missing and what was probably meant."""
    names = [name.strip() for name in header]
    if not any(names):
        raise BadVotes(path.name, "it is empty", f"write a first line that names the columns {','.join(REQUIRED)}")
    if len(names) == 1:
        for separator, word in ((";", "semicolons"), ("\t", "tabs")):
            if separator in names[0]:
                raise BadVotes(path.name, f"its columns are separated by {word}", "save it with commas and try again")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BadVotes(path.name, f"line 1 names {', '.join(twice)} more than once", "remove one of them")
    problems = [_missing(name, names) for name in REQUIRED if name not in names]
    for name in OPTIONAL:
        close = [] if name in names else get_close_matches(name, [n for n in names if n not in REQUIRED], 1, 0.8)
        if close:
            problems.append(f"column {close[0]!r} looks like {name!r}: rename or remove it")
    if problems:
        raise BadVotes(path.name, f"line 1: {'; '.join(problems)}.", "correct the names of the columns and try again")
    return {name: position for position, name in enumerate(names)}


def _missing(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, [other for other in names if other not in REQUIRED], 1, 0.6)
    lower = [other for other in names if other.lower().replace(" ", "_") == name]
    meant = (lower or close)[:1]
    hint = f" (rename {meant[0]!r}?)" if meant else f" among {', '.join(repr(other) for other in names[:12])}"
    return f"there is no column {name!r}{hint}"


def _vote(row: Sequence[str], columns: dict[str, int], line: int, faults: _Faults) -> _Vote | None:
    """The vote in a row; None where it is of another kind or has a fault, which is then noted."""
    if len(row) != len(columns):
        faults.add(f"{len(row)} cells where the first line has {len(columns)}", line)
        return None
    cell = {name: row[columns[name]].strip() for name in (*REQUIRED, *OPTIONAL, *FLAGS) if name in columns}
    kind = cell.get("kind", "test")
    complaints = [*_complaints(cell)]
    for complaint in complaints:
        faults.add(complaint, line)
    if complaints or kind != "test":
        return None
    return _Vote(
        task=as_read(cell["task"]),
        scene=as_read(cell["scene"]),
        a=as_read(cell["condition_a"]),
        b=as_read(cell["condition_b"]),
        winner=WINNERS.index(cell["winner"]),
        weight=float(cell.get("weight", "1")),
        subject=as_read(cell["subject"]) if "subject" in cell else None,
        left=cell.get("left", ""),
        simulated=cell["simulated"] == "yes" if "simulated" in cell else None,
        excluded=cell["excluded"] == "yes" if "excluded" in cell else None,
    )


def _complaints(cell: dict[str, str]) -> Iterator[str]:
    for name in ("task", "scene", "condition_a", "condition_b", "subject"):
        if not cell.get(name, "filled"):
            yield f"{name} is empty"
    if cell["winner"] not in WINNERS:
        yield f"winner is {cell['winner']!r}, and must be a, b or tie"
    if cell.get("left", "") not in ("", "a", "b"):
        yield f"left is {cell['left']!r}, and must be a or b"
    for name in FLAGS:
        if cell.get(name, "no") not in ("yes", "no"):
            yield f"{name} is {cell[name]!r}, and must be yes or no"
    if cell["condition_a"] and cell["condition_a"] == cell["condition_b"]:
        yield f"{cell['condition_a']!r} is compared with itself"
    if cell.get("kind", "test") not in KINDS:
        yield f"kind is {cell['kind']!r}, and must be one of {', '.join(KINDS)}"
    if not _is_weight(cell.get("weight", "1")):
        yield f"weight is {cell['weight']!r}, and must be a number from 0 up"


def _is_weight(text: str) -> bool:
    try:
        return 0 <= float(text) < float("inf")
    except ValueError:
        return False


def _judgements(task: str, votes: Sequence[_Vote]) -> Judgements:
    scenes = sorted({vote.scene for vote in votes})
    conditions = sorted({vote.a for vote in votes} | {vote.b for vote in votes})
    told = [vote.subject for vote in votes if vote.subject is not None]
    subjects = sorted(set(told))
    return Judgements(
        task=task,
        scenes=tuple(scenes),
        conditions=tuple(conditions),
        scene=_codes([vote.scene for vote in votes], scenes),
        a=_codes([vote.a for vote in votes], conditions),
        b=_codes([vote.b for vote in votes], conditions),
        winner=np.array([vote.winner for vote in votes], dtype=np.int64),
        weight=np.array([vote.weight for vote in votes]),
        late=np.zeros(len(votes), dtype=np.bool_),
        subject=_codes(told, subjects) if told else None,
        subjects=tuple(subjects) if told else None,
        a_on_left=np.array([_LEFT[vote.left] for vote in votes], dtype=np.int64),
        why_not=["" if vote.weight else WhyNot.WEIGHT for vote in votes],
        simulated=_flags([vote.simulated for vote in votes]),
        excluded=_flags([vote.excluded for vote in votes]),
    )


def _flags(told: Sequence[bool | None]) -> BoolArray | None:
    return None if None in told else np.array(told, dtype=np.bool_)


def _codes(names: Sequence[str], known: Sequence[str]) -> IntArray:
    positions = {name: position for position, name in enumerate(known)}
    return np.array([positions[name] for name in names], dtype=np.int64)
