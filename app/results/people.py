"""What a group of subjects said about themselves, told so that nobody can be picked out of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median, quantiles

from app.results.sentences import listed
from app.studies.fields import AnswerKind, Asked

SMALLEST = 3  # people who are told as a group; fewer are told together with others, or not at all
_SPREAD_FROM = 10  # numbers whose spread is told, by quartiles: the smallest and the largest are always somebody's own


def told(asked: Asked, answers: Iterable[str | int | None]) -> str:
    """One question's answers as a sentence; None stands for who was not asked or said nothing."""
    said = [answer for answer in answers if answer is not None]
    if len(said) < SMALLEST:
        return f"fewer than {SMALLEST} answers, not shown"
    if asked.kind is AnswerKind.TEXT:
        return f"{len(said)} answers in words, not shown"
    if asked.kind is AnswerKind.NUMBER:
        return _spread([int(answer) for answer in said])
    return _groups(asked.options, Counter(map(str, said)))


def _spread(numbers: Sequence[int]) -> str:
    told = f"median {median(numbers):g}"
    if len(numbers) >= _SPREAD_FROM:
        low, _, high = quantiles(numbers, n=4)
        told += f", half of them from {low:g} to {high:g}"
    return f"{told} ({len(numbers)} answers)"


def _groups(options: Sequence[str], counts: Counter[str]) -> str:
    """Counts by option; small groups are told together, with the next larger one where they are few even so."""
    together = {option for option in counts if counts[option] < SMALLEST}
    shown = sorted((option for option in counts if option not in together), key=lambda option: counts[option])
    while together and sum(counts[option] for option in together) < SMALLEST and shown:
        together.add(shown.pop(0))  # else the number of all would give them away
    parts = [f"{option} {counts[option]}" for option in options if option in shown]
    if together:
        names = [option for option in options if option in together]
        parts.append(f"{' or '.join(names)} {sum(counts[option] for option in together)}")
    return listed(parts) if parts else "not shown"
