"""Chance and time, dealt out by a test: what is drawn and when it happens depends on what was done before, alone."""

import sys
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app import clock
from tests import chance

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


class Fate:
    """Chance and time, dealt out to both sides alike: each has drawn the same when both have done the same."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.random, self.moment = Random(1), START
        chance.deal(monkeypatch, lambda: self.random)
        really = clock.now
        for name, module in list(sys.modules.items()):
            if name.startswith("app.") and getattr(module, "now", None) is really:
                monkeypatch.setattr(module, "now", self._now)

    def _now(self) -> datetime:
        self.moment += timedelta(milliseconds=250)
        return self.moment
