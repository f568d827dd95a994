"""docs/commands.md describes every command with every option, as the command describes itself."""

import argparse
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from app.cli import program
from tests.docs import pages
from trainer import arguments, exits

PAGE = "commands.md"
Described = dict[str, tuple[str, dict[str, str]]]  # a command: its sentence, and the line of each argument and option


def sentence(text: str | None) -> str:
    """The first paragraph on one line, as a cell or a sentence of the page."""
    return " ".join((text or "").split("\n\n")[0].replace("``", "`").replace("|", "or").split())


def default_of(default: Any) -> str:
    """A default as the page writes it; nothing where there is none to tell."""
    return "" if default is None or default is False or default == "" else f"`{getattr(default, 'value', default)}`"


def of_typer(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that may be called, by all its words."""
    for word, below in getattr(command, "commands", {}).items():
        yield from of_typer(below, f"{name} {word}")
    if not hasattr(command, "commands"):
        yield name, command


def beholder() -> Described:
    """What typer knows of `beholder`."""
    found: Described = {}
    for name, command in of_typer(typer.main.get_command(program()), "beholder"):
        rows = {}
        for parameter in command.params:
            words = parameter.opts + parameter.secondary_opts
            shown = f"`{', '.join(words) if words[0].startswith('-') else words[0].upper()}`"
            default = "required" if parameter.required else default_of(parameter.default)
            rows[shown] = pages.line((shown, default, sentence(parameter.help)))
        found[name] = sentence(command.help), rows
    return found


def python_trainer() -> Described:
    """What argparse knows of `python -m trainer`."""
    return of_argparse(arguments.parser(), "python -m trainer")


def of_argparse(parser: argparse.ArgumentParser, name: str) -> Described:
    """Every command that may be called, by all its words."""
    (choice,) = below(parser)
    told = {one.dest: one.help for one in choice._choices_actions}
    found: Described = {}
    for word, command in choice.choices.items():
        if below(command):
            found |= of_argparse(command, f"{name} {word}")
            continue
        rows = {}
        for action in command._actions[1:]:  # the first is --help
            shown = f"`{', '.join(action.option_strings) or action.dest.upper()}`"
            default = "required" if action.required else default_of(action.default)
            rows[shown] = pages.line((shown, default, sentence(action.help)))
        found[f"{name} {word}"] = sentence(told[word]), rows
    return found


def below(parser: argparse.ArgumentParser) -> list[Any]:
    """The choice of commands that a parser leaves, if it leaves any."""
    return [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]


KNOWN: Described = beholder() | python_trainer()
SECTIONS = pages.sections(pages.read(PAGE))
DOCUMENTED = {heading.strip("`"): text for heading, text in SECTIONS.items() if heading.startswith("`")}


def test_every_command_has_a_section_and_no_section_is_of_a_command_that_is_gone() -> None:
    assert set(DOCUMENTED) == set(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
def test_a_command_is_described_as_it_describes_itself(name: str) -> None:
    told, rows = KNOWN[name]
    text = DOCUMENTED[name]
    assert text.strip().split("\n\n")[0].replace("\n", " ") == told
    documented = {cells[0]: pages.line(cells) for word in ("argument", "option") for cells in pages.table(text, word)}
    assert not pages.differences(f"docs/{PAGE}, {name}", documented, rows)


@pytest.mark.parametrize("name", KNOWN)
def test_a_command_has_an_example(name: str) -> None:
    assert any(line.startswith(name) for line in DOCUMENTED[name].splitlines()), f"{name} has no example"


def test_every_exit_code_is_documented() -> None:
    documented = {cells[0] for cells in pages.table(SECTIONS["Exit codes"], "code")}
    trainers = (exits.DONE, exits.REFUSED, exits.NO_ROOM, exits.STOPPED)
    assert documented == {f"`{code}`" for code in (1, *trainers)}


def test_the_map_of_the_house_names_every_command_and_every_room() -> None:
    rooms = pages.sections(pages.read("architecture.md"))["The rooms"]
    told = set(re.findall(r"[\w.]+", rooms))
    assert not {name.split()[1] for name in beholder()} - told
    assert not {path.stem for path in (pages.ROOT / "app").iterdir() if path.stem not in _NO_ROOMS} - told


_NO_ROOMS = {"__init__", "__pycache__", "templates", "static", "migrations", "locales"}
