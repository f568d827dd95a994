"""The one place that asks what time it is."""

from datetime import UTC, datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def now() -> datetime:
    """The present moment, in UTC and aware of it."""
    return datetime.now(UTC)


def age(moment: datetime) -> str:
    """How long ago that was, in the largest unit: ``just now``, ``4 min ago``."""
    seconds = (now() - moment).total_seconds()
    if seconds < 10:
        return "just now"
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    return f"{int(seconds // size)} {unit} ago"
