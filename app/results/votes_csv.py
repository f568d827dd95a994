"""Reads votes from any CSV with the columns ``task,scene,condition_a,condition_b,winner``, such as ``votes.csv``.

``votes_header`` names the other columns that are read. Everything wrong with a file is told at once, with its lines,
and then nothing is counted. Files of ten million rows are read piece by piece: names and answers are looked at once,
however many rows have them, and of each row a few numbers stay in memory.
"""

import csv
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import accumulate, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.analysis.arrays import FloatArray
from app.results.csv_faults import ENOUGH, BadVotes, Faults
from app.results.csv_text import CsvText, opened
from app.results.sentences import counted
from app.results.vote_cells import ANSWERED, FAULTY, NAMES, Answer, answer, complaints, elapsed, name, weight
from app.results.vote_file import Codes, FileRows, Named, VoteFile, tallies
from app.results.votes_header import REQUIRED, Header, header_of

Row = Sequence[str]
Column = NDArray[Any]
Key = TypeVar("Key")
Meaning = TypeVar("Meaning")
_AT_ONCE = 4096  # rows
_NOTHING = -1
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_votes(path: Path, scenes: Collection[str] = ()) -> VoteFile:
    """The votes in the file; only these scenes take part in its counts, or all where none is named.

    Raises
    ------
    BadVotes
        Naming every fault and its lines, or why no row counts.
    """
    with opened(path, REQUIRED) as text:
        reading = _Reading(header_of(text))
        for rows, lines in _pieces(text):
            reading.take(rows, lines)
            if reading.faults.faulty >= ENOUGH:
                break
    if reading.faults.faulty:
        raise BadVotes(
            path.name, f"its votes cannot be read.\n  {reading.faults.in_words()}", "correct these lines and try again"
        )
    whole = reading.whole()
    if whole is None:
        raise BadVotes(path.name, "it has a first line and no votes below it", "write one line for each vote")
    found = tuple(tallies(whole, scenes))
    if not scenes and not any(task.votes for task in found):
        raise BadVotes(
            path.name,
            "no row counts",
            "put in rows of kind test, or leave the kind column out, and give the rows some weight",
        )
    return VoteFile(found, (*text.notes, *reading.header.notes, *reading.notes()), whole)


class _Known(dict[Key, int], Generic[Key, Meaning]):
    """Texts that have been understood; those of one meaning have one code. ``read`` gives None where there is none."""

    def __init__(self, read: Callable[[Key], Meaning | None]) -> None:
        super().__init__()
        self.meanings: dict[Meaning, int] = {}
        self._read = read

    def __missing__(self, key: Key) -> int:
        return _NOTHING

    def codes(self, texts: list[Key]) -> Codes:
        """The code of each; ``_NOTHING`` where it means nothing."""
        codes = np.fromiter(map(self.__getitem__, texts), np.int32, len(texts))
        new = np.flatnonzero(codes == _NOTHING).tolist()
        for text in dict.fromkeys(texts[place] for place in new):
            if (meaning := self._read(text)) is not None:
                self[text] = self.meanings.setdefault(meaning, len(self.meanings))
        codes[new] = [self[texts[place]] for place in new]
        return codes


