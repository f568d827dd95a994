"""Labels of subjects from a list that somebody typed or a spreadsheet wrote: one a line, each checked where it stands.

A first line that names columns is understood, and then the column ``label`` (or ``subject``) is read, so that the list
of links that the desk gives away can come back. Without one, a line is a label.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from app.errors import BadInput
from app.results.cells import as_read
from app.sessions.invitations import LONGEST_LABEL, is_label
from app.studies.turns import READINGS

MOST_LABELS = 5_000  # in one list
LARGEST = 1_000_000  # characters or bytes of one
_HEADERS = ("label", "labels", "subject", "subjects")
_SEPARATORS = ",;\t"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TOLD = 10  # complaints
_FIX = "correct these lines and send the whole list again; nobody was invited"
_SAVE = "save it as CSV UTF-8 and try again"


class NobodyInvited(BadInput):
    """An invitation needs at least one label."""

    def __init__(self) -> None:
        super().__init__(
            "There is nobody to invite", "write at least one label, one per line: each gets a link of its own"
        )


class BadLabels(BadInput):
    """Nobody of a list of labels can be invited, for what some of its lines say."""

    def __init__(self, complaints: list[str], fix: str = _FIX) -> None:
        rest = len(complaints) - _TOLD
        told = [*complaints[:_TOLD], *([f"and {rest} more"] if rest > 0 else [])]
        super().__init__("The list of labels cannot be used: " + "; ".join(told), fix)


def read_labels(content: bytes | str) -> tuple[str, ...]:
    """The labels in their order; raises ``BadLabels``, which names every line that is wrong, and ``NobodyInvited``.

    An apostrophe that keeps spreadsheets from running a label is taken away again: labels are text, whatever they
    begin with.
    """
    if len(content) > LARGEST:
        raise BadLabels([f"it has more than {LARGEST:,} characters or bytes"], f"send {MOST_LABELS:,} labels at most")
    found, wrong = dict[str, int](), list[str]()
    with READINGS.take():
        for line, label in _labels(_text(content)):
            if fault := _fault(label, found):
                wrong.append(f"line {line}: {fault}")
            else:
                found[label] = line
            if len(found) > MOST_LABELS:
                wrong.insert(0, f"it has more than {MOST_LABELS} labels, and one list may have {MOST_LABELS}")
            if len(found) > MOST_LABELS or len(wrong) > MOST_LABELS:
                break  # the rest would change nothing
    if wrong:
        raise BadLabels(wrong)
    if not found:
        raise NobodyInvited
    return tuple(found)


def content_of(path: Path) -> bytes:
    """What the file holds; raises ``BadLabels`` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadLabels([f"{path} cannot be read ({reason})"], "give the path of a CSV file or a list") from None


def _fault(label: str, found: dict[str, int]) -> str:
    """What is wrong with the label, as the end of a sentence; empty where nothing is."""
    if label in found:
        return f"{label!r} stands in line {found[label]} already"
    if len(label) > LONGEST_LABEL:
        return f"{label[:20] + '…'!r} has {len(label)} characters, and {LONGEST_LABEL} are allowed"
    return "" if is_label(label) else f"{label!r} has characters that cannot be printed"


def _text(content: bytes | str) -> str:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadLabels([f"line {line} is not {encoding.upper().removesuffix('-SIG')} text"], _SAVE) from None
    if "\0" in text:
        raise BadLabels(["it holds NUL bytes, so it is no text, or UTF-16 without a byte order mark"], _SAVE)
    return text


def _labels(text: str) -> Iterator[tuple[int, str]]:
    """Each label that is not empty, with its line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)  # of equals, the comma
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    column: int | None = None
    try:
        for row in rows:
            cells = [as_read(cell.strip(" \u00a0")) for cell in row]
            if column is None and any(cells):
                named = [place for place, cell in enumerate(cells) if cell.lower() in _HEADERS]
                column = named[0] if named else -1
                if named:
                    continue
            if label := _cell(cells, column, rows.line_num):
                yield rows.line_num, label
    except csv.Error:
        raise BadLabels([f"line {rows.line_num} is not CSV"], "check its quotation marks and send it again") from None


def _cell(cells: list[str], column: int | None, line: int) -> str:
    if column is not None and column >= 0:
        return cells[column] if column < len(cells) else ""
    if sum(bool(cell) for cell in cells) > 1:
        raise BadLabels(
            [f"line {line} has {len(cells)} cells, and no line above names them"],
            "name the column of labels `label` in a first line, or set a label that holds a separator in quotation "
            "marks",
        )
    return next(filter(None, cells), "")
