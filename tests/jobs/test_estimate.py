"""What a training takes, told before it is launched."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.catalog import MEASURES
from app.db import Database
from app.db.models import Job, JobState
from app.jobs import claims, cost, store
from app.jobs.contract import Recipe, TrainSpec
from app.jobs.estimate import Basis, MatrixEstimate, TrainingEstimate, estimate_matrix
from app.jobs.machine import Device
from app.jobs.matrix_plan import Changes, TaskRecipes, check_matrix
from app.jobs.presets import preset
from app.jobs.speeds import Speed, devices_of, measured, table
from tests.jobs.build import PHOTOGRAPH, claimed, reported

pytestmark = pytest.mark.one_database
CARD = Device("NVIDIA H200", memory=140 * 10**9)
CORES = Device("EPYC, 2 cores", 2, memory=24 * 10**9)


def recipe(
    task: str = "denoise", objective: str = "mae", size: str = "lab", seed: int = 0, **changes: object
) -> Recipe:
    return preset(size, task, objective, stage=2, seed=seed, changes=changes)


def estimate(one: Recipe, device: Device, speeds: Sequence[Speed] = ()) -> TrainingEstimate:
    """What that training alone takes on that device alone."""
    return estimate_matrix([TaskRecipes(one.task, one, {})], [device], speeds).trainings[0]


def trained(database: Database, one: Recipe, ms: float, device: str = CARD.name) -> int:
    """The job of a training that has ended, whose steps took so long."""
    job = store.launch(database, TrainSpec(recipe=one, photographs=(PHOTOGRAPH,)), title="trained")
    held = claimed(database)
    claims.running(database, held, "1")
    claims.succeed(database, held, {"kind": "train"}, device=device, step_ms=ms)
    return job


def test_without_any_measurement_the_arithmetic_is_told_with_wide_ends() -> None:
    told = estimate(recipe(), CARD)
    assert (told.basis, told.seconds.value) == (Basis.RECKONED, pytest.approx(50 * told.step_ms.value))
    assert told.seconds.high / told.seconds.low == pytest.approx(16)
    assert 2 < told.step_ms.value < 10, "docs/training-models.md says 3 to 4 ms for the network alone"


def test_the_same_training_on_the_same_device_is_told_as_it_was_measured() -> None:
    told = estimate(recipe(seed=7), CARD, [Speed(recipe(), CARD.name, 4.5, 3)])
    assert (told.step_ms.value, told.basis) == (4.5, Basis.MEASURED)
    assert "median of 3 trainings" in told.why


def test_a_similar_training_is_scaled_and_the_nearest_one_counts() -> None:
    near, far = Speed(recipe("deblur"), CARD.name, 8.0, 1), Speed(recipe("superres", size="paper"), CARD.name, 1.0, 1)
    told = estimate(recipe(), CARD, [far, near])
    assert (told.step_ms.value, told.basis) == (pytest.approx(8.0), Basis.SIMILAR)
    assert "deblur" in told.why
    dearer = estimate(recipe("deblur", "mad"), CARD, [near])
    assert dearer.step_ms.value > near.ms
    assert dearer.step_ms.high / dearer.step_ms.value < told.step_ms.high / told.step_ms.value


def test_what_was_timed_elsewhere_says_nothing_about_this_device() -> None:
    assert estimate(recipe(), CORES, [Speed(recipe(), CARD.name, 4.5, 3)]).basis is Basis.RECKONED


def test_time_and_memory_grow_with_what_makes_a_training_large() -> None:
    small = estimate(recipe(), CARD)
    for other in (recipe(batch=32), recipe(size="paper"), recipe(objective="mae + lpips")):
        large = estimate(other, CARD)
        assert large.step_ms.value > small.step_ms.value
        assert large.memory.total > small.memory.total
    assert estimate(recipe(), replace(CARD, processes=2)).step_ms.value < small.step_ms.value


def test_a_matrix_shares_its_first_stages_and_its_devices() -> None:
    plan = check_matrix(["denoise"], ["mae", "gmsd", "1 - ssim"], preset="tiny")
    one, two = estimate_matrix(plan, [CORES]), estimate_matrix(plan, [CORES, CORES])
    assert [training.condition for training in one.trainings] == ["", "mae", "gmsd", "ssim"]
    assert one.seconds.value == pytest.approx(sum(training.seconds.value for training in one.trainings))
    first, *seconds = [training.seconds.value for training in two.trainings]
    assert first + max(seconds) <= two.seconds.value < one.seconds.value
    assert two.work == one.work


def test_two_devices_wait_for_the_first_stage_that_all_need() -> None:
    plan = check_matrix(["denoise"], ["mae"], preset="tiny")
    assert estimate_matrix(plan, [CORES, CORES]).seconds == estimate_matrix(plan, [CORES]).seconds


def test_without_a_worker_the_cpu_of_this_machine_is_assumed_and_said_to_be(database: Database) -> None:
    told = launch(database)
    assert told.assumed
    assert told.devices[0].cores


def test_what_workers_report_and_what_they_have_measured_is_what_counts(database: Database) -> None:
    told = {"name": CARD.name, "cores": None, "processes": 1, "free": 1, "memory": CARD.memory}
    reported(database, "ada", devices="gpu 0", memory={"gpu 0": told})
    for ms in (5.0, 4.0, 9.0):
        trained(database, recipe(seed=int(ms)), ms)
    (speed,) = measured(database)
    assert (speed.ms, speed.trainings) == (5.0, 3)
    found = launch(database)
    assert (found.devices, found.assumed, found.basis) == ((CARD,), False, Basis.SIMILAR)
    assert next(one for one in found.trainings if one.condition == "mae").basis is Basis.MEASURED
    assert table([speed]) == {CARD.name: {"denoise · mae · 32 × 8, 16 × 192 px · bf16": 5.0}}


def test_trainings_that_failed_or_that_another_version_wrote_are_no_measurements(database: Database) -> None:
    failed, odd = trained(database, recipe(), 4.0), trained(database, recipe(seed=1), 4.0)
    with database.write() as db:
        db.get_one(Job, failed).state = JobState.FAILED
        db.get_one(Job, odd).spec = {"kind": "train", "recipe": "of another version"}
    assert measured(database) == []


def test_a_training_that_no_device_has_the_memory_for_is_named() -> None:
    plan = check_matrix(["denoise", "superres"], ["mae"], preset="paper", changes=Changes({}, {"batch": 256}, {}))
    (one,) = estimate_matrix(plan, [replace(CARD, memory=140 * 10**9)]).too_large
    assert (one.recipe.task, one.condition) == ("denoise", "mae")


def test_every_measure_of_the_catalogue_has_a_cost() -> None:
    assert cost.MEASURE_MS.keys() == MEASURES.keys()


def launch(database: Database) -> MatrixEstimate:
    plan = check_matrix(["denoise"], ["mae", "gmsd"], preset="lab")
    return estimate_matrix(plan, devices_of(database), measured(database))
