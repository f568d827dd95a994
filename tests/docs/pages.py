"""The project's pages, and how their tables and sections are read."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(path for path in DOCS.rglob("*.md")),
]

Row = tuple[str, ...]


def read(name: str) -> str:
    """The text of a page in docs/."""
    return (DOCS / name).read_text(encoding="utf-8")


def place(path: Path) -> str:
    """The page's path as a reader would say it."""
    return path.relative_to(ROOT).as_posix()


def row(line: str) -> Row:
    """The cells of one line of a table."""
    return tuple(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))


def line(cells: Row) -> str:
    """The line of a table that holds these cells: what to write where it is missing."""
    return "| " + " | ".join(cells) + " |"


def table(text: str, first: str) -> list[Row]:
    """The rows of every table in the text whose first heading is that word."""
    found: list[Row] = []
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        lines = block.splitlines()
        if row(lines[0])[0] == first:
            found += [row(one) for one in lines[2:]]
    return found


def sections(text: str, level: int = 2) -> dict[str, str]:
    """The text under each heading of that level."""
    parts = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a page outside its fenced blocks, with their numbers."""
    fenced = False
    for number, one in enumerate(text.splitlines(), 1):
        if one.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, one


def differences(page: str, documented: Mapping[str, str], known: Mapping[str, str]) -> str:
    """What the page lacks, what it has that is gone, and what it says otherwise; empty where they agree."""
    told = [f"write into {page}: {known[name]}" for name in known if documented.get(name) != known[name]]
    told += [f"take out of {page}: {documented[name]}" for name in documented if name not in known]
    return "\n".join(told)
