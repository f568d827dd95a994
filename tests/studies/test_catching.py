"""Catch pairs are proposed from what a study has, and stand in its protocol only where they differ from the usual."""

import pytest

from app.db.models import MeasureForm
from app.studies import catching
from app.studies.inventory import DEGRADED, REFERENCE, Shown, TaskStock, stocked
from app.studies.measured import Held
from app.studies.protocol import Protocol, read

SCENES, CONDITIONS = ("boat", "cat"), ("gmsd", "mae", "ssim")
FREE = Protocol(catch_trials=0, catch_failures_allowed=0)


def stock(*, degraded: bool = True) -> tuple[TaskStock, ...]:
    names = (REFERENCE, *([DEGRADED] if degraded else []), *CONDITIONS)
    every = [(scene, name) for scene in SCENES for name in names]
    return stocked(Shown(n, "denoise", *place, f"{n:064x}", 8, 8, None) for n, place in enumerate(every))


def held(measure: str, higher: bool, **values: tuple[float, float]) -> list[Held]:
    """Values of the measure for each condition, in the two scenes."""
    return [
        Held("denoise", scene, condition, measure, MeasureForm.Y, value, higher, "a file")
        for condition, both in values.items()
        for scene, value in zip(SCENES, both, strict=True)
    ]


def lines(found: list[catching.Proposal]) -> list[str]:
    return [str(one.pair) for one in found]


def test_the_usual_pairs_are_references_against_degraded_inputs_outside_practice() -> None:
    usual = catching.usual(FREE, stock())
    assert lines(usual) == [f"denoise / {scene} / reference > degraded" for scene in SCENES]
    assert all(one.pictures and one.pictures.b.condition == DEGRADED for one in usual)
    assert lines(catching.usual(Protocol(practice_scenes=("boat",)), stock())) == lines(usual)[1:]
    assert catching.usual(FREE, stock(degraded=False)) == []


def test_the_widest_pair_of_a_scene_is_one_on_which_all_measures_agree_with_each_measures_own_direction() -> None:
    psnr = held("PSNR", True, gmsd=(20.0, 30.0), mae=(26.0, 31.0), ssim=(28.0, 38.0))
    distance = held("loss", False, gmsd=(0.5, 0.5), mae=(0.1, 0.6), ssim=(0.3, 0.1))
    found = catching.widest(FREE, stock(), [*psnr, *distance])
    assert lines(found) == ["denoise / cat / ssim > mae", "denoise / boat / mae > gmsd"]
    assert [one.measures for one in found] == [2, 2]
    assert found[0].apart is not None
    assert found[1].apart is not None
    assert found[0].apart > found[1].apart > 0


def test_how_far_apart_is_the_same_in_any_unit_and_however_easy_a_scene_is() -> None:
    values = {"gmsd": (20.0, 30.0), "mae": (26.0, 31.0), "ssim": (28.0, 38.0)}
    other = {name: (1000 * (one + 5), 1000 * (two - 90)) for name, (one, two) in values.items()}
    plain, moved = (catching.widest(FREE, stock(), held("m", True, **of)) for of in (values, other))
    assert lines(plain) == lines(moved) == ["denoise / boat / ssim > gmsd", "denoise / cat / ssim > gmsd"]
    assert [one.apart for one in plain] == pytest.approx([one.apart for one in moved])


def test_where_measures_disagree_or_tell_nothing_no_pair_is_proposed() -> None:
    up = held("m", True, gmsd=(1.0, 1.0), mae=(2.0, 2.0), ssim=(3.0, 3.0))
    down = held("n", False, gmsd=(1.0, 1.0), mae=(2.0, 2.0), ssim=(3.0, 3.0))
    assert catching.widest(FREE, stock(), [*up, *down]) == []
    assert catching.widest(FREE, stock(), held("m", True, gmsd=(1.0, 1.0), mae=(1.0, 1.0))) == []
    assert catching.widest(FREE, stock(), []) == []


def test_ticking_just_the_usual_pairs_leaves_the_protocol_without_any_of_its_own() -> None:
    usual = lines(catching.usual(FREE, stock()))
    assert catching.settled(read({"catch_pairs": usual[::-1]}), stock()) == ()
    assert [*map(str, catching.settled(read({"catch_pairs": usual[:1]}), stock()))] == [usual[0]]
    assert catching.settled(FREE, stock()) == ()
    with pytest.raises(catching.NoCatchPair):
        catching.settled(Protocol(), stock())


def test_pairs_of_ones_own_are_in_force_also_where_a_picture_is_missing() -> None:
    own = Protocol(catch_pairs="denoise / boat / mae > gmsd\ndenoise / tree / mae > gmsd")
    there, gone = catching.in_force(own, stock())
    assert there.pictures
    assert there.pictures.a.condition == "mae"
    assert gone.pictures is None
