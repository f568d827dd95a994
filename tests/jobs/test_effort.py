"""How long recoveries, renderings and scores take, told beforehand."""

import pytest

from app.db import Database
from app.db.models import Job, JobState
from app.jobs import store
from app.jobs.contract import RecoverSpec, ScoreSpec
from app.jobs.effort import effort
from app.jobs.estimate import Basis
from app.jobs.machine import here
from tests.jobs.build import PHOTOGRAPH, rendering, training

pytestmark = pytest.mark.one_database
START = 6.0  # seconds, of a process


def recovery(steps: int, objective: str = "gmsd", side: int = 256, seed: int = 0) -> RecoverSpec:
    scene = {"name": "meadow", "photograph": PHOTOGRAPH, "left": 0, "top": 0, "width": side, "height": side}
    return RecoverSpec.model_validate({"objective": objective, "scene": scene, "steps": steps, "seed": seed})


def seconds(database: Database, *specs: RecoverSpec | ScoreSpec) -> float:
    told = effort(database, specs)
    assert told is not None
    assert told.seconds.low < told.seconds.value < told.seconds.high
    return told.seconds.value


def test_more_steps_larger_pictures_and_slower_measures_take_longer(database: Database) -> None:
    short = seconds(database, recovery(1000))
    assert START < short < seconds(database, recovery(2000)) < seconds(database, recovery(2000, side=512))
    assert seconds(database, recovery(1000, "mad")) > 2 * short
    assert seconds(database, recovery(1000), recovery(1000, seed=1)) == pytest.approx(2 * short)
    assert effort(database, ()) is None


def test_what_has_ended_here_says_how_long_the_next_will_take(database: Database) -> None:
    before = effort(database, [recovery(1000)])
    assert before is not None
    assert (before.basis, before.assumed) == (Basis.RECKONED, True)
    number = store.launch(database, recovery(500, seed=4), title="before")
    with database.write() as db:
        job = db.get_one(Job, number)
        job.state, job.device, job.step_ms = JobState.SUCCEEDED, here().name, 80.0
    after = effort(database, [recovery(1000)])
    assert after is not None
    assert after.basis is Basis.SIMILAR
    assert after.seconds.value == pytest.approx(START + 80)
    assert after.seconds.high / after.seconds.value < before.seconds.high / before.seconds.value


def test_a_score_takes_longer_with_more_measures_and_forms(database: Database) -> None:
    drawn = store.launch(database, rendering(store.launch(database, training(), title="one")), title="two")
    few = ScoreSpec(rendering=drawn, measures=("mae",))
    many = ScoreSpec(rendering=drawn, measures=("mae", "gmsd", "nlpd"), forms=("rgb", "y"))
    assert START < seconds(database, few) < seconds(database, many)
