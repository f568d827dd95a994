"""Reads values of measures from a CSV with the columns ``task,scene,condition,measure,value``.

Optional columns are ``better`` (``higher`` or ``lower``, for measures that the catalogue does not know) and ``form``
(``rgb``, which is meant where there is none, or ``y``); others are ignored. Everything wrong with a file is told at
once, with its lines, and nothing of it is used.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isclose, isfinite
from pathlib import Path

from app.catalog import MEASURES
from app.db.models import MeasureForm
from app.errors import BadInput
from app.results.cells import as_read
from app.results.csv_faults import ENOUGH, BadVotes, Faults, quoted
from app.results.csv_text import CsvText, opened
from app.studies.measured import SAME

REQUIRED = ("task", "scene", "condition", "measure", "value")
OPTIONAL = ("better", "form")
LONGEST_NAME = 80  # characters of a measure's name
_BETTER = {"higher": True, "lower": False}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_SLACK = 1e-6  # beyond a measure's range: single precision

Place = tuple[str, str, str, str, MeasureForm]  # task, scene, condition, measure, form


class BadMeasures(BadInput):
    """The file cannot be read as values of measures."""

    def __init__(self, name: str, complaint: str, fix: str) -> None:
        super().__init__(f"{name}: {complaint}", fix)


@dataclass(frozen=True, slots=True)
class MeasureFile:
    """The values in a file, each with its line, and which way each measure that the catalogue lacks is better."""

    name: str
    values: dict[Place, float]
    lines: dict[Place, int]
    higher_is_better: dict[str, bool]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    higher_is_better: dict[str, bool]  # as told before, and by the file
    values: dict[Place, float] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)  # the line that first says which way a measure is better
    first_of: dict[str, int] = field(default_factory=dict)  # the first line of each measure


def read_measures(path: Path, *, name: str = "", known: Mapping[str, bool] | None = None) -> MeasureFile:
    """The values in the file at ``path``, which messages call ``name``.

    ``known`` says of measures besides the catalogue's whether a higher value is better.

    Raises
    ------
    BadMeasures
        Naming every fault and its lines.
    """
    called, faults, reading = name or path.name, Faults(), _Reading(dict(known or {}))
    try:
        with opened(path, REQUIRED) as text:
            places, notes = _columns(called, text)
            for row in text.rows:
                complaints = list(_taken(row, places, len(text.header), text.line, reading)) if any(row) else []
                if complaints:
                    faults.add(text.line, complaints)
                if faults.faulty >= ENOUGH:
                    break
    except csv.Error as error:
        raise BadMeasures(called, f"line {text.line} is not CSV ({error})", "check its quotation marks") from None
    except BadVotes as error:  # the file itself
        raise BadMeasures(called, error.detail.removeprefix(f"{path.name}: ").rstrip("."), error.fix) from None
    for measure, line in reading.first_of.items():
        if measure not in reading.higher_is_better and measure not in MEASURES:
            faults.add(line, [_unknown(measure)])
    if faults.faulty:
        raise BadMeasures(
            called, f"its values cannot be used.\n  {faults.in_words()}", "correct these lines and try again"
        )
    if not reading.values:
        raise BadMeasures(called, "it holds no value", "write a line for each picture and measure")
    foreign = {name: reading.higher_is_better[name] for name in reading.first_of if name not in MEASURES}
    return MeasureFile(called, reading.values, reading.lines, foreign, notes)


def _columns(name: str, text: CsvText) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each column stands, and what is said about the others."""
    names, line = list(text.header), f"line {text.header_line}"
    twice = [one for one in (*REQUIRED, *OPTIONAL) if names.count(one) > 1]
    if twice:
        raise BadMeasures(name, f"{line} names {', '.join(twice)} more than once", "remove one of them")
    problems = [_missing(one, names) for one in REQUIRED if one not in names]
    for one in OPTIONAL:
        close = [] if one in names else get_close_matches(one, [n for n in names if n not in REQUIRED], 1, 0.75)
        if close:
            problems.append(f"column {quoted(close[0])} looks like {one!r}: rename or remove it")
    if problems:
        raise BadMeasures(name, f"{line}: {'; '.join(problems)}.", "correct the names of the columns and try again")
    ignored = [one for one in dict.fromkeys(names) if one and one not in (*REQUIRED, *OPTIONAL)]
    notes = [*text.notes, *([f"Columns that were not read: {', '.join(ignored[:20])}."] if ignored else [])]
    return {one: names.index(one) for one in (*REQUIRED, *OPTIONAL) if one in names}, tuple(notes)


