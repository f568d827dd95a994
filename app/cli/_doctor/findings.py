"""What a look at an installation finds, and what to do about it."""

from dataclasses import dataclass

from app.db.upkeep import Health
from app.errors import AppError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it is, and what to do where it is not well."""

    check: str
    state: Health
    finding: str
    fix: str = ""


def well(check: str, finding: str) -> Finding:
    """Nothing to do."""
    return Finding(check, Health.WELL, finding)


def note(check: str, finding: str, fix: str = "") -> Finding:
    """Works, but somebody should know."""
    return Finding(check, Health.NOTE, finding, fix)


def ill(check: str, finding: str, fix: str) -> Finding:
    """Does not work, or will not for long."""
    return Finding(check, Health.ILL, finding, fix)


def judged(check: str, health: Health, finding: str, fix: str) -> Finding:
    """What the System page says, too."""
    return Finding(check, health, finding, "" if health is Health.WELL else fix)


def told_by(check: str, error: AppError) -> Finding:
    """A rule of the program has already found the words."""
    return ill(check, error.detail.rstrip("."), _as_told_here(error.fix))


def _as_told_here(sentence: str) -> str:
    begins_small = sentence[1:2].islower()  # otherwise it begins with a name in capitals
    return (sentence[:1].lower() + sentence[1:] if begins_small else sentence).rstrip(".")


def counted(number: int, word: str) -> str:
    """``1 job``, ``2 jobs``."""
    return f"{number} {word}{'' if number == 1 else 's'}"
