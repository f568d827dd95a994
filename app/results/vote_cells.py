"""What the cells of a row of votes may say, and what is wrong with those that say something else."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.analysis.vote_columns import UNKNOWN
from app.results.answers import KINDS, NO_TIME
from app.results.cells import as_read
from app.results.csv_faults import quoted
from app.results.judgements import WINNERS
from app.results.votes_header import DESIGN, FLAGS

NAMES = ("task", "scene", "condition_a", "condition_b", "subject", "session")
_LEFT = {"a": 1, "b": 0, "": UNKNOWN}  # what ``left`` says of a
_FLAG = {"yes": 1, "no": 0}
_SAMPLING = {"adaptive": 1, "balanced": 0, "": UNKNOWN}  # what ``sampling`` says
_USUAL = {"winner": "", "kind": "test", "left": "", "sampling": ""}  # where there is no such column
_NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"\d*,\d+", re.ASCII)
_HEAVIEST = 1e12  # sums of ten million of them keep their digits
_LONGEST = 2**31 - 1  # ms, more than three weeks
FAULTY = -2.0  # what stands for a number that is none


class Answer(NamedTuple):
    """What a row answers, as codes; ``UNKNOWN`` where the file does not say."""

    winner: int
    kind: int
    a_on_left: int
    simulated: int
    excluded: int
    late: int
    adaptive: int


ANSWERED = ("winner", "kind", "left", *FLAGS, *DESIGN)  # the columns that an ``Answer`` is made of


def name(text: str) -> str | None:
    """The name in a cell; None where there is none."""
    return None if "\0" in text else as_read(text.strip()) or None


def answer(cell: Mapping[str, str]) -> Answer | None:
    """The answer in cells without spaces around them; None where something is wrong with it."""
    winner, kind, left, sampling = (cell.get(name, usual) for name, usual in _USUAL.items())
    flags = [_FLAG.get(cell[flag]) if flag in cell else UNKNOWN for flag in FLAGS]
    if winner not in WINNERS or kind not in KINDS or left not in _LEFT or sampling not in _SAMPLING or None in flags:
        return None
    simulated, excluded, late = (flag for flag in flags if flag is not None)
    return Answer(
        WINNERS.index(winner), KINDS.index(kind), _LEFT[left], simulated, excluded, late, _SAMPLING[sampling]
    )  # fmt: skip


def complaints(cell: Mapping[str, str]) -> Iterator[str]:
    """Everything wrong with a row whose cells these are, without the spaces around them."""
    for name, text in cell.items():
        if "\0" in text:
            yield f"{name} holds a NUL byte: the file is damaged"
    for name in NAMES:
        if not cell.get(name, "filled"):
            yield f"{name} is empty"
    if cell["winner"] not in WINNERS:
        yield f"winner is {quoted(cell['winner'])}, and must be a, b or tie"
    if cell.get("left", "") not in _LEFT:
        yield f"left is {quoted(cell['left'])}, and must be a or b"
    for name in FLAGS:
        if cell.get(name, "no") not in _FLAG:
            yield f"{name} is {quoted(cell[name])}, and must be yes or no"
    if cell.get("sampling", "") not in _SAMPLING:
        yield f"sampling is {quoted(cell['sampling'])}, and must be balanced or adaptive"
    if cell["condition_a"] and as_read(cell["condition_a"]) == as_read(cell["condition_b"]):
        yield f"{quoted(cell['condition_a'])} is compared with itself"
    if cell.get("kind", "test") not in KINDS:
        yield f"kind is {quoted(cell['kind'])}, and must be one of {', '.join(KINDS)}"
    if weight(told := cell.get("weight", "1")) == FAULTY:
        yield f"weight is {quoted(told)}, and must be a number from 0 to {_HEAVIEST:g}{_comma(told)}"
    if elapsed(told := cell.get("elapsed_ms", "")) == FAULTY:
        yield f"elapsed_ms is {quoted(told)}, and must be a number of milliseconds, or empty{_comma(told)}"


def weight(text: str) -> float:
    """How many votes a row stands for, or ``FAULTY``."""
    return _number(text.strip(), _HEAVIEST)


def elapsed(text: str) -> float:
    """Whole milliseconds, ``NO_TIME`` where there are none, or ``FAULTY``; programs may have written decimals."""
    text = text.strip()
    return round(_number(text, _LONGEST)) if text else NO_TIME


def _number(text: str, largest: float) -> float:
    number = float(text) if _NUMBER.fullmatch(text) else FAULTY
    return number if number <= largest else FAULTY


def _comma(text: str) -> str:
    return f", with a decimal point ({text.replace(',', '.')})" if _COMMA.fullmatch(text) else ""
