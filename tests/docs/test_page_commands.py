"""Whatever a page of the desk changes can be changed by a command: docs/commands.md says by which, or why by none."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

import pytest
import typer
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.cli import program
from app.db import Database
from app.media import Media
from app.settings import Settings
from app.web.app import create_app
from tests.docs import pages, test_commands

PAGE = "commands.md"
READS = {"GET", "HEAD"}
NONE = "none: "
DOORS = ("app.cli.", "app.web.")
OTHERWISE = {  # a page and a command that come to the same by different ways
    "POST /admin/account/issuer": "the page leads to the issuer, which says who somebody is; the machine is told",
    "POST /admin/trainings/{job_id}/cancel": "the page is one job's, the command takes many, all or none",
    "POST /admin/trainings/{job_id}/retry": "the page is one job's, the command takes many, all or none",
    "POST /admin/studies/new": "the form asks for the little that a draft needs, the file may say everything",
    "POST /admin/studies/{study_id}/choice": "the file says settings and pictures together, and they change together",
    "POST /admin/studies/{study_id}/protocol": "the file says settings and pictures together, and they change together",
}
ROWS = {cells[0].strip("`"): cells[1] for cells in pages.table(pages.read(PAGE), "page")}


@pytest.fixture(scope="module")
def handlers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What answers every request of the desk's pages that is no mere look, by method and path."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    web: FastAPI = create_app(settings, Database(settings.database), Media(settings.media))
    return {
        f"{method} {route.path}": route.endpoint
        for route in iter_route_contexts(web.routes)
        for method in (route.methods or set()) - READS
        if route.path.startswith("/admin")
    }


def test_every_page_that_changes_something_names_its_command(handlers: dict[str, Any]) -> None:
    assert len(handlers) > 50
    unsaid = [f"| `{name}` | … |" for name in sorted(handlers.keys() - ROWS)]
    assert not unsaid, "write into docs/commands.md, with the command:\n" + "\n".join(unsaid)
    assert not ROWS.keys() - handlers.keys(), "these pages are gone; take them out of docs/commands.md"


@pytest.mark.parametrize("page", ROWS)
def test_the_command_of_a_page_is_there_with_the_option_that_is_named(page: str) -> None:
    told = ROWS[page]
    if told.startswith(NONE):
        assert len(told) > len(NONE) + 20, "say why"
        return
    name, options = named(told)
    rows = test_commands.KNOWN[name][1]
    for option in options:
        assert any(option in row.split("`")[1].split(", ") for row in rows), f"{name} has no {option}"


@pytest.mark.parametrize("page", [page for page, told in ROWS.items() if not told.startswith(NONE)])
def test_a_page_and_its_command_call_one_service(page: str, handlers: dict[str, Any]) -> None:
    name, _ = named(ROWS[page])
    shared = services(handlers[page]) & services(callbacks()[name])
    assert bool(shared) is not (page in OTHERWISE), f"{page} and {name} share {shared or 'nothing'}"


def named(told: str) -> tuple[str, list[str]]:
    """The command and the options of a cell."""
    words = told.strip("`").split()
    return " ".join(word for word in words if not word.startswith("--")), [one for one in words if one.startswith("--")]


@cache
def callbacks() -> dict[str, Callable[..., Any]]:
    """What every command runs."""
    found = test_commands.of_typer(typer.main.get_command(program()), "beholder")
    return {name: inspect.unwrap(command.callback) for name, command in found}


def services(start: Callable[..., Any]) -> set[str]:
    """The functions that it calls, itself or by others of its door, and that change something or foresee a change.

    What changes something asks in whose name.
    """
    found, seen, pending = set[str](), set[Any](), [start]
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        for called in calls(current):
            if called.__module__.startswith(DOORS):
                pending.append(called)
            if "by" in inspect.signature(called).parameters or "foresee" in called.__name__:
                found.add(f"{called.__module__}.{called.__qualname__}")
    return found


def calls(function: Callable[..., Any]) -> Iterator[FunctionType]:
    """The functions of the program that it names, inside it or as what it imports."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names: dict[str, Any] = dict(vars(import_module(function.__module__)))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = import_module(node.module)
            for one in node.names:
                found = getattr(module, one.name, None) or import_module(f"{node.module}.{one.name}")
                names[one.asname or one.name] = found
    for node in ast.walk(tree):
        found = None
        if isinstance(node, ast.Name):
            found = names.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            holder = names.get(node.value.id)
            found = getattr(holder, node.attr, None) if isinstance(holder, ModuleType) else None
        found = inspect.unwrap(found) if callable(found) else None
        if isinstance(found, FunctionType) and found.__module__.startswith("app."):
            yield found
