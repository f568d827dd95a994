"""The rules of CONTRIBUTING.md that a machine can read."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for room in ("app", "trainer", "migrations") for path in (ROOT / room).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in FILES]


def _calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every call in the tree by its dotted name, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


@pytest.mark.parametrize("path", CODE)
def test_time_comes_from_the_clock_and_commits_from_the_database_room(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    for name, line in _calls(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{place}:{line} calls {name}"
        if place != "app/clock.py":
            assert not name.endswith(("datetime.now", "datetime.utcnow", "date.today")), where
        if not place.startswith(("app/db/", "migrations/")):
            assert not name.endswith((".commit", ".rollback")), where


@pytest.mark.parametrize("path", CODE)
def test_nothing_is_opened_or_read_at_import(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_import = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.If))]
    if path.name == "env.py":
        return  # Alembic's own entry point is a script
    for node in at_import:
        for name, line in _calls(node):
            assert name not in {"Settings", "Database", "Media", "open", "create_engine", "log.configure"}, (
                f"{path.relative_to(ROOT)}:{line} calls {name} at import"
            )


@pytest.mark.parametrize("path", CODE)
def test_a_file_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{path} does not say what room this is"
    assert text.count("\n") <= 300 or "migrations" in path.parts  # history is not edited for its looks


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in TEMPLATES])
def test_a_template_extends_another_or_is_a_part(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lstrip()
    whole = "<!doctype" in text.lower()
    assert path.name == "base.html" or not whole, f"{path} is a page of its own: extend base.html"


@pytest.mark.parametrize("module", ["app.web.app", "app.cli", "app.jobs.dispatcher"])
def test_the_platform_starts_without_torch(module: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; sys.exit('torch' in sys.modules)"], cwd=ROOT, check=False
    )
    assert found.returncode == 0
