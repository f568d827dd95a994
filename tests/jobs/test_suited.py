"""Jobs are left to the worker that has what they need while it is present; alone, a worker takes what there is."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from app.catalog.shelf import Shelf
from app.catalog.weights import WEIGHTS
from app.db import Database
from app.db.models import Job, JobState
from app.jobs import claims, store
from app.jobs.contract import ScoreSpec
from app.jobs.suited import Demand, Means, demand_of, waits_for
from app.jobs.weights_at_hand import AtHand, at_hand
from app.settings import Settings
from tests.jobs.build import claimed, rendering, reported, training, under, written
from tests.jobs.conftest import Stage
from tests.jobs.moments import LEASE, until

GB = 10**9
NOTHING, LPIPS = Means(frozenset(), None), Means(frozenset({"lpips"}), None)


def slot(memory: int | None) -> dict[str, Any]:
    return {"gpu 0": {"name": "a card", "cores": None, "processes": 1, "free": memory, "memory": memory}}


def worker(database: Database, name: str, *weights: str, memory: int | None = None, minutes: int = 0) -> None:
    reported(database, name, timedelta(minutes=minutes), weights=list(weights), memory=slot(memory))


def taken(database: Database, name: str, means: Means) -> int | None:
    held = claims.claim(database, name, LEASE, means=means)
    return None if held is None else held.job


def test_who_lacks_the_weights_leaves_the_job_to_whoever_has_them_and_takes_the_next(database: Database) -> None:
    first = store.launch(database, under("lpips"), title="first in the queue")
    second = store.launch(database, training(), title="second")
    worker(database, "ada")
    worker(database, "grace", "lpips")
    assert taken(database, "ada", NOTHING) == second
    assert taken(database, "ada", NOTHING) is None
    assert store.get(database, first).state is JobState.QUEUED
    assert taken(database, "grace", LPIPS) == first


@pytest.mark.parametrize("minutes", [None, 2])
def test_a_worker_takes_what_it_lacks_where_nobody_else_is_present(database: Database, minutes: int | None) -> None:
    job = store.launch(database, under("lpips"), title="lpips")
    worker(database, "ada")
    if minutes is not None:
        worker(database, "grace", "lpips", minutes=minutes)
    assert taken(database, "ada", NOTHING) == job


def test_weights_that_no_single_worker_has_together_are_waited_for_by_nobody(database: Database) -> None:
    job = store.launch(database, under("lpips + dists"), title="both")
    worker(database, "ada", "lpips")
    worker(database, "grace", "dists")
    assert taken(database, "ada", LPIPS) == job


def test_a_job_is_left_to_the_device_that_has_the_memory(database: Database) -> None:
    large, small = under("mae", batch=512), under("mae", seed=1)
    room = (demand_of(small).memory + demand_of(large).memory) // 2
    first = store.launch(database, large, title="large")
    second = store.launch(database, small, title="small")
    worker(database, "ada", memory=room)
    worker(database, "grace", memory=100 * GB)
    mine = Means(frozenset(), room)
    assert taken(database, "ada", mine) == second
    assert taken(database, "ada", mine) is None
    assert taken(database, "grace", Means(frozenset(), 100 * GB)) == first


def test_two_workers_at_once_take_each_job_once_and_the_suited_ones(database: Database, settings: Settings) -> None:
    learned = {store.launch(database, under("lpips", seed), title=f"lpips {seed}") for seed in range(15)}
    plain = {store.launch(database, training(seed), title=f"mae {seed}") for seed in range(15)}
    worker(database, "ada")
    worker(database, "grace", "lpips")
    found: dict[str, list[int]] = {"ada": [], "grace": []}

    def work(name: str, means: Means) -> None:
        own = Database(settings.database)  # as in a process of its own
        while (job := taken(own, name, means)) is not None:
            found[name].append(job)
        own.close()

    threads = [threading.Thread(target=work, args=told) for told in (("ada", NOTHING), ("grace", LPIPS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found["ada"] + found["grace"]) == sorted(learned | plain)
    assert set(found["ada"]) <= plain


def test_two_machines_share_a_queue_and_no_job_fails_for_weights_that_one_has(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(settings.data_dir / "torch"))
    jobs = [stage.job({"end": "done"}, spec=under("- deepiqa", seed)) for seed in range(3)]
    plain = stage.job({"end": "wait"}, spec=training(7))
    worker(stage.database, "grace", "deepiqa")  # at work on something long
    stage.start("ada")
    stage.waiting(plain)
    assert [stage.get(job).state for job in jobs] == [JobState.QUEUED] * 3
    for file in WEIGHTS["deepiqa"]:
        written(Shelf(stage.settings.weights_folder).own / file.name, "weights")
    stage.start("katherine")
    until(lambda: all(stage.get(job).state is JobState.SUCCEEDED for job in jobs))
    assert {stage.get(job).worker for job in jobs} == {"katherine"}


def test_what_a_queued_job_waits_for_is_told(database: Database) -> None:
    def told(job: int) -> str:
        return waits_for(database, store.get(database, job))

    learned = store.launch(database, under("lpips"), title="lpips")
    large = store.launch(database, under("lpips", batch=64), title="large")
    plain = store.launch(database, training(), title="mae")
    after = store.launch(database, training(start_from=plain), title="after")
    assert told(after) == f"waits for job {plain}"
    assert told(learned) == "no worker is present"
    worker(database, "ada", memory=2 * GB)
    assert told(learned) == "waits for a device; no worker that is present has the weights of lpips"
    assert told(plain) == "waits for a device"
    worker(database, "grace", "lpips", memory=2 * GB)
    assert told(learned) == "waits for a worker with the weights of lpips (grace)"
    worker(database, "katherine", "lpips", memory=100 * GB)
    memory = f"about {demand_of(under('lpips', batch=64)).memory / GB:.1f} GB of memory"
    assert told(large) == f"waits for a worker with the weights of lpips and {memory} (katherine)"
    assert taken(database, "ada", Means(frozenset(), 2 * GB)) == plain
    assert told(plain) == ""


def test_a_job_s_row_says_what_it_asks_for(database: Database) -> None:
    learned = store.launch(database, under("dists + lpips"), title="both")
    first = store.launch(database, training(), title="none")
    claims.succeed(database, claimed(database), {})
    pictures = store.launch(database, rendering(first), title="pictures")
    score = store.launch(database, ScoreSpec(rendering=pictures, measures=("psnr", "lpips")), title="score")
    with database.read() as db:
        said = {job.id: (job.needs_weights, job.needs_memory) for job in db.query(Job)}
    assert said[learned] == ("dists lpips", demand_of(under("dists + lpips")).memory)
    assert said[first] == ("", demand_of(training()).memory)
    assert (said[pictures], said[score]) == (("", 0), ("lpips", 0))
    assert Demand(frozenset({"lpips", "dists"}), 7).columns == ("dists lpips", 7)


def test_a_launch_needs_one_worker_that_has_all_of_a_job(database: Database, settings: Settings) -> None:
    worker(database, "ada", "lpips")
    worker(database, "grace", "dists", "pieapp")
    hand: AtHand = at_hand(database, Shelf(settings.weights_folder))
    assert {"lpips", "dists", "mae"} <= hand.measures
    assert hand.lacking(["lpips", "mae"]) == ()
    assert hand.lacking(["dists", "pieapp", "lpips"]) == ("lpips",)
    assert "No worker with the other weights of a job has the weights of Learned perceptual" in hand.sentence("lpips")
