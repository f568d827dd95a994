"""Samples that a running job leaves are kept, listed with it, and never in the way of its work."""

import io

import numpy as np
from PIL import Image

from app.db.models import JobState, Picture
from app.jobs.contract import Usage
from app.jobs.samples import samples
from tests.jobs.conftest import Stage

USAGE = {"device": "the CPU", "memory": 5, "memory_total": 10, "utilisation": 0.5, "threads": 2}


def crop(seed: int) -> bytes:
    buffer = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def crops(**restored: int) -> dict[str, str]:
    """Files by name; ``s10=3`` is what was restored after ten steps."""
    after = {f"{name[1:]}-0.png": crop(seed) for name, seed in restored.items()}
    return {name: data.hex() for name, data in {"degraded-0.png": crop(0), "reference-0.png": crop(1), **after}.items()}


def test_samples_are_kept_by_content_and_those_of_a_later_attempt_join_or_replace_them(stage: Stage) -> None:
    job = stage.job(
        {"end": "crash", "steps": [10, 20], "samples": crops(s10=2, s20=3)},
        {"end": "done", "steps": [20, 100], "samples": crops(s20=4, s100=5)},
    )
    stage.work()
    found = samples(stage.database, job)
    assert [(one.step, one.number) for one in found] == [(10, 0), (20, 0), (100, 0)]
    assert [stage.media.get(one.restored) for one in found] == [crop(2), crop(4), crop(5)]
    assert {(stage.media.get(one.degraded), stage.media.get(one.reference)) for one in found} == {(crop(0), crop(1))}
    with stage.database.read() as db:
        picture = db.get_one(Picture, found[0].restored)
        assert (picture.width, picture.height) == (12, 8)


def test_a_sample_that_cannot_be_read_stops_neither_the_training_nor_the_others(stage: Stage) -> None:
    broken = crops(s10=2) | {"20-0.png": b"no picture".hex()}
    job = stage.job({"end": "done", "steps": [100], "samples": broken})
    stage.work()
    assert stage.get(job).state is JobState.SUCCEEDED
    assert [one.step for one in samples(stage.database, job)] == [10]


def test_files_that_are_no_samples_are_left_alone(stage: Stage) -> None:
    odd = {name: crop(9).hex() for name in ("10-0.png.part", "x-0.png", "../10-1.png")}
    job = stage.job({"end": "done", "steps": [100], "samples": crops() | odd})
    stage.work()
    assert samples(stage.database, job) == []


def test_the_job_says_what_it_used_of_its_device_at_its_latest_report(stage: Stage) -> None:
    job = stage.job({"end": "done", "steps": [50, 100], "usage": USAGE})
    stage.work()
    assert stage.get(job).usage == Usage.model_validate(USAGE)
