"""Recovery: the picture is found again, stopped and resumed to the last bit, and judged by a rule with numbers."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from app.jobs.contract import PhotographRef, RecoverResult, RecoverSpec, SceneRef, Verdict
from tests.trainer.conftest import Listener, scenery
from trainer.measures import MEASURES
from trainer.recover import BEST, CURVE, SHEET, NothingToFollow, Recovery, rate_at, recover, start_of
from trainer.recovery_state import OtherRecovery
from trainer.report import Stopped
from trainer.verdict import Evidence, verdict

CPU = torch.device("cpu")
SCENE = SceneRef(
    name="lake", photograph=PhotographRef(name="lake", digest="0" * 64), left=0, top=0, width=40, height=32
)  # fmt: skip


def spec(objective: str = "mae", **changes: object) -> RecoverSpec:
    settings = {"steps": 120, "learning_rate": 0.05, "halve_every": 40, "lowest_rate": 0.02, "start": "noise"}
    return RecoverSpec.model_validate({"objective": objective, "scene": SCENE, **settings, **changes})


@pytest.fixture
def reference() -> Tensor:
    return (torch.from_numpy(scenery(40, 32, 0)).permute(2, 0, 1)[None].float() / 255).contiguous()


@pytest.fixture
def recovery(reference: Tensor, tmp_path: Path) -> Recovery:
    return Recovery(spec(), reference, tmp_path / "run", CPU)


def test_following_the_absolute_error_finds_the_picture_again_and_leaves_what_it_found(recovery: Recovery) -> None:
    listener = Listener()
    result = recover(recovery, listener)
    assert RecoverResult.model_validate_json((recovery.folder / "result.json").read_bytes()) == result
    assert (result.verdict, result.steps, result.skipped_steps) == (Verdict.RECOVERS, 120, 0)
    assert result.psnr_start < 10 < 35 < result.psnr_best
    assert result.objective_reference == 0
    assert result.objective_best == min(point.objective for point in result.curve)
    assert [point.step for point in result.curve] == list(range(121))
    assert listener.heard[-1].step == 120
    rows = list(csv.DictReader((recovery.folder / CURVE).read_text().splitlines()))
    assert [float(row["psnr"]) for row in rows] == [point.psnr for point in result.curve]
    assert result.stages == (1, 6, 24, 60, 120)
    with Image.open(recovery.folder / SHEET) as sheet, Image.open(recovery.folder / BEST) as best:
        assert best.size == (40, 32)
        assert sheet.height == 2 * (32 + 26 + 8) + 8  # start, five stages, best, reference
        cell = (sheet.width - 8) // 4 - 8  # wider than a picture, for its caption's sake
        left, top = 3 * (cell + 8) + 8 + (cell - 40) // 2, 32 + 26 + 16
        corner = sheet.crop((left, top, left + 40, top + 32))
        assert corner.tobytes() == Image.fromarray(scenery(40, 32, 0)).tobytes()


def test_the_learning_rate_is_the_published_one() -> None:
    published = RecoverSpec(objective="mae", scene=SCENE)
    assert (published.steps, published.learning_rate) == (20_000, 0.005)
    assert [rate_at(published, step) for step in (0, 1999, 2000, 4000, 12_000, 19_999)] == [
        0.005, 0.005, 0.0025, 0.00125, 1e-4, 1e-4,
    ]  # fmt: skip


def test_every_pixel_stays_a_pixel(recovery: Recovery) -> None:
    result = recover(replace(recovery, spec=spec(learning_rate=1.0, halve_every=1000, steps=3)), Listener())
    assert all(point.psnr > 0 for point in result.curve)  # outside [0, 1] it would be far below
    state = torch.load(next(iter(_stopped(recovery).glob("*.pt"))), weights_only=True)
    assert 0 <= state["picture"].min() < state["picture"].max() <= 1


def _stopped(recovery: Recovery, after: int = 50) -> Path:
    with pytest.raises(Stopped):
        recover(recovery, Listener(stop_after=after))
    return recovery.folder


@pytest.mark.parametrize("after", [25, 40, 80])
def test_stopped_and_resumed_it_is_the_same_to_the_last_bit(recovery: Recovery, tmp_path: Path, after: int) -> None:
    whole = recover(replace(recovery, folder=tmp_path / "whole"), Listener())
    checkpoint = _stopped(recovery, after) / f"checkpoint-{after}.pt"
    resumed = recover(replace(recovery, resume_from=checkpoint), Listener())
    assert resumed == whole
    for name in (SHEET, BEST, CURVE, "result.json"):
        assert (recovery.folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_damaged_checkpoint_is_passed_over_and_another_recoverys_refused(recovery: Recovery) -> None:
    _stopped(recovery, 25)
    _stopped(replace(recovery, resume_from=recovery.folder / "checkpoint-25.pt"), 50)
    newest = recovery.folder / "checkpoint-50.pt"
    newest.write_bytes(b"half of it")
    listener = Listener()
    recover(replace(recovery, resume_from=newest), listener)
    assert listener.heard[0].step == 26
    with pytest.raises(OtherRecovery):
        recover(replace(recovery, spec=spec(seed=7), resume_from=recovery.folder / "checkpoint-25.pt"), Listener())


def test_a_step_that_is_not_finite_goes_back_to_the_best_picture_and_is_counted(
    recovery: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    def faulty(x: Tensor, y: Tensor, form: str = "rgb") -> Tensor:
        nonlocal calls
        calls += 1
        return (x - y).abs().mean((1, 2, 3)) * (torch.nan if calls in (10, 11, 30) else 1)

    monkeypatch.setitem(MEASURES, "mae", faulty)
    result = recover(recovery, Listener())
    assert (result.skipped_steps, result.verdict) == (3, Verdict.RECOVERS)


def test_an_objective_that_is_never_finite_diverges_before_all_steps_are_done(
    recovery: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rooted(x: Tensor, y: Tensor, form: str = "rgb") -> Tensor:
        return (x - y).abs().mean((1, 2, 3)) + (x * 0).sum((1, 2, 3)).sqrt()  # the root's slope at nought has no end

    monkeypatch.setitem(MEASURES, "mae", rooted)
    result = recover(recovery, Listener())
    assert (result.verdict, result.steps, result.skipped_steps) == (Verdict.DIVERGES, 21, 21)
    assert result.why == "21 of the first 21 steps were not finite."
    monkeypatch.setitem(MEASURES, "mae", lambda *_: torch.tensor([torch.inf], requires_grad=True))
    with pytest.raises(NothingToFollow, match="mae is not finite at the reference"):
        recover(recovery, Listener())


def test_the_noise_is_the_seeds_and_the_jpeg_the_qualitys(reference: Tensor) -> None:
    assert torch.equal(start_of(spec(seed=3), reference), start_of(spec(seed=3), reference))
    assert not torch.equal(start_of(spec(seed=3), reference), start_of(spec(seed=4), reference))
    errors = [
        (start_of(spec(start="jpeg", quality=quality), reference) - reference).abs().mean().item()
        for quality in (5, 20, 95)
    ]
    assert errors == sorted(errors, reverse=True)
    assert 0 < errors[-1] < 0.02


WHOLE = Evidence(
    objective_start=1.0, objective_best=0.01, objective_last=0.012, objective_reference=0.0, psnr_start=8.0,
    psnr_best=41.0, ms_ssim_best=0.995, steps=20_000, taken=20_000, skipped=200, last_rate=1e-4, lowest_rate=1e-4,
    late=0.001,
)  # fmt: skip
ELSEWHERE: dict[str, float | None] = {"psnr_best": 20.0, "ms_ssim_best": None}  # a whole run that ended there


@pytest.mark.parametrize(
    ("changes", "expected", "says"),
    [
        ({}, Verdict.RECOVERS, "PSNR 41.0 dB and MS-SSIM 0.9950 of the best picture reach"),
        ({"ms_ssim_best": None}, Verdict.RECOVERS, "PSNR 41.0 dB of the best picture reach"),
        ({"late": 0.5, "last_rate": 0.005}, Verdict.RECOVERS, "reach"),
        (ELSEWHERE, Verdict.ARTEFACTS, "the objective went from 1 to 0.01 (0 at the reference)"),
        ({"ms_ssim_best": 0.9}, Verdict.ARTEFACTS, "MS-SSIM 0.9000 of the best picture do not reach"),
        (ELSEWHERE | {"objective_best": -0.2}, Verdict.ARTEFACTS, "has settled"),
        (ELSEWHERE | {"objective_best": 0.8, "objective_last": 0.9}, Verdict.ARTEFACTS, "from 1 to 0.8"),
        (ELSEWHERE | {"last_rate": 0.005}, Verdict.UNFINISHED, "still 0.005 at the end, above its lowest of 0.0001"),
        (ELSEWHERE | {"late": 0.021}, Verdict.UNFINISHED, "still falling (2 % of its fall were over the last quarter)"),
        (ELSEWHERE | {"late": 0.02}, Verdict.ARTEFACTS, "do not reach 35 dB"),
        (ELSEWHERE | {"objective_best": 1.0, "late": 0.0}, Verdict.DIVERGES, "the objective never fell"),
        (ELSEWHERE | {"objective_best": 1.0, "last_rate": 0.005}, Verdict.UNFINISHED, "was still 0.005"),
        (ELSEWHERE | {"objective_last": 1.1}, Verdict.DIVERGES, "higher at the end (1.1) than at the start"),
        (ELSEWHERE | {"psnr_best": 7.0}, Verdict.ARTEFACTS, "PSNR 7.0 dB"),
        (ELSEWHERE | {"psnr_best": 7.0, "endless": True}, Verdict.DIVERGES, "led away from the reference, from 8.0 dB"),
        (ELSEWHERE | {"psnr_best": 8.1, "endless": True}, Verdict.ARTEFACTS, "has settled"),
        ({"skipped": 201}, Verdict.DIVERGES, "201 of the first 20000 steps were not finite."),
    ],
)  # fmt: skip
def test_the_verdict_follows_from_its_numbers(
    changes: dict[str, float | None], expected: Verdict, says: str
) -> None:  # fmt: skip
    found, why = verdict(replace(WHOLE, **changes))
    assert found is expected
    assert says in why


def test_a_recovery_cut_short_is_unfinished_and_the_same_one_gone_on_with_recovers(recovery: Recovery) -> None:
    """Under the published schedule, which does not come to its end in either."""
    published = RecoverSpec(objective="mae", scene=SCENE, steps=60)
    short = recover(replace(recovery, spec=published), Listener())
    assert short.verdict is Verdict.UNFINISHED
    assert "the learning rate was still 0.005 at the end" in short.why
    longer = recover(replace(recovery, spec=published.model_copy(update={"steps": 400})), Listener())
    assert longer.verdict is Verdict.RECOVERS


def test_an_objective_that_still_falls_at_the_lowest_rate_is_unfinished(recovery: Recovery) -> None:
    slow = spec("nlpd", learning_rate=0.001, lowest_rate=0.001, steps=40)
    result = recover(replace(recovery, spec=slow), Listener())
    assert result.verdict is Verdict.UNFINISHED
    assert "still falling" in result.why


def test_an_objective_without_a_best_value_is_not_judged_by_how_far_it_came(tmp_path: Path) -> None:
    """At the reference IFC is so far off that no recovery comes half-way to it in a few steps."""
    reference = (torch.from_numpy(scenery(72, 72, 0)).permute(2, 0, 1)[None].float() / 255).contiguous()
    square = SCENE.model_copy(update={"width": 72, "height": 72})
    short = spec("- ifc", scene=square, start="jpeg", quality=10, learning_rate=0.005, lowest_rate=0.005, steps=8)
    result = recover(Recovery(short, reference, tmp_path, CPU), Listener())
    whole = result.objective_start - result.objective_reference
    assert result.objective_start - result.objective_best < whole / 2
    assert result.verdict is Verdict.UNFINISHED


def test_an_objective_that_settles_on_another_picture_leaves_artefacts(
    recovery: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def red_alone(x: Tensor, y: Tensor, form: str = "rgb") -> Tensor:
        return (x - y)[:, 0].abs().mean((1, 2))

    monkeypatch.setitem(MEASURES, "mae", red_alone)
    result = recover(recovery, Listener())
    assert result.verdict is Verdict.ARTEFACTS
