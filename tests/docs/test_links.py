"""Every link, anchor, picture and file name in the pages leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.docs import pages

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BARE = re.compile(r"<(https?://[^>\s]+)>")
OURS = re.compile(r"`((?:app|trainer|tests|templates|static|docs|migrations|benchmarks)/[\w./-]+)[`:]")
LOOPBACK = {"localhost", "127.0.0.1"}


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """What may stand behind # in a link to the page."""
    headings = (re.fullmatch(r"#{1,6} (.+)", line) for _, line in pages.prose(text))
    return {slug(heading[1]) for heading in headings if heading}


def dead(page: Path, text: str) -> Iterator[str]:
    """Every link of the page that leads nowhere, with the reason."""
    for number, line in pages.prose(text):
        for target in LINK.findall(line) + BARE.findall(line):
            where = urlsplit(target)
            if where.scheme or where.netloc:
                if where.hostname not in LOOPBACK and (where.scheme != "https" or "." not in (where.hostname or "")):
                    yield f"line {number}: {target} is no https address"
                continue
            file = (page.parent / where.path).resolve() if where.path else page
            if where.path and not file.exists():
                yield f"line {number}: {target} is not there"
            elif where.fragment and where.fragment not in anchors(
                text if file == page else file.read_text(encoding="utf-8")
            ):
                yield f"line {number}: {target} names no heading"
        for name in OURS.findall(line):
            if not (pages.ROOT / name.rstrip(".")).exists():
                yield f"line {number}: {name} is not there"


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.place)
def test_every_link_and_every_file_that_a_page_names_is_there(page: Path) -> None:
    assert not list(dead(page, page.read_text(encoding="utf-8")))


def test_every_picture_of_the_docs_is_shown_on_a_page() -> None:
    shown = "\n".join(page.read_text(encoding="utf-8") for page in pages.PAGES)
    for picture in (pages.DOCS / "images").iterdir():
        assert f"images/{picture.name})" in shown, f"nobody shows {picture.name}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [pages.ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for _, line in pages.prose(page.read_text(encoding="utf-8")):
            for target in LINK.findall(line):
                file = (page.parent / urlsplit(target).path).resolve()
                found = sorted(file.glob("*.md")) if file.is_dir() else [file] if file.suffix == ".md" else []
                waiting += [one for one in found if one.exists() and one not in reached]
    assert not [pages.place(page) for page in pages.PAGES if page not in reached]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[a](nowhere.md)", "line 1: nowhere.md is not there"),
        ("# One\n[a](#two)", "line 2: #two names no heading"),
        ("[a](README.md#nothing-of-the-kind)", "line 1: README.md#nothing-of-the-kind names no heading"),
        ("<http://example.org>", "line 1: http://example.org is no https address"),
        ("the file `app/clocks.py`", "line 1: app/clocks.py is not there"),
        ("`app/clocks.py: now`", "line 1: app/clocks.py is not there"),
    ],
)
def test_a_dead_link_is_told(text: str, complaint: str) -> None:
    assert list(dead(pages.ROOT / "page.md", text)) == [complaint]


def test_a_living_link_is_let_be() -> None:
    text = "# One `two`: three\n[a](#one-two-three) [b](README.md) <http://localhost:8000> `app/clock.py`\n"
    text += "```\n[c](d)\n```"
    assert list(dead(pages.ROOT / "page.md", text)) == []
