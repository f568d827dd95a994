"""What stands in a CSV cell: text that no spreadsheet takes for a formula, and numbers that are the same everywhere."""

import re
from datetime import datetime

Cell = str | int | float | bool | datetime | None
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
# Where semicolons or tabs separate cells, a name can hold the end of one and the beginning of the next.
_NEXT = re.compile(r"(?P<end>[;\t\r\n][ \"]*)(?P<begin>'*[=+\-@])")
_NEXT_MARKED = re.compile(r"(?P<end>[;\t\r\n][ \"]*)'(?P<begin>'*[=+\-@])")


def as_written(value: Cell) -> str:
    """The cell's text.

    Text that a spreadsheet would run is marked by an apostrophe, also where one that separates cells by semicolons
    would begin a cell in the middle of it. Numbers carry nine digits: more than the fits are worth, fewer than two
    machines disagree on.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        text = _NEXT.sub(r"\g<end>'\g<begin>", value)
        return f"'{text}" if _FORMULA.match(text) else text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return f"{value + 0.0:.9g}" if isinstance(value, float) else str(value)  # + 0.0 turns -0 into 0


def as_read(text: str) -> str:
    """The text that ``as_written`` made the cell from."""
    whole = text[1:] if text.startswith("'") and _FORMULA.match(text) else text
    return _NEXT_MARKED.sub(r"\g<end>\g<begin>", whole)
