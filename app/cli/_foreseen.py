"""What a launch would do, in lines for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.jobs.effort import Effort
    from app.jobs.estimate import MatrixEstimate, Span
    from app.jobs.foreseen import Foresight

_FATES = {"new": "To be done", "again": "Done again", "at work": "At work already", "done": "Done already"}
_BASES = {
    "measured": "jobs of the same size under the same measures",
    "similar": "jobs alike, and arithmetic between them and these",
    "reckoned": "arithmetic alone",
}


def foreseen_lines(found: "Foresight") -> Iterator[str]:
    """Cautions, jobs, time and memory."""
    from app.web.wording import of_kinds, size

    yield from found.cautions
    for fate, told in _FATES.items():
        counted = found.counts.get(fate)
        if counted:
            yield f"{told}: {of_kinds(counted)}"
    if found.lacking:
        yield "It is launched with --anyway only."
    if found.effort is not None:
        yield f"Time: {_span(found.effort.seconds)}"
        yield _stands_on(found.effort)
        return
    estimate = found.estimate
    if estimate is None:
        yield "Time: none, everything is done or at work"
        return
    yield f"Time: {_span(estimate.seconds)} until the last training ends"
    yield _stands_on(estimate)
    yield f"Memory: up to {size(estimate.bytes)}; half of that or twice as much is possible"


def _span(seconds: "Span") -> str:
    from app.web.wording import duration

    return f"about {duration(seconds.value)} ({duration(seconds.low)} to {duration(seconds.high)})"


def _stands_on(told: "Effort | MatrixEstimate") -> str:
    assumed = "; no worker is present, so this machine's CPU is assumed" if told.assumed else ""
    return f"Stands on: {_BASES[told.basis.value]}{assumed}"
