"""The arrows between the rooms, and which library is known where."""

import ast

import pytest

from tests.house import imports
from tests.house.test_code import FILES, ROOT

BY_NAME = {rule.__name__: rule for rule in imports.RULES}
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_file_imports_only_what_its_room_may(name: str) -> None:
    told = [complaint for place, tree in TREES.items() for complaint in BY_NAME[name](place, tree)]
    assert not told, "\n".join(told)


def test_every_exception_is_used() -> None:
    told = list(imports.exceptions_without_use(TREES))
    assert not told, "\n".join(told)
    assert "the trainer takes nothing from app.media" in imports.exceptions_without_use({})
    assert "app.cli takes nothing from typer" in imports.exceptions_without_use({})


def test_the_page_on_architecture_names_the_trainers_doors() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = " ".join(page.split("enters app only through", 1)[1].split("```", 1)[0].split())
    assert set(told.replace(" and ", ", ").split(", ")) == {door.removeprefix("app.") for door in imports.TRAINER_MAY}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert not list(imports.circles(TREES))


@pytest.mark.parametrize(
    ("name", "place", "text"),
    [
        ("the_trainer_enters_by_its_doors", "trainer/x.py", "from app.jobs.store import claim"),
        ("the_trainer_enters_by_its_doors", "trainer/x.py", "from app.jobs import brand_new"),
        ("the_trainer_enters_by_its_doors", "trainer/x.py", "import app.db.models"),
        ("the_trainer_enters_by_its_doors", "trainer/x.py", "def f():\n    from app import web"),
        ("statistics_know_arrays_alone", "app/analysis/x.py", "from sqlalchemy import select"),
        ("statistics_know_arrays_alone", "app/analysis/x.py", "import pydantic"),
        ("statistics_know_arrays_alone", "app/analysis/x.py", "import pandas as pd"),
        ("statistics_know_arrays_alone", "app/analysis/x.py", "from app.results import tally"),
        ("a_library_stays_in_its_rooms", "app/web/x.py", "import httpx2"),
        ("a_library_stays_in_its_rooms", "app/studies/x.py", "from starlette.requests import Request"),
        ("a_library_stays_in_its_rooms", "app/db/x.py", "import uvicorn"),
        ("a_library_stays_in_its_rooms", "trainer/x.py", "from sqlalchemy import select"),
        ("the_platform_knows_no_network", "app/jobs/x.py", "def f():\n    import torch"),
        ("the_platform_knows_no_network", "app/jobs/x.py", "from trainer.train import train"),
    ],
)
def test_an_import_that_a_room_may_not_make_is_told(name: str, place: str, text: str) -> None:
    assert list(BY_NAME[name](place, ast.parse(text)))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("trainer/x.py", "import app\nfrom app import log, __version__\nfrom app.jobs import objective"),
        ("trainer/x.py", "from app.jobs.contract import Recipe\nfrom app.media import Media\nimport torch"),
        (
            "app/analysis/x.py",
            "import math\nimport numpy as np\nfrom scipy.stats import t\nfrom app.errors import BadInput",
        ),
        ("app/simulation/x.py", "import httpx2"),
        ("app/cli/x.py", "import uvicorn\nfrom fastapi import FastAPI"),
    ],
)
def test_an_import_that_a_room_may_make_is_let_be(place: str, text: str) -> None:
    assert not [complaint for rule in imports.RULES for complaint in rule(place, ast.parse(text))]


def test_a_circle_is_told_once_with_all_who_stand_in_it() -> None:
    texts = {
        "app/one.py": "from app.two import b",
        "app/two.py": "def f():\n    from app import three",
        "app/three.py": "import app.one",
        "app/four.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.five import x",
        "app/five.py": "from app.four import y",
    }
    trees = {place: ast.parse(text) for place, text in texts.items()}
    assert list(imports.circles(trees)) == ["a circle: app.one, app.three, app.two"]
