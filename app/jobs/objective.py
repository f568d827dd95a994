"""The grammar of objective texts such as ``mae + 0.5*gmsd``; no torch.

::

    objective := ["+" | "-"] term { ("+" | "-") term }
    term      := number | [number "*"] measure | measure "*" number

A measure's id stands for its raw score. A term whose sign would worsen its measure is refused. The signs of print, as
they come out of papers, are read as those of the keyboard: − as -, × and · as *.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isinf

from app.catalog import MEASURES, measure
from app.errors import BadInput

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[-+*]))"
)
_PRINTED = str.maketrans({"\N{MINUS SIGN}": "-", "\N{MULTIPLICATION SIGN}": "*", "\N{MIDDLE DOT}": "*"})
_INSTEAD = {
    "(": "write the sum out, as '0.5*mae + 0.5*gmsd'",
    ")": "write the sum out, as '0.5*mae + 0.5*gmsd'",
    "/": "multiply by a number, as '0.5*mae'",
    ",": "write numbers with a point, as '0.5*mae'",
}
# Losses are computed in single precision: a coefficient beyond its range would make them infinite, or a term nothing.
_SMALLEST, _LARGEST = 1e-37, 1e37


class BadObjective(BadInput):
    """The objective does not say what to minimize."""


# Of an objective's text with n for each name and d for each number.
_FORM = re.compile(r"[+-]?(d|(d\*)*n(\*d)*)([+-](d|(d\*)*n(\*d)*))*")


@dataclass(frozen=True, slots=True)
class Term:
    """One measure's raw score, times a coefficient."""

    coefficient: float
    measure: str


@dataclass(frozen=True, slots=True)
class Objective:
    """A weighted sum of raw scores plus a constant, to be minimized."""

    terms: tuple[Term, ...]
    constant: float

    @property
    def text(self) -> str:
        """The canonical text: equal objectives have equal texts."""
        parts = [_number(self.constant)] if self.constant else []
        for term in self.terms:
            size = "" if abs(term.coefficient) == 1 else f"{_number(abs(term.coefficient))}*"
            sign = "- " if term.coefficient < 0 else "+ " if parts else ""
            parts.append(f"{sign}{size}{term.measure}")
        return " ".join(parts)

    @property
    def measures(self) -> tuple[str, ...]:
        """The ids of the measures in it, in order."""
        return tuple(term.measure for term in self.terms)

    @property
    def name(self) -> str:
        """A short name for a condition trained under it: ``ms_ssim`` for ``1 - ms_ssim``, otherwise the text itself."""
        if len(self.terms) == 1 and MEASURES[self.terms[0].measure].objective == self.text:
            return self.terms[0].measure
        return self.text.replace(" ", "")

    @property
    def smallest_side(self) -> int:
        """The smallest side, in pixels, on which all its measures are defined."""
        return max(measure(name).smallest_side for name in self.measures)

    @property
    def is_endless(self) -> bool:
        """Whether a measure in it has no best value: such an objective may go on falling beyond the reference."""
        return any(measure(name).best is None for name in self.measures)


def parse(text: str) -> Objective:
    """The objective that ``text`` stands for.

    Raises
    ------
    UnknownMeasure
        A name that the catalogue does not have.
    BadObjective
        Anything else: an unfinished sum, no measure at all, or a term that would be optimized the wrong way round.
    """
    return _checked(text, summed(text))


def summed(text: str) -> Objective:
    """The sum that ``text`` says, whichever way round it would be optimized.

    Raises
    ------
    UnknownMeasure
        A name that the catalogue does not have.
    BadObjective
        The text is no sum.
    """
    tokens = _tokens(text)
    constant, coefficients = 0.0, dict[str, float]()
    position, sign = 0, 1.0
    while True:
        while (
            position < len(tokens)
            and tokens[position] in ("+", "-")
            and (position == 0 or tokens[position - 1] not in ("+", "-"))
        ):
            sign = -1.0 if tokens[position] == "-" else 1.0
            position += 1
        number, name, position = _term(text, tokens, position)
        if name is None:
            constant += sign * number
        else:
            coefficients[name] = coefficients.get(name, 0.0) + sign * number
        if position == len(tokens):
            break
        if tokens[position] not in ("+", "-"):
            raise BadObjective(
                f"{text!r} has two terms and no sign between them", f"write + or - before {tokens[position]!r}"
            )
    _require_in_range(text, constant, coefficients.values())
    return Objective(tuple(Term(c, name) for name, c in sorted(coefficients.items()) if c), constant)


