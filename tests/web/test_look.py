"""The tokens: text can be read on them in both schemes, and no sheet asks for one that is not there."""

import re
from pathlib import Path

import pytest

from app.resources import STATIC

SHEETS = sorted((STATIC / "css").glob("*.css"))
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


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_button_that_is_shut_can_be_read_whatever_colour_it_has_when_open(scheme: str) -> None:
    sheet = (STATIC / "css/controls.css").read_text()
    kinds = [sheet.index(f"\n{name} {{") for name in ("button.stop", "button.plain")] + [sheet.index("button.primary,")]
    shut = re.search(r"^button:disabled \{(.*?)\}", sheet, re.DOTALL | re.MULTILINE)
    assert shut
    assert shut.start() > max(kinds)  # as specific as they are, so that the last one holds
    inks = {
        name: re.search(rf"^  {name}: var\(--([\w-]+)\)", shut[1], re.MULTILINE) for name in ("color", "background")
    }
    text, ground = (tokens(scheme)[ink[1]] for ink in inks.values() if ink)
    assert contrast(text, ground) >= 4.5


def test_both_schemes_name_the_same_colours() -> None:
    assert tokens(LIGHT).keys() == tokens(DARK).keys()


_DECLARED = re.compile(r"^\s*--([\w-]+):", re.MULTILINE)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_variable_is_a_token(sheet: Path) -> None:
    shared, own = (set(_DECLARED.findall(path.read_text())) for path in (STATIC / "css/tokens.css", sheet))
    used = set(re.findall(r"var\(--([\w-]+)\)", sheet.read_text()))
    assert used <= shared | own  # of its own: what a sheet works out from tokens, or a script tells it