class _Reading:
    """What has been read so far."""

    def __init__(self, header: Header) -> None:
        self.header, self.faults, self.empty = header, Faults(), 0
        at = header.places
        self._cells = {column: itemgetter(at[column]) for column in NAMES if column in at}
        self._names: dict[str, _Known[str, str]] = {column: _Known(name) for column in self._cells}
        self._names["condition_b"] = self._names["condition_a"]
        told = [column for column in ANSWERED if column in at]
        self._answered = _several([at[column] for column in told])
        self._answers: _Known[tuple[str, ...], Answer] = _Known(
            lambda texts: answer({column: text.strip() for column, text in zip(told, texts, strict=True)})
        )
        self._kept: dict[str, list[Column]] = {}

    def take(self, rows: list[Row], lines: Sequence[int]) -> None:
        """Reads a piece; nothing of it is kept once something is wrong with the file."""
        if set(map(len, rows)) != {self.header.width}:
            whole = [place for place, row in enumerate(rows) if self._is_whole(row, lines[place])]
            rows, lines = [rows[place] for place in whole], [lines[place] for place in whole]
        columns: dict[str, Column] = {
            column: self._names[column].codes(list(map(cell, rows))) for column, cell in self._cells.items()
        }
        columns["answer"] = self._answers.codes(list(map(self._answered, rows)))
        columns["weight"] = self._numbers(rows, "weight", weight, "1")
        columns["elapsed_ms"] = self._numbers(rows, "elapsed_ms", elapsed, "")
        votes = columns["condition_a"] != columns["condition_b"]
        for column in columns.values():
            votes &= column != (_NOTHING if column.dtype == np.int32 else FAULTY)
        for place in np.flatnonzero(~votes).tolist():
            self._complain(rows[place], lines[place])
        columns["elapsed_ms"] = columns["elapsed_ms"].astype(np.int32)
        if not self.faults.faulty:
            for what, column in columns.items():
                self._kept.setdefault(what, []).append(column[votes])

    def _is_whole(self, row: Row, line: int) -> bool:
        if len(row) == self.header.width:
            return True
        if any(cell.strip() for cell in row):
            complaint = f"{len(row)} cells where the first line has {self.header.width}"
            self.faults.add(line, ["the line holds NUL bytes: the file is damaged" if "\0" in row[0] else complaint])
        elif len(row) > 1:
            self.empty += 1
        return False

    def _numbers(self, rows: list[Row], column: str, read: Callable[[str], float], usual: str) -> FloatArray:
        if column not in self.header.places:
            return np.full(len(rows), read(usual))
        cells = list(map(itemgetter(self.header.places[column]), rows))
        known = {text: read(text) for text in set(cells)}
        return np.fromiter(map(known.__getitem__, cells), np.float64, len(rows))

    def _complain(self, row: Row, line: int) -> None:
        """Notes what is wrong with a row that is no vote."""
        if not any(cell.strip() for cell in row):
            self.empty += 1
            return
        told = [*complaints({column: row[at].strip() for column, at in self.header.places.items()})]
        assert told, "a row that is no vote has something wrong with it"
        self.faults.add(line, told)

    def whole(self) -> FileRows | None:
        """Everything that was read; None where that is nothing."""
        if not sum(map(len, self._kept.get("answer", []))):
            return None
        a, b = self._joined("condition_a"), self._joined("condition_b")
        conditions = Named.of([*self._names["condition_a"].meanings], np.concatenate([a, b]))
        return FileRows(
            tasks=self._named("task"), scenes=self._named("scene"), conditions=conditions.names,
            a=conditions.codes[: len(a)], b=conditions.codes[len(a) :],
            subjects=self._named("subject") if "subject" in self._cells else None,
            sessions=self._named("session") if "session" in self._cells else None,
            answers=tuple(self._answers.meanings), answer=self._joined("answer"), weight=self._joined("weight"),
            elapsed_ms=self._joined("elapsed_ms"),
        )  # fmt: skip

    def notes(self) -> Iterator[str]:
        """What was passed over."""
        if self.empty:
            yield f"{counted(self.empty, 'line')} of empty cells {'was' if self.empty == 1 else 'were'} passed over."

    def _named(self, column: str) -> Named:
        return Named.of([*self._names[column].meanings], self._joined(column))

    def _joined(self, what: str) -> Column:
        return np.concatenate(self._kept.pop(what))


def _several(places: list[int]) -> Callable[[Row], tuple[str, ...]]:
    """Cells of a row, as a tuple also where it is one."""
    return itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)


def _pieces(text: CsvText) -> Iterator[tuple[list[Row], Sequence[int]]]:
    """The rows, some at a time, with the lines that they begin in."""
    while True:
        before, rows = text.line, list[Row]()
        try:
            rows.extend(islice(text.rows, _AT_ONCE))
        except csv.Error as error:
            raise _not_csv(text.name, _starts(before, [*rows, []])[-1], error) from None
        if not rows:
            return
        plain = text.line - before == len(rows)
        yield rows, range(before + 1, text.line + 1) if plain else _starts(before, rows)


def _starts(before: int, rows: Sequence[Row]) -> list[int]:
    """The lines that rows begin in whose cells hold line ends."""
    heights = [1 + sum(len(_LINE_END.findall(cell)) for cell in row) for row in rows]
    return [before + 1 + height for height in accumulate(heights[:-1], initial=0)]


def _not_csv(name: str, line: int, error: csv.Error) -> BadVotes:
    told = str(error)
    if "end of data" in told or "field larger" in told:
        return BadVotes(name, f"a quotation mark in line {line} is never closed", "close it, or write it twice")
    return BadVotes(name, f"line {line} is not CSV ({told})", "check its quotation marks")
