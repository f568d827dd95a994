"""A checkpoint is there whole or not at all, and a damaged one is never mistaken for a whole one."""

import errno
import json
from importlib.metadata import version
from pathlib import Path

import pytest
import torch

from app.jobs.contract import Recipe
from trainer.checkpoint import (
    CheckpointDamaged,
    Keeper,
    NoCheckpoint,
    OtherRecipe,
    checkpoints_in,
    load,
    newest_whole,
)
from trainer.files import CannotWrite, write_whole


@pytest.fixture
def keeper(recipe: Recipe, tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "run", recipe, seconds=300)


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1  # one bit
    path.write_bytes(data)


def test_a_checkpoint_comes_back_as_it_was_saved(keeper: Keeper, recipe: Recipe) -> None:
    weights = torch.randn(3, 4)
    path, sidecar = keeper.save(8, {"weights": weights, "step": 8})
    checkpoint = load(path)
    assert torch.equal(checkpoint.state["weights"], weights)
    assert checkpoint.sidecar == sidecar
    assert (sidecar.step, sidecar.recipe_hash, sidecar.recipe) == (8, recipe.hash, recipe)
    assert sidecar.versions["torch"] == version("torch")


def test_a_checkpoint_from_before_its_versions_were_noted_is_still_read(keeper: Keeper, recipe: Recipe) -> None:
    path, sidecar = keeper.save(8, {"network": {}, "step": 8})
    older = sidecar.model_dump(mode="json", include={"sha256", "step", "recipe_hash", "recipe"})
    path.with_suffix(".json").write_text(json.dumps(older))
    assert newest_whole(path, recipe) == load(path)
    assert (load(path).sidecar.versions, load(path).weights) == ({}, {})


def test_the_newest_two_are_kept_counted_by_step_and_not_by_name(keeper: Keeper) -> None:
    for step in (8, 9, 10):
        keeper.save(step, {"step": step})
    assert [path.name for path in checkpoints_in(keeper.folder)] == ["checkpoint-10.pt", "checkpoint-9.pt"]
    assert sorted(path.name for path in keeper.folder.iterdir()) == sorted(
        ["checkpoint-10.json", "checkpoint-10.pt", "checkpoint-9.json", "checkpoint-9.pt"]
    )


def test_a_single_wrong_bit_is_noticed(keeper: Keeper) -> None:
    path, _ = keeper.save(1, {"weights": torch.zeros(100)})
    damage(path)
    with pytest.raises(CheckpointDamaged, match="sha256 is not the one in its sidecar"):
        load(path)


def test_a_checkpoint_whose_sidecar_was_never_written_does_not_count(keeper: Keeper) -> None:
    path, _ = keeper.save(1, {"step": 1})
    path.with_suffix(".json").unlink()
    with pytest.raises(CheckpointDamaged, match=r"checkpoint-1\.json beside it is missing"):
        load(path)


def test_a_damaged_newest_checkpoint_gives_way_to_the_one_before(keeper: Keeper, recipe: Recipe) -> None:
    keeper.save(1, {"step": 1})
    newest, _ = keeper.save(2, {"step": 2})
    damage(newest)
    found = newest_whole(newest, recipe)
    assert found is not None
    assert found.state["step"] == 1


def test_where_no_checkpoint_is_whole_the_training_starts_anew(keeper: Keeper, recipe: Recipe) -> None:
    for step in (1, 2):
        damage(keeper.save(step, {"weights": torch.zeros(9)})[0])
    assert newest_whole(keeper.folder / "checkpoint-2.pt", recipe) is None


def test_a_checkpoint_of_another_recipe_is_refused(keeper: Keeper, recipe: Recipe) -> None:
    path, _ = keeper.save(1, {"step": 1})
    with pytest.raises(OtherRecipe, match="was made under another recipe"):
        newest_whole(path, recipe.model_copy(update={"learning_rate": 0.5}))


def test_a_file_that_would_run_code_is_not_loaded(keeper: Keeper) -> None:
    path, _ = keeper.save(1, {"payload": print})  # a function: harmless here, but nothing that a state may hold
    with pytest.raises(CheckpointDamaged, match=r"(?i)weights.only"):
        load(path)


def test_a_checkpoint_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoCheckpoint, match=r"There is no checkpoint .*checkpoint-9\.pt .*No such file"):
        load(tmp_path / "checkpoint-9.pt")


def test_a_checkpoint_or_a_sidecar_that_cannot_be_read_is_named(keeper: Keeper, recipe: Recipe) -> None:
    first, _ = keeper.save(1, {"step": 1})
    second, _ = keeper.save(2, {"step": 2})
    second.unlink()
    second.symlink_to("/proc/self/mem")  # a file whose first byte nobody may read
    with pytest.raises(NoCheckpoint, match=r"checkpoint-2\.pt to be read \(Input"):
        load(second)
    found = newest_whole(second, recipe)
    assert found is not None
    assert found.path == first
    first.with_suffix(".json").unlink()
    first.with_suffix(".json").symlink_to("/proc/self/mem")
    with pytest.raises(CheckpointDamaged, match="beside it is missing or unreadable"):
        load(first)


def test_what_cannot_be_written_leaves_the_earlier_file_and_no_half(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_whole(path, b"earlier")
    (tmp_path / "result.json.part").mkdir()  # a real obstacle: what is written aside cannot be opened
    with pytest.raises(CannotWrite, match="Is a directory") as refused:
        write_whole(path, b"later")
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.EISDIR
    assert path.read_bytes() == b"earlier"
    with pytest.raises(CannotWrite, match="File name too long"):
        write_whole(tmp_path / ("x" * 300), b"anything")
