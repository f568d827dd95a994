"""What is wrong with a study, step by step as it is set up, for a terminal."""

from collections.abc import Iterable, Iterator

from app.studies.finding import Finding
from app.studies.steps import Standing, Step


def in_steps(standing: Iterable[Standing]) -> Iterator[str]:
    """A line for each step with how far it has come, and beneath it what is to be mended or weighed there."""
    for one in standing:
        yield f"{one.step.heading}: {one.in_words}"
        if one.step is not Step.OPEN:  # which has everything once more
            yield from (f"  {in_a_line(finding)}" for finding in one.findings)


def in_a_line(finding: Finding) -> str:
    """The finding with what to do about it."""
    return f"{finding.severity}: {finding.text} Fix: {finding.fix}."
