"""docs/settings.md lists every setting as the program knows it."""

from pathlib import Path

from app.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def rows() -> dict[str, tuple[str, str]]:
    cells = [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `BEHOLDER_")
    ]
    return {name.strip("`"): (default.strip("`"), meaning) for name, default, meaning in cells}


def test_every_setting_is_listed_with_its_default_and_meaning() -> None:
    known = {}
    for name, field in Settings.model_fields.items():
        default = "" if field.default in ("", ()) else str(field.default)
        known[f"BEHOLDER_{name.upper()}"] = (default, field.description)
    assert rows() == known
