"""Every `make` target that a page names is there, and every target is there for a reader of `make help`."""

import re

from tests.docs import pages

MAKEFILE = (pages.ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
NAMED = re.compile(r"(?:`|^\s*|; )(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)", re.MULTILINE)


def named(text: str) -> set[str]:
    """The targets that a page tells its reader to make."""
    return set(NAMED.findall(text))


def test_every_target_that_a_page_names_exists() -> None:
    for page in pages.PAGES:
        gone = named(page.read_text(encoding="utf-8")) - TARGETS
        assert not gone, f"{pages.place(page)} names {gone}, which the Makefile has not"


def test_the_targets_that_matter_are_told_to_newcomers() -> None:
    told = named((pages.ROOT / "README.md").read_text()) | named((pages.ROOT / "CONTRIBUTING.md").read_text())
    assert told >= {"setup", "demo", "test", "check", "help"}


def test_every_target_says_what_it_does_and_is_no_file() -> None:
    described = set(re.findall(r"^([a-z][a-z-]*):.*## .*\.", MAKEFILE, re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())  # type: ignore[index]
    assert described == TARGETS == phony


def test_a_target_that_is_gone_would_be_found() -> None:
    assert named("run `make bread`, or\n\n    PYTHON=python3.12 make cake\n") == {"bread", "cake"}
