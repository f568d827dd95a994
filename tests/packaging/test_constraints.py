"""constraints.txt says what the tests run with, all of it, and nothing that would not resolve on another machine."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LINES = [line for line in TEXT.splitlines() if not line.startswith("#")]
PINS = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LINES)}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = [
    Requirement(line)
    for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for line in group
]
ONE_BUILD_ONLY = re.compile(r"(nvidia-|cuda-|triton)")  # what a PyTorch for GPUs brings along


def installed() -> dict[str, str]:
    """Name and version of every package that the project asks for here, itself or through another."""
    found, open_ends = dict[str, str](), [requirement for requirement in DECLARED if wanted(requirement, {""})]
    followed = set[tuple[str, str]]()
    while open_ends:
        requirement = open_ends.pop()
        name = canonicalize_name(requirement.name)
        there = distribution(name)
        found[name] = there.version
        for extra in {"", *requirement.extras}:
            if (name, extra) not in followed:
                followed.add((name, extra))
                needs = (Requirement(line) for line in there.requires or [])
                open_ends += [need for need in needs if wanted(need, {extra})]
    return found


def wanted(requirement: Requirement, extras: set[str]) -> bool:
    """Whether this machine needs it."""
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)


def test_every_line_pins_one_version_that_any_machine_can_have() -> None:
    for line in LINES:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!]*", line), line  # no path, no link, no +cpu, no range
        assert not ONE_BUILD_ONLY.match(line), f"{line} belongs to one build of PyTorch"
    assert len(PINS) == len(LINES)
    assert sorted(LINES, key=str.upper) == LINES
    assert "beholder" not in PINS


def test_what_is_installed_here_is_what_is_pinned() -> None:
    for name, version in installed().items():
        if not ONE_BUILD_ONLY.match(name):
            assert PINS.get(name) == version.partition("+")[0], (
                f"{name} {version} runs here: make setup, or make upgrade"
            )


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_the_ranges_of_the_project_admit_what_is_pinned(requirement: Requirement) -> None:
    assert requirement.specifier.contains(Version(PINS[canonicalize_name(requirement.name)]))


def test_setup_installs_by_the_list_and_again_when_it_changes() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\n.venv/installed: pyproject.toml constraints.txt\n" in makefile
    assert "-c constraints.txt -e '.[trainer,postgres,dev]'" in makefile