def _require_in_range(text: str, constant: float, coefficients: Iterable[float]) -> None:
    for size, smallest in ((constant, 0.0), *((coefficient, _SMALLEST) for coefficient in coefficients)):
        if size and not smallest <= abs(size) <= _LARGEST:
            raise BadObjective(
                f"{text!r} comes to {size:.3g}, which is beyond what a number can be in a loss",
                f"keep coefficients between {_SMALLEST:g} and {_LARGEST:g}",
            )


def _number(value: float) -> str:
    """The shortest text that is read as exactly this number."""
    return repr(value).removesuffix(".0")


def _tokens(text: str) -> list[str]:
    tokens, at = list[str](), 0
    stripped = text.translate(_PRINTED).rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            strange = stripped[at:].strip()[0]
            raise BadObjective(
                f"{text!r}: {strange!r} has no place in an objective",
                _INSTEAD.get(strange, "write for example '1 - ms_ssim'"),
            )
        tokens.append(match.group().strip())
        at = match.end()
    return tokens


def _read(text: str, number: str) -> float:
    value = float(number)
    if isinf(value) or (not value and re.match("[.0]*[1-9]", number)):
        raise BadObjective(f"{text!r}: {number} is beyond what a number can be", "write one nearer to 1")
    return value


def _term(text: str, tokens: list[str], at: int) -> tuple[float, str | None, int]:
    """The coefficient, the measure (None for a bare number) and the position behind the term."""
    factors, name = 1.0, None
    while True:
        if at >= len(tokens) or tokens[at] in ("+", "-", "*"):
            where = f"before {tokens[at]!r}" if at < len(tokens) else "at its end"
            raise BadObjective(f"{text!r} is unfinished", f"write a number or one of {', '.join(MEASURES)} {where}")
        token = tokens[at]
        if token[0].isdigit() or token[0] == ".":
            factors *= _read(text, token)
        elif name is not None:
            raise BadObjective(f"{text!r} multiplies two measures", "add them: only sums of measures can be optimized")
        else:
            name = measure(token).id
        at += 1
        if at == len(tokens) or tokens[at] != "*":
            return factors, name, at
        at += 1


def _checked(text: str, objective: Objective) -> Objective:
    if not objective.terms:
        raise BadObjective(f"{text!r} names no measure", f"name at least one of {', '.join(MEASURES)}")
    for term in objective.terms:
        known = measure(term.measure)
        if (term.coefficient > 0) == known.higher_is_better:
            direction = "higher" if known.higher_is_better else "lower"
            raise BadObjective(
                f"{text!r} would make {known.name} worse ({direction} is better there)",
                f"write {turned(objective)!r}, which is probably what you meant",
            )
    return objective


def turned(said: Objective) -> str:
    """The text of the sum in which every measure is made better."""
    if len(said.terms) == 1 and abs(said.terms[0].coefficient) == 1:
        return MEASURES[said.terms[0].measure].objective
    terms = tuple(
        Term(-abs(term.coefficient) if MEASURES[term.measure].higher_is_better else abs(term.coefficient), term.measure)
        for term in said.terms
    )
    return Objective(terms, said.constant).text


def names_in(text: str) -> tuple[str, ...]:
    """The names in a text that has the form of an objective, whether the catalogue knows them or not; else none."""
    try:
        tokens = _tokens(text)
    except BadObjective:
        return ()
    kinds = [
        "n" if token[0].isalpha() or token[0] == "_" else "d" if token[0] not in "+-*" else token for token in tokens
    ]
    if not _FORM.fullmatch("".join(kinds)):
        return ()
    return tuple(dict.fromkeys(token for token, kind in zip(tokens, kinds, strict=True) if kind == "n"))
