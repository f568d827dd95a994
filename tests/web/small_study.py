"""A study small enough to be sat through in a test, with names that must never reach a subject."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from app.db import Database
from app.media import Media
from app.studies import moves, service, stimuli
from app.studies.protocol import Protocol
from app.web.admin.protocol_form import settings_of

TASK = "quagga_task"
CONDITIONS = ("okapi_mae", "zebra_ssim", "tapir_gmsd")
SCENES = ("scene_lighthouse", "scene_parrots")
PROTOCOL: dict[str, Any] = {
    "trials_per_session": 6,
    "block_size": 3,
    "catch_trials": 2,
    "catch_failures_allowed": 1,
    "practice_trials": 2,
    "blank_ms": 50,
    "dummy_trials": 0,
    "questionnaire": (),
    "display_gate": "off",
}


def paint(folder: Path, width: int = 120, height: int = 90, scenes: Sequence[str] = SCENES) -> Path:
    """The folder, with a picture for each condition and scene; red is the same within a scene, blue never."""
    for number, scene in enumerate(scenes):
        red = np.random.default_rng(number).integers(0, 256, (height, width), dtype=np.uint8)
        for kind, name in enumerate(("reference", "degraded", *CONDITIONS)):
            own = np.random.default_rng(100 * number + kind).integers(0, 256, (height, width, 2), dtype=np.uint8)
            path = folder / TASK / name / f"{scene}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.dstack([red, own])).save(path)
    return folder


def create(
    database: Database, media: Media, folder: Path, *, is_demo: bool = False, opened: bool = True, **settings: Any
) -> int:
    """The number of a study of the pictures in ``folder``."""
    study = service.create(database, "A small study", Protocol(**PROTOCOL | settings), is_demo=is_demo, seed=7)
    stimuli.ingest_folder(database, media, study, folder)
    if opened:
        moves.open_study(database, media, study)
    return study


def form(**values: object) -> dict[str, object]:
    """The form of its protocol as a browser sends it, with these values in place of what stands there."""
    groups = settings_of(Protocol(**PROTOCOL).model_dump()).values()
    fields = {setting.name: setting.value for group in groups for setting in group if setting.kind != "tick"}
    return {"title": "A study", **fields, **values}
