"""The steps in which a draft is set up: which settings each shows, and how far it has come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.studies.finding import Finding, Severity
from app.studies.setting_groups import grouped


class Step(StrEnum):
    """One page of setting up a draft, in their order."""

    PICTURES = "pictures"
    PROTOCOL = "protocol"
    CHECKS = "checks"
    WORDS = "words"
    RECRUITING = "recruiting"
    PLAN = "plan"
    OPEN = "open"

    @property
    def heading(self) -> str:
        """What the step is called."""
        return _TITLES.get(self, self.value.capitalize())

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of settings that it shows; none for pictures and for opening."""
        return tuple(group for group in grouped() if _STEPS.get(group, Step.PROTOCOL) is self)

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of the protocol's settings that it shows and saves."""
        return tuple(name for group in self.groups for name in grouped()[group])

    @property
    def before(self) -> "Step | None":
        """The step before it; None before the first."""
        order = list(Step)
        return order[order.index(self) - 1] if self is not order[0] else None

    @property
    def after(self) -> "Step | None":
        """The step after it; None after the last."""
        order = list(Step)
        return order[order.index(self) + 1] if self is not order[-1] else None


_TITLES = {Step.PLAN: "Analysis plan", Step.OPEN: "Check and open"}
_STEPS = {
    "Attention": Step.CHECKS, "Screen and room": Step.CHECKS, "What subjects read": Step.WORDS,
    "What subjects are asked": Step.WORDS, "In which languages": Step.WORDS,
    "How many": Step.RECRUITING, "The end": Step.RECRUITING,
    "Analysis plan": Step.PLAN,
}  # fmt: skip


class Progress(StrEnum):
    """How far a step has come."""

    TO_MEND = "to mend"  # something in it keeps the study from opening
    TO_WEIGH = "to weigh"  # something in it is for the experimenter to decide
    DONE = "done"
    UNSEEN = "not looked at"
    READY = "ready"  # the last step, where nothing keeps the study from opening


_COUNTED = {Progress.TO_MEND: Severity.ERROR, Progress.TO_WEIGH: Severity.WARNING}


@dataclass(frozen=True, slots=True)
class Standing:
    """A step of one draft, with what the lint says of its settings."""

    step: Step
    progress: Progress
    findings: tuple[Finding, ...] = ()

    @property
    def in_words(self) -> str:
        """How far it has come, with the number of things to mend or to weigh."""
        if self.progress not in _COUNTED:
            return self.progress.value
        wanted = _COUNTED[self.progress]
        return f"{sum(finding.severity is wanted for finding in self.findings)} {self.progress.value}"


def step_of(finding: Finding) -> Step:
    """The step on which the finding can be mended."""
    return next((step for step in Step if finding.setting in step.settings), Step.PICTURES)


def standings(findings: Iterable[Finding], seen: Collection[str], *, has_pictures: bool) -> list[Standing]:
    """Every step of a draft; ``seen`` are those that somebody has gone through."""
    by_step: dict[Step, list[Finding]] = {step: [] for step in Step if step is not Step.OPEN}
    for finding in findings:
        by_step[step_of(finding)].append(finding)
    done = {step for step in Step if step in seen} | ({Step.PICTURES} if has_pictures else set())
    standing = [_standing(step, tuple(found), step in done) for step, found in by_step.items()]
    everything = tuple(finding for found in by_step.values() for finding in found)
    unready = any(one.progress is Progress.TO_MEND for one in standing)
    return [*standing, Standing(Step.OPEN, Progress.TO_MEND if unready else Progress.READY, everything)]


def next_step(standing: Iterable[Standing]) -> Step:
    """Where setting up goes on: the first step with something to mend, else the first not looked at, else the last."""
    progress = {one.step: one.progress for one in standing}
    for wanted in (Progress.TO_MEND, Progress.UNSEEN):
        if found := next((step for step, now in progress.items() if now is wanted), None):
            return found
    return Step.OPEN


def _standing(step: Step, found: tuple[Finding, ...], done: bool) -> Standing:
    if any(finding.severity is Severity.ERROR for finding in found):
        return Standing(step, Progress.TO_MEND, found)
    if found:
        return Standing(step, Progress.TO_WEIGH, found)
    return Standing(step, Progress.DONE if done else Progress.UNSEEN)
