"""The tests keep rules too: where they lie, how they are named, and that none is silently left out."""

import ast
from pathlib import Path

import pytest

from tests.house import suite
from tests.house.test_code import ROOT

BY_NAME = {rule.__name__: rule for rule in suite.RULES}
FILES = sorted((ROOT / "tests").rglob("*.py"))
ROOMS = frozenset(path.stem for path in (ROOT / "app").iterdir() if path.is_dir() or path.suffix == ".py")


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_file_of_tests_keeps_the_rule(name: str) -> None:
    told = []
    for path in FILES:
        told += BY_NAME[name](path.relative_to(ROOT).as_posix(), _parsed(path), ROOMS)
    assert not told, "\n".join(told)


def test_every_test_asserts_or_calls_what_does() -> None:
    told = list(suite.silent({path.relative_to(ROOT).as_posix(): _parsed(path) for path in FILES}))
    assert not told, "\n".join(told)


def test_a_test_that_only_calls_something_is_told() -> None:
    texts = {
        "tests/a.py": "def test_one():\n    f()\ndef test_two():\n    two()\ndef test_three():\n    b.looked(1)",
        "tests/b.py": "def looked(x):\n    _so(x)\ndef _so(x):\n    assert x\ndef two():\n    pass",
        "tests/c.py": "def test_four():\n    with pytest.raises(E):\n        f()\ndef test_five():\n    x = 1",
    }
    told = list(suite.silent({place: ast.parse(text) for place, text in texts.items()}))
    silent = ["tests/a.py:1 test_one", "tests/a.py:3 test_two", "tests/c.py:4 test_five"]
    assert told == [f"{one} cannot fail" for one in silent]


def test_every_file_of_tests_says_what_it_is() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)) or not text.strip(), path


@pytest.mark.parametrize(
    ("name", "place", "text"),
    [
        ("a_test_lies_beside_its_room", "tests/kitchen/test_x.py", ""),
        ("a_test_lies_beside_its_room", "tests/test_kitchen.py", ""),
        ("a_tests_name_is_a_sentence", "tests/web/test_x.py", "def test_login():\n    assert f()"),
        ("a_name_is_taken_once", "tests/web/test_x.py", "def test_a():\n    f()\ndef test_a():\n    g()"),
        ("a_skipped_test_says_why", "tests/web/test_x.py", "@pytest.mark.skip\ndef test_a():\n    f()"),
        ("a_skipped_test_says_why", "tests/web/test_x.py", "@pytest.mark.skipif(True)\ndef test_a():\n    f()"),
        ("a_skipped_test_says_why", "tests/web/test_x.py", "def test_a():\n    pytest.skip()"),
        (
            "a_skipped_test_says_why",
            "tests/web/test_x.py",
            "@pytest.mark.xfail(reason='broken')\ndef test_a():\n    f()",
        ),
    ],
)
def test_a_test_that_breaks_a_rule_is_told(name: str, place: str, text: str) -> None:
    assert list(BY_NAME[name](place, ast.parse(text), ROOMS))


def test_a_test_that_says_why_it_is_skipped_is_let_be() -> None:
    text = "@pytest.mark.skipif(x, reason='needs a GPU that can do it')\ndef test_a_gpu_trains_as_well():\n    f()"
    assert not [one for rule in suite.RULES for one in rule("tests/trainer/test_x.py", ast.parse(text), ROOMS)]
    assert not list(suite.a_test_lies_beside_its_room("tests/test_media.py", ast.parse(""), ROOMS))


def test_every_rule_for_tests_was_broken_once_above() -> None:
    (marks,) = test_a_test_that_breaks_a_rule_is_told.pytestmark  # type: ignore[attr-defined]
    assert {name for name, _, _ in marks.args[1]} == BY_NAME.keys()
