"""Crops come from one generator that can be continued; photographs that do not fit are cut where they lie."""

import pytest
import torch

from app.jobs.contract import Recipe
from trainer.crops import Crops, ShippedCrops, SmallerThanPatch, crops_of
from trainer.data import Photograph


def numbered(height: int, width: int) -> Photograph:
    """A photograph in which no two pixels are alike: red is the row, green the column, blue tells it from others."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return Photograph("numbered.png", torch.stack((rows, columns, torch.full_like(rows, width)), -1).to(torch.uint8))


def crops(*photographs: Photograph, patch: int = 8, batch: int = 4, seed: int = 1) -> Crops:
    return Crops(list(photographs), patch, batch, torch.Generator().manual_seed(seed))


def symmetries(square: torch.Tensor) -> list[torch.Tensor]:
    turned = [torch.rot90(square, k, (1, 2)) for k in range(4)]
    return turned + [torch.flip(view, (2,)) for view in turned]


def test_every_crop_is_a_part_of_a_photograph_under_one_of_the_eight_symmetries() -> None:
    photographs = {width: numbered(12, width) for width in (13, 20)}
    seen = set()
    for batch in (next(crops(*photographs.values(), batch=64, seed=seed)) for seed in range(3)):
        for crop in (batch * 255).round().to(torch.uint8):
            whole = photographs[int(crop[2, 0, 0])].pixels
            top, left = int(crop[0].min()), int(crop[1].min())
            part = whole[top : top + 8, left : left + 8].permute(2, 0, 1)
            which = [index for index, view in enumerate(symmetries(part)) if torch.equal(view, crop)]
            assert len(which) == 1
            seen.add((int(crop[2, 0, 0]), which[0]))
    assert len(seen) == 16  # both photographs, each in all eight ways


def test_crops_reach_every_corner_and_no_further() -> None:
    places = {
        (int((crop[0] * 255).round().min()), int((crop[1] * 255).round().min()))
        for crop in next(crops(numbered(10, 9), patch=8, batch=200))
    }
    assert places == {(top, left) for top in range(3) for left in range(2)}


def test_a_photograph_of_exactly_the_patch_has_one_place() -> None:
    assert next(crops(numbered(8, 8), patch=8)).shape == (4, 3, 8, 8)


def test_of_several_places_the_one_with_the_most_detail_is_taken() -> None:
    pixels = torch.randint(256, (40, 60, 3), generator=torch.Generator().manual_seed(2)).to(torch.uint8)
    pixels[:, :50] = 90  # sky
    photograph = Photograph("a shore.png", pixels)
    chosen, all_drawn = (crops(photograph, batch=batch) for batch in (4, 20))
    chosen.candidates = 5
    for _ in range(3):
        candidates = next(all_drawn).unflatten(0, (4, 5))
        detail = [candidates.diff(dim=side).abs().sum((2, 3, 4)) for side in (3, 4)]
        expected = (detail[0] + detail[1]).argmax(1)
        assert torch.equal(next(chosen), candidates[torch.arange(4), expected])
    assert chosen.generator.get_state().equal(all_drawn.generator.get_state())


def test_colours_come_in_all_six_orders_and_each_crop_has_one() -> None:
    grey, levels = (
        torch.randint(200, (20, 20, 1), generator=torch.Generator().manual_seed(4)),
        torch.tensor([0, 20, 50]),
    )
    source = crops(Photograph("tinted.png", (grey + levels).to(torch.uint8)), batch=60)
    source.recolour = True
    differences = (next(source) * 255).round().diff(dim=1).flatten(2)
    assert (differences == differences[..., :1]).all()
    assert {tuple(order) for order in differences[..., 0].tolist()} == {
        (20, 30), (50, -30), (-20, 50), (30, -50), (-50, 20), (-30, -20),
    }  # fmt: skip


def test_crops_continue_where_the_generator_s_state_was_saved() -> None:
    source = crops(numbered(30, 40))
    next(source)
    state = source.generator.get_state()
    expected = [next(source) for _ in range(3)]
    again = crops(numbered(30, 40), seed=99)
    again.generator.set_state(state)
    assert all(torch.equal(next(again), batch) for batch in expected)


def test_a_photograph_smaller_than_the_patch_is_refused_with_its_name_and_size() -> None:
    with pytest.raises(
        SmallerThanPatch, match=r"numbered\.png is 40×30 px, too small for a patch of 32 px.*30 or less"
    ):
        crops(numbered(30, 40), patch=32)


def shipped(*photographs: Photograph, seed: int = 1, step: int = 0, candidates: int = 1) -> ShippedCrops:
    return ShippedCrops(list(photographs), 8, 4, candidates, seed=seed, step=step, device=torch.device("cpu"))


def test_photographs_that_fit_lie_on_the_device_and_others_are_cut_where_they_are(recipe: Recipe) -> None:
    photographs = [numbered(30, 40), numbered(30, 41)]
    needed = 3 * 30 * (40 + 41)
    for room, kind in ((needed, Crops), (needed - 1, ShippedCrops)):
        found = crops_of(photographs, recipe, torch.Generator().manual_seed(1), first_step=0, room=room)
        assert type(found) is kind
        assert next(found).shape == (recipe.batch, 3, recipe.patch, recipe.patch)


def test_batches_that_are_sent_follow_from_seed_and_step_alone() -> None:
    source = shipped(numbered(30, 40))
    batches = [next(source) for _ in range(5)]
    later = shipped(numbered(30, 40), step=3)
    assert torch.equal(next(later), batches[3])
    assert torch.equal(next(later), batches[4])
    assert len({batch.sum().item() for batch in batches}) == 5
    assert not torch.equal(next(shipped(numbered(30, 40), seed=2)), batches[0])


def test_a_recipe_s_candidates_count_wherever_the_photographs_lie(recipe: Recipe) -> None:
    pixels = torch.full((64, 64, 3), 90, dtype=torch.uint8)
    pixels[-1] = torch.arange(64).unsqueeze(1) % 2 * 255
    recipe = recipe.model_copy(update={"patch": 8, "candidates": 64})
    for room in (10**6, 0):
        source = crops_of(
            [Photograph("a wire.png", pixels)], recipe, torch.Generator().manual_seed(1), first_step=0, room=room
        )
        assert all(crop.std() > 0.1 for crop in next(source)), "of 3,249 places, 57 show the wire"


def test_batches_that_are_sent_hold_crops_like_any_others() -> None:
    (crop, *_) = (next(shipped(numbered(8, 8))) * 255).round().to(torch.uint8)
    assert any(torch.equal(crop, view) for view in symmetries(numbered(8, 8).pixels.permute(2, 0, 1)))
