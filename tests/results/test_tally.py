"""Which votes are counted, and as what."""

from collections.abc import Callable

import numpy as np
import pytest

from app.db import Database
from app.db.models import ExclusionAction, TrialKind
from app.results.judgements import TaskTally
from app.results.tally import tally
from app.studies.states import StudyNotFound
from tests.results.conftest import BuiltStudy

Build = Callable[..., BuiltStudy]


def _only(found: tuple[TaskTally, ...]) -> TaskTally:
    (one,) = found
    return one


def _wins(found: TaskTally, scene: str, winner: str, loser: str) -> float:
    at = found.scenes.index(scene), found.conditions.index(winner), found.conditions.index(loser)
    return float(found.wins[at])


@pytest.mark.parametrize("winner_left", [True, False])
@pytest.mark.parametrize(("winner", "loser"), [("mae", "gmsd"), ("gmsd", "mae")])
def test_the_chosen_picture_wins_wherever_it_stood(build: Build, winner: str, loser: str, winner_left: bool) -> None:
    study = build()
    study.vote(study.session("1"), "beach", winner, loser, winner_left=winner_left)
    found = _only(tally(study.database, study.id))
    assert _wins(found, "beach", winner, loser) == 1
    assert found.wins.sum() == found.votes == 1
    assert found.subjects == 1


def test_a_tie_is_half_a_win_for_both(build: Build) -> None:
    study = build()
    study.vote(study.session("1"), "street", "mae", "gmsd", tie=True)
    found = _only(tally(study.database, study.id))
    assert _wins(found, "street", "mae", "gmsd") == _wins(found, "street", "gmsd", "mae") == 0.5
    assert (found.votes, found.ties) == (1, 1)


def test_only_a_subjects_first_judgement_of_a_pair_counts(build: Build) -> None:
    study = build()
    first, second = study.session("1"), study.session("1")
    study.vote(first, "beach", "mae", "gmsd")
    study.vote(second, "beach", "gmsd", "mae")
    study.vote(second, "street", "gmsd", "mae")
    study.vote(study.session("2"), "beach", "gmsd", "mae")
    found = _only(tally(study.database, study.id))
    assert _wins(found, "beach", "mae", "gmsd") == 1
    assert _wins(found, "beach", "gmsd", "mae") == 1  # the other subject's
    assert _wins(found, "street", "gmsd", "mae") == 1
    assert found.left_out == {"repeat": 1}
    assert found.subjects == 2


def test_a_judgement_in_an_excluded_session_leaves_its_place_to_the_next(build: Build) -> None:
    study = build()
    first, second = study.session("1"), study.session("1")
    study.vote(first, "beach", "mae", "gmsd")
    study.vote(second, "beach", "gmsd", "mae")
    study.decide(first, ExclusionAction.EXCLUDE)
    found = _only(tally(study.database, study.id))
    assert _wins(found, "beach", "gmsd", "mae") == found.votes == 1
    assert found.left_out == {"excluded": 1}
    everything = _only(tally(study.database, study.id, include_excluded=True))
    assert _wins(everything, "beach", "mae", "gmsd") == everything.votes == 1
    study.decide(first, ExclusionAction.READMIT)
    assert _wins(_only(tally(study.database, study.id)), "beach", "mae", "gmsd") == 1


def test_practice_and_catch_trials_and_pilots_never_count(build: Build) -> None:
    study = build()
    session = study.session("1")
    study.vote(session, "beach", "mae", "gmsd", kind=TrialKind.PRACTICE)
    study.vote(session, "beach", "reference", "degraded", kind=TrialKind.CATCH)
    study.vote(study.session("2", pilot=True), "beach", "mae", "gmsd")
    found = _only(tally(study.database, study.id))
    assert found.votes == 0
    assert found.left_out == {"pilot": 1}
    assert found.conditions == ("gmsd", "mae", "ms_ssim")
    assert _only(tally(study.database, study.id, include_excluded=True)).votes == 0


def test_late_votes_count_and_are_counted_as_such(build: Build) -> None:
    study = build()
    study.vote(study.session("1"), "beach", "mae", "gmsd", late=True)
    found = _only(tally(study.database, study.id))
    assert (found.votes, found.late) == (1, 1)


@pytest.mark.parametrize(
    ("is_demo", "people", "counted", "reason"),
    [
        (False, None, "person", "simulated"),
        (False, True, "person", "simulated"),
        (True, None, "simulated", "person"),
        (True, True, "person", "simulated"),
        (True, False, "simulated", "person"),
    ],
)
def test_people_and_simulated_subjects_are_counted_apart(
    build: Build, is_demo: bool, people: bool | None, counted: str, reason: str
) -> None:
    study = build(is_demo=is_demo)
    study.vote(study.session("person"), "beach", "mae", "gmsd")
    study.vote(study.session("robot", simulated=True), "beach", "gmsd", "mae")
    found = _only(tally(study.database, study.id, people=people))
    assert found.votes == 1
    assert _wins(found, "beach", *(("mae", "gmsd") if counted == "person" else ("gmsd", "mae"))) == 1
    assert found.left_out == {reason: 1}


def test_tasks_are_counted_apart_and_other_studies_not_at_all(build: Build) -> None:
    study = build(tasks=("superres", "denoise"))
    session = study.session("1")
    other = build(tasks=("superres", "denoise"))
    other.vote(other.session("1"), "beach", "mae", "ms_ssim")
    study.vote(session, "beach", "mae", "gmsd", task="superres")
    study.vote(session, "beach", "gmsd", "mae", task="denoise")
    denoise, superres = tally(study.database, study.id)
    assert (denoise.task, superres.task) == ("denoise", "superres")
    assert _wins(denoise, "beach", "gmsd", "mae") == denoise.votes == 1
    assert _wins(superres, "beach", "mae", "gmsd") == superres.votes == 1


def test_a_study_without_votes_has_empty_counts(build: Build) -> None:
    study = build()
    found = _only(tally(study.database, study.id))
    assert found.wins.shape == (3, 3, 3)
    assert not found.wins.any()
    assert np.isfinite(found.wins).all()


def test_a_study_that_does_not_exist_is_an_error(database: Database) -> None:
    with pytest.raises(StudyNotFound):
        tally(database, 7)
