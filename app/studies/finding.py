"""One thing that is wrong with a study, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a study from opening; a warning is for the experimenter to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    severity: Severity
    text: str
    fix: str
    setting: str | None = None  # of the protocol, which would mend it; None where the pictures would


def error(text: str, fix: str, setting: str | None = None) -> Finding:
    """A finding that keeps the study from opening."""
    return Finding(Severity.ERROR, text, fix, setting)


def warning(text: str, fix: str, setting: str | None = None) -> Finding:
    """A finding that is for the experimenter to weigh."""
    return Finding(Severity.WARNING, text, fix, setting)
