"""A clock that tests can turn."""

from datetime import datetime, timedelta

import pytest

from app.clock import now
from app.sessions import checks, enrol, numbers, progress, quota, sitting, votes


class Clock:
    """The present moment of the sessions room, moved by hand."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        """Time passes."""
        self.moment += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still until the test moves it."""
    clock = Clock()
    for module in (checks, enrol, numbers, progress, quota, sitting, votes):
        monkeypatch.setattr(module, "now", clock)
    return clock
