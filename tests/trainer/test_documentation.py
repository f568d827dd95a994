"""docs/training-models.md says what the code does."""

import re

import pytest
import yaml

from app.catalog import TASKS
from app.jobs.contract import Network, Recipe
from app.jobs.presets import PRESETS
from tests.trainer.conftest import ROOT
from trainer import exits

TEXT = (ROOT / "docs" / "training-models.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table that begins with that heading."""
    table = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in row.strip("| ").split(" | ")] for row in table]


def test_every_key_of_a_recipe_is_documented_with_its_default() -> None:
    documented = {row[0]: row[1] for row in rows("key")}
    fields = {name: field.default for name, field in Recipe.model_fields.items() if name != "network"}
    fields |= {f"network.{name}": field.default for name, field in Network.model_fields.items()}
    assert documented.keys() == fields.keys() | {"preset", "stage"}
    for name, default in fields.items():
        if isinstance(default, float):
            assert float(documented[name]) == pytest.approx(default)
        elif isinstance(default, int | str):
            assert yaml.safe_load(documented[name]) == default  # as it is written in a recipe


def test_every_preset_is_documented_with_its_sizes() -> None:
    documented = {row[0]: row for row in rows("preset")}
    assert documented.keys() == PRESETS.keys()
    for name, preset in PRESETS.items():
        for task in TASKS:
            network = preset.network[task]
            assert {str(network.channels), str(network.blocks)} <= set(re.findall(r"\d+", documented[name][1]))
            for size, cell in zip(preset.stages[task], documented[name][2:4], strict=True):
                said = documented[name][2] if cell == "the same" else cell
                assert said == f"{size.steps:,} steps, {size.batch} crops of {size.patch} px"


def test_every_task_and_every_exit_code_is_documented() -> None:
    assert [row[0] for row in rows("task")] == list(TASKS)
    codes = (exits.DONE, exits.REFUSED, exits.NO_ROOM, exits.STOPPED)
    assert [row[0] for row in rows("code")] == [*map(str, codes), "other"]
