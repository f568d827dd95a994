"""Launches a screening, as tests of what recoveries find need it."""

from pathlib import Path

from app.catalog.shelf import Shelf
from app.db import Database
from app.jobs.asked import launch
from app.jobs.recovery import Screening, Start, screening_of
from app.jobs.store import Launched


def screened(database: Database, wish: Screening) -> dict[tuple[str, Start], Launched]:
    """The jobs by objective's name and start."""
    jobs = launch(database, wish, Shelf(Path("no weights")), anyway=True)
    return dict(zip(screening_of(database, wish), jobs, strict=True))
