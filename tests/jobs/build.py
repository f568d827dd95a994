"""Small jobs for tests, and workers that have reported."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from app.clock import now
from app.db import Database
from app.db.models import Worker
from app.jobs.claims import Claim, claim
from app.jobs.contract import Network, PhotographRef, Recipe, RenderSpec, SceneRef, TrainSpec
from tests.jobs.moments import LEASE

PHOTOGRAPH = PhotographRef(name="meadow", digest="0" * 64)


def training(seed: int = 0, start_from: int | None = None, steps: int = 100) -> TrainSpec:
    """A training that differs from others by its seed."""
    recipe = Recipe(
        task="denoise",
        objective="mae",
        network=Network(channels=4, blocks=1),
        patch=16,
        batch=1,
        steps=steps,
        seed=seed,
    )
    return TrainSpec(recipe=recipe, photographs=(PHOTOGRAPH,), start_from=start_from)


def under(objective: str, seed: int = 0, batch: int = 1) -> TrainSpec:
    """A training whose objective may need weights, and whose batch memory."""
    network = Network(channels=4, blocks=1)
    recipe = Recipe(
        task="denoise", objective=objective, network=network, patch=64, batch=batch, steps=100, seed=seed
    )  # fmt: skip
    return TrainSpec(recipe=recipe, photographs=(PHOTOGRAPH,))


def rendering(of: int) -> RenderSpec:
    """The rendering of one scene with the network of a training."""
    scene = SceneRef(name="meadow", photograph=PHOTOGRAPH, left=0, top=0, width=16, height=16)
    return RenderSpec(task="denoise", condition="mae", training=of, scenes=(scene,))


def claimed(database: Database, worker: str = "ada") -> Claim:
    """The next job, which must be there."""
    held = claim(database, worker, LEASE)
    assert held is not None
    return held


def reported(database: Database, name: str, ago: timedelta = timedelta(0), **told: Any) -> None:
    """A worker whose last heartbeat was so long ago."""
    seen_at = now() - ago
    with database.write() as db:
        row = {"devices": "cpu", "started_at": seen_at, "seen_at": seen_at, "lease_until": seen_at + LEASE}
        db.merge(Worker(name=name, **row | told))


def written(path: Path, content: str) -> Path:
    """The file, with that content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path
