"""No sentence stands loose in a template or a script of subjects' pages: each goes through the catalogue."""

import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from jinja2 import Environment, nodes

from app.resources import STATIC, TEMPLATES
from app.web.script_texts import script_texts
from app.web.texts import Texts
from tests.web import messages

PAGES = [path for path in messages.SPEAKING if path.suffix == ".html"] + [TEMPLATES / "base.html"]
_OF_THE_DESK = ("desk.js", "chart.js", "curve.js", "objective.js", "samples.js", "sending.js")
SCRIPTS = [path for path in sorted((STATIC / "js").glob("*.js")) if path.name not in _OF_THE_DESK]
_SAID = ("gettext", "ngettext", "_")
_HEARD = ("title", "alt", "placeholder", "aria-label", "aria-description", "aria-valuetext")
_NAMING = (
    nodes.Assign, nodes.Call, nodes.Compare, nodes.Getitem, nodes.Filter, nodes.List, nodes.Tuple, nodes.Test,
)  # fmt: skip
_ATTRIBUTES = ("lang", "direction", "surface")  # blocks that are no text
_NAMES = ("Beholder", "R")  # the program's own, and a key that is the same in every language


def loose_in_template(source: str) -> list[str]:
    """The words in this template that no catalogue knows."""
    page = _Page()
    page.feed("".join(_plain(Environment(extensions=["jinja2.ext.i18n"]).parse(source))))
    page.close()
    return [text for text in page.told if re.search(r"[^\W\d_]", re.sub(rf"\b({'|'.join(_NAMES)})\b", "", text))]


def _plain(node: nodes.Node) -> Iterator[str]:
    """What the template writes by itself: its own text, and strings that stand in its expressions."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const):
        yield node.value if isinstance(node.value, str) else ""
    elif isinstance(node, _NAMING):
        said = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _SAID
        yield "" if said else " ".join(_sentences(node))
    elif not isinstance(node, (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)) and not _no_text(node):
        for child in node.iter_child_nodes():
            yield from _plain(child)


def _no_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Block) and node.name in _ATTRIBUTES


def _sentences(node: nodes.Node) -> Iterator[str]:
    """Strings handed on to a macro that are more than a name."""
    for child in node.iter_child_nodes():
        if (
            isinstance(child, nodes.Const)
            and isinstance(child.value, str)
            and re.search(r"\w \w|^[A-Z][a-z]+$", child.value)
        ):
            yield child.value
        elif not (isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name in _SAID):
            yield from _sentences(child)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.told += [value for name, value in attrs if name in _HEARD and value]

    def handle_data(self, data: str) -> None:
        self.told.append(data)


def loose_in_script(source: str) -> list[str]:
    """The strings in this script that look like words for a person: several words, or signs that only people read."""
    code = re.sub(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", "", source, flags=re.DOTALL)
    code = re.sub(
        r"new Error\([^\n]*|matchMedia\([^\n]*|\"\([^\"]*\)\"|"
        r"querySelector(All)?\([^\n]*|closest\([^\n)]*\)|\"image/[^\"]*\"",
        "",
        code,
    )  # for programmers
    strings = re.findall(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`", code)
    found = [re.sub(r"\$\{[^}]*\}", "", "".join(groups)) for groups in strings]
    return [
        text for text in found if re.search(r"[A-Za-z]{2}[,.:;]? [a-z]|[^\x00-\x7f×]|[A-Za-z]{2}[.!?]$|^ \w|\w $", text)
    ]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in PAGES])
def test_a_template_of_subjects_pages_holds_no_words_of_its_own(path: Path) -> None:
    assert loose_in_template(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in SCRIPTS])
def test_a_script_of_subjects_pages_holds_no_words_of_its_own(path: Path) -> None:
    assert loose_in_script(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<img alt="a picture">',
        '<p>{{ "ended" if x else "paused" }}</p>',
        '{{ onwards(url, "Begin") }}',
        "<p>{% trans %}Hello{% endtrans %} you</p>",
        "<p>{{ 'All ' ~ n }}</p>",
    ],
)
def test_loose_words_in_a_template_are_found(source: str) -> None:
    assert loose_in_template(source)


@pytest.mark.parametrize(
    "source", ['say("Waiting for you")', "say(`${n} answers`)", 'say("saved ✓")', "say('Stopped.')"]
)
def test_loose_words_in_a_script_are_found(source: str) -> None:
    assert loose_in_script(source)


def test_scripts_declare_exactly_the_texts_that_pages_bring() -> None:
    source = (STATIC / "js/texts.js").read_text(encoding="utf-8")
    declared = source.split("@typedef {{\n")[1].split("}} Texts")[0]
    names = set(re.findall(r"(?:^ \*\s+|, )(\w+): ", declared, flags=re.MULTILINE))
    assert names == set(script_texts(Texts(Locale("en"), NullTranslations())))
    spoken = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    assert {name for name in names if f"texts.{name}" not in spoken} == set()