def _missing(name: str, names: Sequence[str]) -> str:
    lower = [other for other in names if other.lower() == name]
    meant = (lower or get_close_matches(name, [other for other in names if other not in REQUIRED], 1, 0.6))[:1]
    hint = f" (rename {quoted(meant[0])}?)" if meant else f" among {', '.join(quoted(one) for one in names[:12])}"
    return f"there is no column {name!r}{hint}"


def _taken(
    row: Sequence[str], places: Mapping[str, int], width: int, line: int, reading: _Reading
) -> Iterator[str]:  # fmt: skip
    """What is wrong with a row; where nothing is, its value has been taken."""
    if len(row) != width:
        yield f"{len(row)} cells where the first line has {width}"
        return
    cell = {name: as_read(row[place].strip()) for name, place in places.items()}
    complaints = [*_complaints(cell)]
    if not complaints:
        measure, better = cell["measure"], cell.get("better", "")
        reading.first_of.setdefault(measure, line)
        complaints += _directed(measure, _BETTER[better], line, reading) if better else []
        complaints += _placed(cell, line, reading)
    yield from complaints


def _complaints(cell: Mapping[str, str]) -> Iterator[str]:
    for name, text in cell.items():
        if "\0" in text:
            yield f"{name} holds a NUL byte: the file is damaged"
    for name in REQUIRED:
        if not cell[name]:
            yield f"{name} is empty"
    measure, value = cell["measure"], cell["value"]
    if len(measure) > LONGEST_NAME or not measure.isprintable():
        yield f"measure is {quoted(measure)}, and must be a name of at most {LONGEST_NAME} printable characters"
    alike = next((one for one in MEASURES if one == measure.casefold() and one != measure), None)
    if alike:
        yield f"there is no measure {quoted(measure)}: write it as the catalogue does, {alike!r}"
    if value and not (_NUMBER.fullmatch(value) and isfinite(float(value))):
        comma = " (with a point, not a comma)" if _COMMA.fullmatch(value) else ""
        yield f"value is {quoted(value)}, and must be a number{comma}"
    elif value and measure in MEASURES:
        yield from _out_of_range(measure, float(value))
    if cell.get("better", "") not in ("", *_BETTER):
        yield f"better is {quoted(cell['better'])}, and must be higher or lower"
    if cell.get("form", "") not in ("", *MeasureForm):
        yield f"form is {quoted(cell['form'])}, and must be {' or '.join(MeasureForm)}"


def _out_of_range(name: str, value: float) -> Iterator[str]:
    lowest, highest = MEASURES[name].lowest, MEASURES[name].highest
    if lowest is None:
        return
    if value < lowest - _SLACK or (highest is not None and value > highest + _SLACK):
        ends = f"from {lowest:g} up" if highest is None else f"between {lowest:g} and {highest:g}"
        yield (
            f"value is {value:g}, and {name} as the catalogue defines it lies {ends} (on another scale it needs "
            "another name, and the column better)"
        )


def _directed(measure: str, higher: bool, line: int, reading: _Reading) -> Iterator[str]:
    known = MEASURES[measure].higher_is_better if measure in MEASURES else reading.higher_is_better.get(measure)
    if known is None:
        reading.higher_is_better[measure], reading.told[measure] = higher, line
    elif known is not higher:
        where = f"line {reading.told[measure]} says" if measure in reading.told else "it is known here"
        yield f"better is {'higher' if higher else 'lower'} for {quoted(measure)}, and {where} otherwise"


def _placed(cell: Mapping[str, str], line: int, reading: _Reading) -> Iterator[str]:
    form = MeasureForm(cell.get("form") or MeasureForm.RGB)
    place, value = (cell["task"], cell["scene"], cell["condition"], cell["measure"], form), float(cell["value"])
    first = reading.values.setdefault(place, value)
    if not isclose(first, value, rel_tol=SAME):
        yield f"{value:g} where line {reading.lines[place]} has {first:g} for the same picture and measure"
    reading.lines.setdefault(place, line)


def _unknown(measure: str) -> str:
    close = get_close_matches(measure, MEASURES, 1)
    meant = f" (did you mean {close[0]!r}?)" if close else ""
    return (
        f"the catalogue has no measure {quoted(measure)}{meant}: say in a column better whether higher or lower values "
        "are"
    )
