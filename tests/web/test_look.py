"""The rules of the look: literals in one file, contrast, nothing inline, templates that can be read."""

import re
from pathlib import Path

import pytest

from app.resources import STATIC, TEMPLATES

SHEETS = sorted((STATIC / "css").glob("*.css"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|oklch)\(")
LIGHT = r"^\.desk \{(.*?)\}"
DARK = r"prefers-color-scheme: dark\) \{\s*\.desk \{(.*?)\}"
TEXT = ("text", "quiet", "accent", "ok", "warn", "stop")


def tokens(block: str) -> dict[str, str]:
    found = re.search(block, (STATIC / "css/tokens.css").read_text(), re.DOTALL | re.MULTILINE)
    assert found
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", found.group(1)))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=lambda path: path.name)
def test_colours_stand_in_the_tokens_alone(sheet: Path) -> None:
    assert not COLOUR.findall(sheet.read_text())


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_in_both_schemes(scheme: str) -> None:
    known = tokens(scheme)
    for name in TEXT:
        for ground in ("page", "panel"):
            assert contrast(known[name], known[ground]) >= 4.5, f"{name} on {ground}"
    for ground in ("raised", "level-1", "level-2", "level-3"):
        assert contrast(known["text"], known[ground]) >= 4.5, f"text on {ground}"
    for button in ("accent", "accent-strong"):
        assert contrast(known["on-accent"], known[button]) >= 4.5, f"on-accent on {button}"
    for ground in ("page", "panel"):
        assert contrast(known["edge"], known[ground]) >= 3, f"edge on {ground}"


def test_both_schemes_name_the_same_colours() -> None:
    assert tokens(LIGHT).keys() == tokens(DARK).keys()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_variable_is_a_token(sheet: Path) -> None:
    known = set(re.findall(r"^\s*--([\w-]+):", (STATIC / "css/tokens.css").read_text(), re.MULTILINE))
    used = set(re.findall(r"var\(--([\w-]+)\)", sheet.read_text()))
    assert used <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_templates_are_short_and_hold_nothing_that_the_content_policy_forbids(page: Path) -> None:
    text = page.read_text()
    assert text.count("\n") <= 120
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
    assert "| safe" not in text
