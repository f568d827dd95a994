"""Every block of every page that can run is run, in the order of the page, in an installation of its own."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.db import Database
from app.media import Media
from app.settings import Settings
from app.studies import service
from app.studies.protocol import Protocol
from tests.docs import blocks, pages
from tests.studies.pictures import fill

ELSEWHERE = re.compile(r"^<!-- the blocks of this page are run by (\S+) -->", re.MULTILINE)
SLOW = re.compile(r"^<!-- slow: .+ -->", re.MULTILINE)
ON_ONE_DATABASE = {"README.md", "commands.md"}  # the commands that they tell have tests of their own on either
LONG = (pytest.mark.slow, pytest.mark.one_database, pytest.mark.timeout(900))
NAMED = re.compile(r"\btests/[\w/]+\.py(?:::\w+)?")


def followed() -> list[object]:
    """The pages that have something to run, with each command from nothing, as a person's would be, and without."""
    found = []
    for page in pages.PAGES:
        text = page.read_text(encoding="utf-8")
        if any(block.runs for block in blocks.blocks(text)) and not ELSEWHERE.search(text):
            found.append(pytest.param(page, True, id=f"{pages.place(page)} from nothing", marks=LONG))
            marks = [pytest.mark.quick_twin, *([pytest.mark.one_database] if page.name in ON_ONE_DATABASE else [])]
            if not SLOW.search(text):
                found.append(pytest.param(page, False, id=pages.place(page), marks=marks))
    return found


@pytest.fixture
def folder(settings: Settings, database: Database, media: Media, tmp_path: Path) -> Path:
    """Where a page is followed: CONTRIBUTING.md says what lies there."""
    for where, names in (("train", ("boat", "cat", "city")), ("test", ("dog", "lake"))):
        (tmp_path / "photos" / where).mkdir(parents=True)
        for number, name in enumerate(names):
            coarse = np.random.default_rng(number).integers(0, 256, (12, 12, 3), dtype=np.uint8)
            smooth = Image.fromarray(coarse).resize((264, 264), Image.Resampling.BICUBIC)
            smooth.save(tmp_path / "photos" / where / f"{name}.png")
    fill(tmp_path / "pictures")
    for name in ("boat.png", "cat.png"):
        Image.open(tmp_path / "pictures/denoise/reference" / name).save(tmp_path / name)
    (tmp_path / "votes.csv").write_text(
        "task,scene,condition_a,condition_b,winner,subject\n"
        + "".join(
            f"denoise,{scene},mae,gmsd,{'b' if (subject + len(scene)) % 4 else 'a'},{subject}\n"
            for scene in ("boat", "city", "parrot", "flower", "harbour", "lighthouse")
            for subject in range(5)
        )
    )
    service.create(database, title="A first study", protocol=Protocol())
    database.close()
    return tmp_path


@pytest.mark.parametrize(("page", "from_nothing"), followed())
def test_a_page_can_be_followed_from_top_to_bottom(
    page: Path, from_nothing: bool, folder: Path, settings: Settings, request: pytest.FixtureRequest
) -> None:
    text = page.read_text(encoding="utf-8")
    commands = None if from_nothing else request.getfixturevalue("commands")
    came = blocks.follow(
        text, folder, seconds=840 if from_nothing else 280, database=settings.database_url, commands=commands
    )
    assert came.code == 0, f"{pages.place(page)}: {came.complaint()}"
    for line, shown in blocks.expectations(text).items():
        said = f"{pages.place(page)}, line {line}, shows\n{shown}\nbut it was\n{came.outputs[line]}"
        assert blocks.as_shown(shown, came.outputs[line]), said


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.place)
def test_every_block_has_a_known_language_and_every_exemption_a_reason(page: Path) -> None:
    assert not blocks.misfits(page.read_text(encoding="utf-8"))


def exemptions() -> list[object]:
    """Every block that is not run, its place and reason as the test's name: `pytest -v` lists them."""
    return [
        pytest.param(reason, id=f"{pages.place(page)}:{line} {reason}")
        for page in pages.PAGES
        for line, reason in blocks.exempted(page.read_text(encoding="utf-8")).items()
    ]


@pytest.mark.parametrize("reason", exemptions())
def test_a_block_that_is_not_run_is_left_to_a_test_that_exists(reason: str) -> None:
    for name in NAMED.findall(reason):
        assert exists(name), f"{name} is not there"


def test_a_page_whose_blocks_are_run_elsewhere_names_a_test_that_exists() -> None:
    for page in pages.PAGES:
        for name in ELSEWHERE.findall(page.read_text(encoding="utf-8")):
            assert exists(name), f"{pages.place(page)} leaves its blocks to {name}, which is not there"


def exists(name: str) -> bool:
    """Whether there is such a test."""
    file, _, test = name.partition("::")
    path = pages.ROOT / file
    return path.is_file() and (not test or f"def {test}(" in path.read_text(encoding="utf-8"))


PAGE = """
Make it:

```bash
export WHO=ada
mkdir made; cd made
```

```python
from pathlib import Path

Path("one.txt").write_text("one")
```

```yaml
# two.yaml
two: 2
```

```bash
echo "$WHO has"; ls
```

```text
ada …
one.txt
two.yaml
```

<!-- not run: it would make a mess -->
```bash
rm -rf made
```
"""


def test_blocks_of_a_page_share_what_they_make(tmp_path: Path) -> None:
    came = blocks.follow(PAGE, tmp_path, seconds=60)
    assert came.code == 0, came.complaint()
    ((line, shown),) = blocks.expectations(PAGE).items()
    assert blocks.as_shown(shown, came.outputs[line])
    assert not blocks.as_shown("ada has\n", came.outputs[line])
    assert (tmp_path / "made").exists()


def test_a_block_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    came = blocks.follow("\n\n```bash\nfalse | true\n```\n\n```bash\necho never\n```\n", tmp_path, seconds=60)
    assert came.code == 1
    assert "line 3 ended with 1" in came.complaint()


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("```\nplain\n```", "line 1: no language is none of"),
        ("```perl\n1;\n```", "line 1: perl is none of"),
        ("<!-- not run: long -->\n```bash\nsleep 9\n```", "line 2: not run, but why?"),
    ],
)
def test_a_block_that_says_too_little_about_itself_is_refused(page: str, complaint: str) -> None:
    assert blocks.misfits(page)[0].startswith(complaint)


def test_a_test_that_is_gone_is_not_named() -> None:
    assert exists("tests/docs/test_blocks.py::test_a_test_that_is_gone_is_not_named")
    assert not exists("tests/docs/test_blocks.py::test_nothing_at_all")
    assert not exists("tests/docs/test_clocks.py")
