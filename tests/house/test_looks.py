"""Templates, style sheets and scripts keep the rules of the house."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from app.resources import STATIC, TEMPLATES
from app.results.sheet import INKS
from tests.house import looks
from tests.house.test_code import FILES, ROOT
from tests.web.test_look import DARK, LIGHT, tokens


def texts(folder: Path, *suffixes: str) -> dict[str, str]:
    """The texts of the files with those suffixes, by their places in the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in suffixes and "vendor" not in path.parts
    }


PAGES = texts(TEMPLATES, ".html")
SHEETS = texts(STATIC, ".css")
SCRIPTS = texts(STATIC, ".js")
PYTHON = "\n".join(path.read_text(encoding="utf-8") for path in FILES if path.is_relative_to(ROOT / "app"))
MARKUP = "\n".join([*PAGES.values(), *SCRIPTS.values()])

# Figures stand in files of their own, where no token reaches: their colours are named here.
CHARTS = {"app/results/sheet.py", "app/results/palette.py", "app/web/admin/curve.py"}


def test_colours_stand_in_the_tokens_alone() -> None:
    told = [complaint for one in SHEETS.items() for complaint in looks.sheet_without_literal_colours(*one)]
    told += [complaint for one in SCRIPTS.items() for complaint in looks.script_without_literal_colours(*one)]
    assert not told


def test_python_draws_in_the_colours_of_the_charts_alone() -> None:
    for path in FILES:
        place = path.relative_to(ROOT).as_posix()
        if place not in CHARTS:
            assert not re.findall(r"[\"']#[0-9a-fA-F]{3,8}[\"']", path.read_text(encoding="utf-8")), place


@pytest.mark.parametrize(("scheme", "block"), [("light", LIGHT), ("dark", DARK)])
def test_figures_are_drawn_in_the_ink_of_the_desk(scheme: str, block: str) -> None:
    known, ink = tokens(block), INKS[scheme]  # type: ignore[index]
    assert (ink.paper, ink.text, ink.quiet, ink.line) == tuple(known[one] for one in ("panel", "text", "quiet", "line"))


@pytest.mark.parametrize("place", sorted(CHARTS - {"app/results/palette.py"}))  # whose palette is for the colour-blind
def test_sheets_and_curves_know_no_colour_that_is_no_token(place: str) -> None:
    drawn = set(re.findall(r"[\"'](#[0-9a-fA-F]{3,8})[\"']", (ROOT / place).read_text(encoding="utf-8")))
    assert drawn <= {*tokens(LIGHT).values(), *tokens(DARK).values()}


@pytest.mark.parametrize("rule", looks.EACH_TEMPLATE, ids=lambda rule: rule.__name__)
def test_every_template_keeps_the_rule(rule: Callable[[str, str], Iterator[str]]) -> None:
    assert not [complaint for one in PAGES.items() for complaint in rule(*one)]


def test_every_template_extends_another_or_is_part_of_one_that_is_shown() -> None:
    assert not list(looks.templates_belong_together(PAGES, PYTHON))


def test_no_page_is_loaded_anew_under_whoever_fills_in_a_form() -> None:
    assert not list(looks.forms_stay_under_their_writers_hands(PAGES))


@pytest.mark.parametrize("field", ['<input name="a">', "<textarea>", "<select>", '{{ desk.field("A", "a") }}'])
def test_a_form_is_found_also_in_a_part_of_the_page_that_is_loaded_anew(field: str) -> None:
    page = '{% extends "base.html" %}{% include "refreshed.html" %}{% include "form.html" %}'
    parts = {"base.html": "", "refreshed.html": '<meta http-equiv="refresh" content="9">', "form.html": field}
    (told,) = looks.forms_stay_under_their_writers_hands(parts | {"page.html": page})
    assert told.startswith("page.html")
    still = {"form.html": '<input type="hidden" name="a" value="b">'}
    assert not list(looks.forms_stay_under_their_writers_hands(parts | {"page.html": page} | still))


