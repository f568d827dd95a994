"""The lab notebook and the changelog stay in order, whoever writes into them at the same time."""

import re
from collections.abc import Iterator

from tests.docs import pages

_HEADING = re.compile(r"## (\d{4}-\d\d-\d\d) · .+")


def disorder(notebook: str) -> Iterator[str]:
    """What is wrong with the sections of a notebook."""
    lines = notebook.splitlines()
    found = [(number, line) for number, line in enumerate(lines, 1) if line.startswith("## ")]
    day = "9999"
    for number, line in found:
        dated = _HEADING.fullmatch(line)
        if dated is None:
            yield f"line {number}: a section begins with its day: ## 2026-11-30 · what was measured"
            continue
        if lines[number - 2]:
            yield f"line {number}: no empty line before {line!r}"
        if [title for _, title in found].count(line) > 1:
            yield f"line {number}: {line!r} is there twice"
        if dated[1] > day:
            yield f"line {number}: {line!r} is newer than the section before it"
        day = dated[1]


def told_twice(changelog: str) -> set[str]:
    """The sentences that stand in it more than once, by how they begin."""
    begun = [line[:60] for line in changelog.splitlines() if line.startswith("- ")]
    return {line for line in begun if begun.count(line) > 1}


def test_the_notebook_has_each_section_once_and_the_newest_first() -> None:
    assert list(disorder(pages.read("lab-notebook.md"))) == []


def test_the_changelog_tells_nothing_twice() -> None:
    assert told_twice((pages.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")) == set()


def test_what_two_writers_leave_behind_is_found() -> None:
    older, newer = "## 2026-11-20 · steps\n\nten\n", "## 2026-11-30 · frames\n\ntwo\n"
    assert list(disorder(f"# Lab notebook\n\n{newer}\n{older}")) == []
    assert list(disorder(f"# Lab notebook\n\n{older}\n{newer}")) == [
        "line 7: '## 2026-11-30 · frames' is newer than the section before it"
    ]
    assert list(disorder(f"# Lab notebook\n\n{newer}{older}")) == [
        "line 6: no empty line before '## 2026-11-20 · steps'"
    ]
    assert len(list(disorder(f"# Lab notebook\n\n{newer}\n{newer}"))) == 2
    assert next(disorder("# Lab notebook\n\n## Steps\n")).startswith("line 3: a section begins with its day")
    assert told_twice("- Measures are there.\n- Tasks are there.\n- Measures are there.\n") == {"- Measures are there."}
