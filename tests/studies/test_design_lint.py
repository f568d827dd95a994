"""What the lint says of chosen catch pairs, dummies, repeats and pass marks."""

from typing import Any

import pytest

from app.db.models import PairKind
from app.studies.finding import Severity
from app.studies.inventory import Shown, TaskStock
from app.studies.lint import findings
from app.studies.pairs import plan
from app.studies.protocol import Protocol

_CONDITIONS = ("gmsd", "mae", "ssim")
_FREE = {"catch_trials": 0, "catch_failures_allowed": 0, "practice_trials": 0, "dummy_trials": 0}


def _stock(scenes: int = 6, *, degraded: bool = True) -> tuple[TaskStock, ...]:
    names = ("reference", *(("degraded",) if degraded else ()), *_CONDITIONS)
    places = [(f"scene{n}", name) for n in range(scenes) for name in names]
    pictures = {
        (scene, name): Shown(number, "denoise", scene, name, f"{name} {scene}", 12, 8, None)
        for number, (scene, name) in enumerate(places)
    }
    return (TaskStock("denoise", _CONDITIONS, tuple(f"scene{n}" for n in range(scenes)), pictures),)


def _said(stock: tuple[TaskStock, ...], **settings: Any) -> dict[str, Severity]:
    return {one.text: one.severity for one in findings(Protocol(**_FREE | settings), stock, set())}


def _errors(stock: tuple[TaskStock, ...], **settings: Any) -> str:
    return "\n".join(text for text, how in _said(stock, **settings).items() if how is Severity.ERROR)


def test_chosen_catch_pairs_are_the_only_ones_and_no_test_pairs() -> None:
    protocol = Protocol(**_FREE, catch_pairs="denoise / scene0 / mae > gmsd\ndenoise / scene1 / reference > ssim")
    planned = plan(protocol, _stock())
    catch = [(pair.a.condition, pair.b.condition) for pair in planned if pair.kind is PairKind.CATCH]
    assert catch == [("mae", "gmsd"), ("reference", "ssim")]
    tests = [{pair.a.condition, pair.b.condition} for pair in planned if pair.kind is PairKind.TEST]
    assert len(tests) == 6 * 3 - 1
    assert sum(pair.kind is PairKind.PRACTICE for pair in planned) == 6


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("deblur / scene0 / mae > gmsd", "there is no task 'deblur'"),
        ("denoise / scene9 / mae > gmsd", "denoise has no scene 'scene9'"),
        ("denoise / scene0 / mae > lpips", "denoise/scene0 has no lpips"),
    ],
)
def test_a_catch_pair_that_does_not_exist_is_named(line: str, told: str) -> None:
    said = _errors(_stock(), catch_trials=2, catch_failures_allowed=1, catch_pairs=line)
    assert f"The catch pair {line} does not exist: {told}." in said
    assert "none of the chosen catch pairs exists" in said


def test_catch_pairs_may_not_contradict_each_other_or_come_from_practice() -> None:
    both = "denoise / scene0 / mae > gmsd\ndenoise / scene0 / gmsd > mae"
    assert "contradict each other" in _errors(_stock(), catch_pairs=both)
    kept = _errors(_stock(), catch_pairs="denoise / scene0 / mae > gmsd", practice_scenes=("scene0",))
    assert "kept for practice" in kept


def test_a_catch_pair_that_takes_comparisons_away_is_told() -> None:
    one = _said(_stock(), catch_trials=2, catch_failures_allowed=1, catch_pairs="denoise / scene0 / mae > gmsd")
    assert any("no ranking counts them" in text and how is Severity.WARNING for text, how in one.items())
    assert any("come from 1 pair," in text for text in one)
    every = "\n".join(f"denoise / scene0 / {pair}" for pair in ("mae > gmsd", "mae > ssim", "ssim > gmsd"))
    assert "All pairs of denoise/scene0 are catch pairs" in _errors(_stock(), catch_pairs=every)


def test_what_adaptive_sampling_costs_is_told_and_where_it_saves_nothing() -> None:
    adaptive = {"sampling": "adaptive", "trials_per_session": 9}
    (cost,) = (text for text in _said(_stock(), **adaptive) if "adaptive" in text)
    assert "a ranking alone" in cost
    assert "0–30 %" in cost
    assert "0–19 %" in cost
    said = "\n".join(_said(_stock(), **adaptive | {"trials_per_session": 18, "adaptive_floor": 5}))
    assert "Every session holds all 18 pairs" in said
    assert "hardly anything is left to adapt" in said
    assert not any("adaptive" in text for text in _said(_stock()))


def test_dummies_need_pairs_of_practice_or_catch() -> None:
    settings = {"dummy_trials": 2, "block_size": 6}
    assert "dummy trials after breaks" in _errors(_stock(degraded=False), **settings)
    assert not _errors(_stock(), **settings)
    assert not _errors(_stock(degraded=False), **settings | {"block_size": 100})  # one block has no break


def test_repeats_that_are_none_or_too_near_are_told() -> None:
    assert any("no repeat at all" in text for text in _said(_stock(), repeat_percent=1))
    assert any("too few to keep every repeat" in text for text in _said(_stock(), repeat_percent=50))
    assert not any("repeat" in text for text in _said(_stock(scenes=40), repeat_percent=10))


def test_a_pass_mark_needs_trials_and_known_answers() -> None:
    assert "cannot bring 5 right answers" in _errors(_stock(), practice_trials=4, practice_pass=5)
    few = _errors(_stock(scenes=3), practice_trials=4, practice_pass=4)
    assert "the right answer is known of 3 practice pairs" in few
    assert not _errors(_stock(), practice_trials=4, practice_pass=4)


@pytest.mark.parametrize(
    ("settings", "told", "severity"),
    [
        ({"languages": ("en", "xx")}, "There are no texts in xx.", Severity.ERROR),
        ({"viewing": ("acuity", "card")}, "Acuity is looked at before the card", Severity.WARNING),
        ({"completed_code": "A", "failed_code": "A"}, "gets the same code", Severity.WARNING),
        ({"screened_out_url": "https://p.example/?cc={code}"}, "its {code} has no value", Severity.WARNING),
    ],
)
def test_what_the_pages_around_the_pictures_cannot_do_is_told(
    settings: dict[str, Any], told: str, severity: Severity
) -> None:
    assert [how for text, how in _said(_stock(), **settings).items() if told in text] == [severity]


def test_a_language_that_is_written_as_a_shipped_one_is_there() -> None:
    said = _said(_stock(), languages=("de-AT", "zh"), viewing=("card", "acuity"), completed_code="A", failed_code="B")
    assert not any("no texts" in text or "Acuity" in text or "code" in text for text in said)
