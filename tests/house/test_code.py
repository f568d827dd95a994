"""Every Python file keeps the rules of the house."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import code

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for room in ("app", "trainer", "migrations") for path in (ROOT / room).rglob("*.py"))
BY_NAME = {rule.__name__: rule for rule in code.RULES}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_file_keeps_the_rule(name: str) -> None:
    told = []
    for path in FILES:
        told += BY_NAME[name](path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
    assert not told, "\n".join(told)


def test_every_exception_is_still_needed() -> None:
    long = dict(code.LONG_FUNCTIONS)
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > code.FUNCTION_LINES:
                long.pop(f"{path.relative_to(ROOT).as_posix()}: {node.name}", None)
    assert not long
    trees = {place: ast.parse((ROOT / place).read_text(encoding="utf-8")) for place in code.FACADES}
    assert [place for place, tree in trees.items() if "__all__" not in code.module_names(tree)] == []


@pytest.mark.parametrize("room", ["app/analysis", "app/results"])
def test_the_first_lines_of_a_large_room_tell_of_every_file_in_it(room: str) -> None:
    door = ROOT / room / "__init__.py"
    told = list(
        code.untold(room, ast.parse(door.read_text(encoding="utf-8")), [p.stem for p in door.parent.glob("*.py")])
    )
    assert not told, "\n".join(told)


def test_a_file_that_its_room_does_not_tell_of_and_one_that_is_gone_are_told() -> None:
    tree = ast.parse('"""A room: ``here`` and ``gone``."""')
    assert list(code.untold("app/x", tree, ["__init__", "here", "new"])) == [
        "app/x does not tell of new", "app/x tells of gone, which is not there",
    ]  # fmt: skip


@pytest.mark.parametrize("module", ["app.web.app", "app.cli", "app.jobs.dispatcher"])
def test_the_platform_starts_without_torch(module: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; sys.exit('torch' in sys.modules)"], cwd=ROOT, check=False
    )
    assert found.returncode == 0


DOC = '"""A room."""\n'
BROKEN = [
    ("a_name_is_taken_from_where_it_is_defined", "app/x.py", "from app.y import f\n__all__ = ['f']"),
    ("nothing_is_printed", "app/x.py", "def f():\n    print(1)"),
    ("nothing_is_printed", "trainer/x.py", "from pprint import pprint\npprint({})"),
    ("time_comes_from_the_clock", "app/x.py", "at = datetime.now(UTC)"),
    ("time_comes_from_the_clock", "app/x.py", "at = datetime.datetime.utcnow()"),
    ("time_comes_from_the_clock", "app/x.py", "at = datetime.date.today()"),
    ("time_comes_from_the_clock", "trainer/x.py", "at = time.time()"),
    ("time_comes_from_the_clock", "trainer/x.py", "from time import time"),
    ("commits_stay_in_the_database_room", "app/jobs/x.py", "def f(db):\n    db.commit()"),
    ("commits_stay_in_the_database_room", "app/web/x.py", "def f(self):\n    self.db.rollback()"),
    ("nothing_happens_at_import", "app/x.py", "SETTINGS = Settings()"),
    ("nothing_happens_at_import", "app/x.py", "settings: Settings = app.settings.Settings(data_dir='x')"),
    ("nothing_happens_at_import", "app/x.py", "if True:\n    TEXT = Path('x').read_text()"),
    ("nothing_happens_at_import", "app/x.py", "class A:\n    database = Database('sqlite://')"),
    ("nothing_happens_at_import", "app/x.py", "HOME = os.getenv('HOME')"),
    ("no_module_keeps_state", "app/x.py", "SEEN = {}"),
    ("no_module_keeps_state", "app/x.py", "seen: list[int] = []"),
    ("no_module_keeps_state", "app/x.py", "seen = collections.defaultdict(int)"),
    ("no_module_keeps_state", "app/x.py", "seen = {1: 2}\ndef f():\n    seen[2] = 3"),
    ("no_module_keeps_state", "app/x.py", "seen = {1, 2}\ndef f():\n    seen.add(3)"),
    ("no_module_keeps_state", "app/x.py", "seen = 0\ndef f():\n    global seen\n    seen = 1"),
    ("a_file_says_what_it_is_and_stays_short", "app/x.py", "x = 1\n" * 301),
    ("functions_stay_short", "trainer/x.py", "def f():\n" + "    x = 1\n" * 41),
    ("a_name_says_what_is_inside", "app/utils.py", ""),
    ("a_name_says_what_is_inside", "app/helpers/dates.py", ""),
    ("a_name_says_what_is_inside", "trainer/_common.py", ""),
    ("markup_says_why_it_is_safe", "app/web/x.py", "def f(text):\n    return Markup(text)"),
]
SOUND = [
    ("time_comes_from_the_clock", "app/x.py", "at = time.monotonic() + time.perf_counter() + clock.now()"),
    ("time_comes_from_the_clock", "app/clock.py", "def now():\n    return datetime.now(UTC)"),
    ("commits_stay_in_the_database_room", "app/db/engine.py", "def f(db):\n    db.commit()"),
    ("nothing_happens_at_import", "app/x.py", "def f():\n    return Settings()"),
    ("no_module_keeps_state", "app/x.py", "TABLE = {'a': 1}\ndef f(rows):\n    TABLE = []\n    TABLE.append(rows)"),
    ("a_file_says_what_it_is_and_stays_short", "app/x.py", "x = 1\n" * 299),
    ("functions_stay_short", "trainer/x.py", "def f():\n" + "    x = 1\n" * 39),
]


@pytest.mark.parametrize(("name", "place", "text"), BROKEN)
def test_what_breaks_a_rule_is_told(name: str, place: str, text: str) -> None:
    source = text if name.startswith("a_file_says") and len(text) > 2000 else DOC + text
    assert list(BY_NAME[name](place, ast.parse(source)))


@pytest.mark.parametrize(("name", "place", "text"), SOUND)
def test_what_keeps_a_rule_is_let_be(name: str, place: str, text: str) -> None:
    assert not list(BY_NAME[name](place, ast.parse(DOC + text)))


def test_a_file_that_does_not_say_what_it_is_is_told() -> None:
    assert list(code.a_file_says_what_it_is_and_stays_short("app/x.py", ast.parse("x = 1")))


def test_every_rule_has_been_broken_once() -> None:
    assert {name for name, _, _ in BROKEN} == BY_NAME.keys()
