"""docs/settings.md lists every setting as the program knows it."""

from app.settings import Settings
from tests.docs import pages


def known() -> dict[str, str]:
    rows = {}
    for name, field in Settings.model_fields.items():
        default = "" if field.default in ("", ()) else f"`{field.default}`"
        variable = f"`BEHOLDER_{name.upper()}`"
        rows[variable] = pages.line((variable, default, field.description or ""))
    return rows


def test_every_setting_is_listed_with_its_default_and_meaning() -> None:
    documented = {cells[0]: pages.line(cells) for cells in pages.table(pages.read("settings.md"), "variable")}
    assert not pages.differences("docs/settings.md", documented, known())


def test_every_setting_says_what_it_means() -> None:
    for name, field in Settings.model_fields.items():
        assert (field.description or "").endswith("."), f"{name} has no sentence"
