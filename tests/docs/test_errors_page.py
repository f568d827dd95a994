"""Every error has a name of its own, a title, something to do next, and its row in docs/errors.md."""

import ast
import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

import app
import trainer
from app.errors import AppError
from tests.docs.pages import ROOT, read, table

LONGEST_TITLE = 120


@pytest.fixture(scope="module")
def errors() -> list[type[AppError]]:
    for package in (app, trainer):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name != "app.cli.__main__":  # runs the command line
                importlib.import_module(found.name)
    ours = {kind for kind in _below(AppError) if kind.__module__.partition(".")[0] in ("app", "trainer")}
    return sorted(ours, key=lambda kind: kind.kind())


def _below(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for derived in kind.__subclasses__():
        yield from _below(derived)


def test_no_two_errors_share_a_name(errors: list[type[AppError]]) -> None:
    assert len(errors) > 120
    assert [kind for kind, times in Counter(error.kind() for error in errors).items() if times > 1] == []


def test_a_name_is_split_where_its_words_begin() -> None:
    class NotAPNGPicture(AppError):
        """A picture is no PNG."""

    assert NotAPNGPicture.kind() == "not-apng-picture"
    assert type("NotAFolder", (AppError,), {}).kind() == "not-a-folder"  # type: ignore[attr-defined]


def test_the_title_of_every_error_is_one_plain_sentence(errors: list[type[AppError]]) -> None:
    assert [error.__name__ for error in errors if not vars(error).get("__doc__")] == []
    titles = {error.__name__: error.title() for error in errors}
    assert {name: title for name, title in titles.items() if not _is_plain_sentence(title)} == {}


def _is_plain_sentence(title: str) -> bool:
    return title[0].isupper() and title.endswith(".") and len(title) <= LONGEST_TITLE and "``" not in title


def test_every_error_says_what_to_do_next(errors: list[type[AppError]]) -> None:
    ours = {error.__name__ for error in errors}
    tell_themselves = {error.__name__ for error in errors if error.__init__ is not AppError.__init__}
    to_the_base = {error.__name__ for error in errors if error.__mro__[1].__init__ is AppError.__init__}  # type: ignore[misc]
    silent, seen = [], 0
    for file in sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "trainer").rglob("*.py")]):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call in (*_made(tree, ours - tell_themselves), *_handed_on(tree, to_the_base)):
            seen += 1
            if not _has_fix(call):
                silent.append(f"{file.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)[:80]}")
    assert silent == []
    assert seen > 150


def _made(tree: ast.AST, plain: set[str]) -> list[ast.Call]:
    """Where errors without an ``__init__`` of their own are made."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in plain]


def _handed_on(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    """Where an error's own ``__init__`` hands its sentences to the base."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name in names]
    calls = [node for kind in classes for node in ast.walk(kind) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func) == "super().__init__"]


def _has_fix(call: ast.Call) -> bool:
    fixes = [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "fix")]
    return bool(fixes) and not (isinstance(fixes[0], ast.Constant) and not fixes[0].value)


def test_the_page_lists_every_error_with_its_status_and_its_title(errors: list[type[AppError]]) -> None:
    told = [row[:3] for row in table(read("errors.md"), "Kind")]
    true = [(_anchored(error.kind()), str(error.status), error.title()) for error in errors]
    assert [row for row in true if row not in told] == [], "docs/errors.md lacks these, or tells them otherwise"
    assert [row for row in told if row not in true] == [], "docs/errors.md tells of these, and there are none such"
    assert len(told) == len(set(told))


def _anchored(kind: str) -> str:
    return f'<a id="{kind}"></a>`{kind}`'


def test_the_page_says_what_to_do_about_each() -> None:
    for kind, _, title, todo in table(read("errors.md"), "Kind"):
        assert todo.endswith("."), kind
        assert todo != title, kind
