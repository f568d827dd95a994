"""constraints.txt says what the tests run with, all of it, and nothing that would not resolve on another machine."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.packaging.closure import PROJECT, ROOT, closure, declared

TEXT = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LINES = [line for line in TEXT.splitlines() if not line.startswith("#")]
PINS = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LINES)}
DECLARED = declared(*PROJECT["optional-dependencies"])
ONE_BUILD_ONLY = re.compile(r"(nvidia-|cuda-|triton)")  # what a PyTorch for GPUs brings along


def test_every_line_pins_one_version_that_any_machine_can_have() -> None:
    for line in LINES:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!]*", line), line  # no path, no link, no +cpu, no range
        assert not ONE_BUILD_ONLY.match(line), f"{line} belongs to one build of PyTorch"
    assert len(PINS) == len(LINES)
    assert sorted(LINES, key=str.upper) == LINES
    assert "beholder" not in PINS


def test_what_is_installed_here_is_what_is_pinned() -> None:
    for name, there in closure(DECLARED).items():
        if not ONE_BUILD_ONLY.match(name):
            said = f"{name} {there.version} runs here: make setup, or make upgrade"
            assert PINS.get(name) == there.version.partition("+")[0], said


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_the_ranges_of_the_project_admit_what_is_pinned(requirement: Requirement) -> None:
    assert requirement.specifier.contains(Version(PINS[canonicalize_name(requirement.name)]))


def test_setup_installs_by_the_list_and_again_when_it_changes() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\n.venv/installed: pyproject.toml constraints.txt\n" in makefile
    assert "-c constraints.txt -e '.[trainer,postgres,dev]'" in makefile
