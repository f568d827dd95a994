"""The bench of measures: what is timed, beside what, and what it says. How long anything takes is never tested."""

import json

import pytest
import torch

from trainer.__main__ import main
from trainer.bench import measures, pyiqa
from trainer.bench.clock import Taken, _summed_up, alternate
from trainer.bench.measures import CLASSICAL, Timing, aims, form_of, geometric_mean
from trainer.exits import DONE, REFUSED

CPU = torch.device("cpu")
beside_pyiqa = pytest.mark.skipif(not pyiqa.installed(), reason="pyiqa is not installed: nothing to compare with")


def bench(*more: str) -> int:
    small = ["--device", "cpu", "--threads", "1", "--batch", "1", "--side", "48", "--seconds", "0"]
    return main(["bench", "measures", *small, *more])


def test_both_take_turns_and_the_first_turn_warms_up() -> None:
    turns: list[str] = []
    steps = {"ours": lambda: turns.append("ours"), "theirs": lambda: turns.append("theirs")}
    found = alternate(steps, CPU, repeats=3, seconds=60)
    assert turns == ["ours", "theirs"] * 4
    assert found.keys() == steps.keys()
    assert all(0 <= taken.lower <= taken.median <= taken.upper and taken.count == 3 for taken in found.values())


def test_a_median_is_told_with_its_quartiles_and_the_number_of_timings() -> None:
    assert _summed_up([5.0, 1.0, 2.0, 4.0, 3.0]) == Taken(median=3.0, lower=2.0, upper=4.0, count=5)
    assert Taken(30.0, 20.0, 40.0, 5).each(10) == Taken(3.0, 2.0, 4.0, 5)


def test_what_takes_long_is_timed_twice_and_no_more() -> None:
    turns: list[str] = []
    alternate({"slow": lambda: turns.append("slow")}, CPU, repeats=50, seconds=0)
    assert len(turns) == 3


@beside_pyiqa
def test_both_are_timed_on_equal_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("--measures", "gmsd, psnr,pamse", "--json") == DONE
    said = json.loads(capsys.readouterr().out)
    assert said["shape"] == [1, 3, 48, 48]
    assert list(said["measures"]) == ["gmsd", "psnr", "pamse"]
    assert [timed["form"] for timed in said["measures"].values()] == ["y", "rgb", "y"]
    for name in ("gmsd", "psnr"):
        timed = said["measures"][name]
        assert timed["ratio"] == pytest.approx(timed["pyiqa_ms"] / timed["ours_ms"])
        assert timed["timings"] == 2
        for who in ("ours", "pyiqa"):
            lower, upper = timed["quartiles_ms"][who]
            assert lower <= timed[f"{who}_ms"] <= upper
    assert said["measures"]["pamse"]["pyiqa_ms"] is None  # which pyiqa does not have
    assert list(said["measures"]["pamse"]["quartiles_ms"]) == ["ours"]
    assert said["geometric_mean"] is None  # of nine, of which two were timed
    assert [aim["aim"].split(":")[0] for aim in said["aims"]] == ["none of these slower"]
    assert [aim["timings"] for aim in said["aims"]] == [2]
    assert {"beholder", "torch", "pyiqa"} <= said["versions"].keys()


def test_a_measure_of_colour_is_compared_in_colour() -> None:
    assert [form_of(name) for name in ("fsim", "vsi", "ssim", "mad")] == ["rgb", "rgb", "y", "y"]


def test_the_aims_are_told_as_reached_or_missed() -> None:
    fast = {name: timing(1.0, 5.0) for name in CLASSICAL} | {"mad": timing(1.0, 30.0)}
    assert geometric_mean(fast) == pytest.approx(5 * 6 ** (1 / 9))
    assert [aim.reached for aim in aims(fast)] == [True, True, True]
    slow = fast | {"mad": timing(1.0, 19.0), "vsi": timing(2.0, 1.0), "pamse": timing(1.0, None)}
    assert [(aim.text, aim.reached) for aim in aims(slow)[1:]] == [
        ("MAD at least 20 times as fast: 19.0", False),
        ("none of these slower: vsi", False),
    ]
    assert not aims({"psnr": timing(2.0, 1.0)})  # not one of the nine: a thousandth of a second tells nothing
    assert not aims({"pamse": timing(1.0, None)})


def test_an_aim_that_stands_on_few_timings_says_on_how_many() -> None:
    fast = {name: timing(1.0, 5.0) for name in CLASSICAL} | {"mad": timing(1.0, 30.0, count=7)}
    assert [aim.timings for aim in aims(fast)] == [7, 7, 7]
    assert all("(on 7 timings, too few to hold on to" in str(aim) for aim in aims(fast))
    assert str(aims({"vsi": timing(1.0, 2.0)})[0]) == "reached  none of these slower"


def timing(ours: float, theirs: float | None, count: int = 50) -> Timing:
    """One of these medians, in milliseconds."""
    return Timing("y", Taken(ours, ours, ours, count), None if theirs is None else Taken(theirs, theirs, theirs, count))


def test_without_pyiqa_ours_are_timed_alone_and_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pyiqa, "installed", lambda: False)
    assert bench("--measures", "gmsd") == DONE
    table = capsys.readouterr().out.splitlines()
    assert table[2].split() == ["gmsd", "y", *table[2].split()[2:4], "–", "–", "–", "2"]
    assert table[3:] == ["pyiqa is not installed here, so that ours were timed alone."]


def test_a_mistyped_measure_is_refused_with_the_close_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("--measures", "gsmd") == REFUSED
    assert "did you mean 'gmsd'" in capsys.readouterr().err


@beside_pyiqa
def test_the_loss_of_pyiqa_has_a_gradient() -> None:
    loss = pyiqa.measure("gmsd", CPU)
    assert loss is not None
    reference, restored = measures._pictures((1, 3, 48, 48), CPU)
    (gradient,) = torch.autograd.grad(loss(restored, reference), restored)
    assert gradient.abs().max() > 0
