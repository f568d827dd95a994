"""What a launch would do, in lines for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.jobs.foresight import Foresight

_FATES = {"new": "To be done", "again": "Done again", "at work": "At work already", "done": "Done already"}
_KINDS = {"train": "training", "render": "rendering", "score": "score", "recover": "recovery"}
_BASES = {
    "measured": "trainings of the same size under the same measures",
    "similar": "trainings alike, and arithmetic between them and these",
    "reckoned": "arithmetic alone",
}


def foreseen_lines(found: "Foresight") -> Iterator[str]:
    """Cautions, jobs, time and memory."""
    from app.web.wording import count, duration, size

    yield from found.cautions
    for fate, told in _FATES.items():
        kinds = found.counts.get(fate)
        if kinds:
            yield f"{told}: {', '.join(count(number, _KINDS[kind]) for kind, number in kinds.items())}"
    estimate = found.estimate
    if estimate is None:
        yield "Time: none, every training is done"
        return
    span = estimate.seconds
    ends = f"{duration(span.low)} to {duration(span.high)}"
    yield f"Time: about {duration(span.value)} ({ends}) until the last training ends"
    assumed = "; no worker reports, so this machine's CPU is assumed" if estimate.assumed else ""
    yield f"Stands on: {_BASES[estimate.basis.value]}{assumed}"
    yield f"Memory: up to {size(estimate.bytes)}; half of that or twice as much is possible"