def test_every_class_and_every_property_is_used() -> None:
    assert not list(looks.unused_classes(SHEETS, MARKUP))
    assert not list(looks.unused_properties(SHEETS, MARKUP))


def test_every_static_file_is_asked_for() -> None:
    known = {path.relative_to(STATIC).as_posix(): "" for path in sorted(STATIC.rglob("*")) if path.is_file()}
    assert not list(looks.unreferenced(known | SHEETS | SCRIPTS, "\n".join(PAGES.values())))


@pytest.mark.parametrize(
    "text",
    ["a { color: #fff }", "a { color: #12345678; }", "a { border: 1px solid red; }", "a { background:white }",
     "a { fill: rgb(1 2 3) }", "a { box-shadow: 0 0 2px hsl(1, 2%, 3%) }", "a { outline: 2px solid darkblue }"],
)  # fmt: skip
def test_a_colour_in_a_sheet_is_told(text: str) -> None:
    assert list(looks.sheet_without_literal_colours("css/desk.css", text))
    assert not list(looks.sheet_without_literal_colours("css/tokens.css", text))


@pytest.mark.parametrize(
    "text",
    ["a#add { color: var(--red) }", "a { border: 1px solid currentColor; background: transparent }",
     ".white { margin: 0 } /* #fff */", "a { color: inherit } b { white-space: nowrap }"],
)  # fmt: skip
def test_a_sheet_that_uses_tokens_is_let_be(text: str) -> None:
    told = [one for one in looks.sheet_without_literal_colours("css/desk.css", text) if "#add" not in one]
    assert not told


@pytest.mark.parametrize(
    "text", ["pen.fillStyle = '#fff'", 'pen.strokeStyle = "red"', "box.style.color = `rgb(1, 2, 3)`"]
)
def test_a_colour_in_a_script_is_told(text: str) -> None:
    assert list(looks.script_without_literal_colours("js/x.js", text))


@pytest.mark.parametrize(
    "text",
    ['<p style="margin:0">', "<style>p{}</style>", "<script>go()</script>", '<b onclick="go()">', '<path fill="#fff">',
     '<path stroke="red">', '<a href="javascript:go()">', '<img src="//elsewhere.org/x.png">', "{{ text | safe }}",
     "{% autoescape false %}"],
)  # fmt: skip
def test_a_literal_in_a_template_is_told(text: str) -> None:
    assert list(looks.template_without_literals("x.html", text))


def test_a_long_template_is_told() -> None:
    assert list(looks.template_is_short("x.html", "\n" * 121))


@pytest.mark.parametrize(
    ("templates", "python", "complaint"),
    [
        ({"a.html": "<p>"}, "'a.html'", "a.html neither extends another template nor is part of one"),
        ({"a.html": '{% extends "base.html" %}', "base.html": ""}, "", "a.html is shown by nobody"),
        ({"a.html": '{% extends "gone.html" %}'}, "'a.html'", "gone.html is used and not there"),
        ({"a.html": "<html>", "b.html": '{% extends "base.html" %}{% include "a.html" %}', "base.html": ""}, "'b.html'",
         "a.html is a page of its own: extend base.html"),
    ],
)  # fmt: skip
def test_a_stray_template_is_told(templates: Mapping[str, str], python: str, complaint: str) -> None:
    assert complaint in list(looks.templates_belong_together(templates, python))


def test_what_nothing_uses_is_told() -> None:
    sheets = {"a.css": ".here, .gone { margin: 0 } .level-2 {}"}
    assert list(looks.unused_classes(sheets, '<p class="here level-{{ n }}">')) == [
        "a.css styles .gone, which nothing has"
    ]
    told = looks.unused_properties({"a.css": ":root { --one: 1; } a { width: var(--two) }"}, "")
    assert list(told) == ["--one is declared and not used", "--two is used and not declared"]
    statics = {"js/one.js": 'import "./two.js"', "js/two.js": "", "js/three.js": "", "css/four.css": ""}
    assert list(looks.unreferenced(statics, 'static_url("js/one.js") ("four", "five")')) == [
        "js/three.js is asked for by nobody"
    ]
