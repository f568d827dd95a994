"""constraints.txt says what the tests run with, all of it, and nothing that would not resolve on another machine."""

import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.packaging.closure import BUILD_SYSTEM, PROJECT, ROOT, closure, declared

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
    assert "-c constraints.txt -e '.[trainer,learned,postgres,parquet,dev]'" in makefile


def test_what_builds_the_wheel_is_pinned_too() -> None:
    backend = closure([Requirement(line) for line in BUILD_SYSTEM["requires"]])
    assert "hatchling" in backend
    assert [name for name in backend if name not in PINS] == []


def upgrade(folder: Path, freeze: str) -> subprocess.CompletedProcess[str]:
    """What ``make upgrade`` does where pip, asked for a list, does this instead."""
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "constraints.txt").write_text("# A header.\nold==1.0\n", encoding="utf-8")
    program = f"""#!/bin/sh
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *" freeze "*) {freeze} ;;
esac
"""
    (folder / "python").write_text(program, encoding="utf-8")
    (folder / "python").chmod(0o755)
    return subprocess.run(
        ["make", "upgrade", f"PYTHON={folder}/python"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_an_upgrade_writes_what_it_found_under_the_old_header(tmp_path: Path) -> None:
    made = upgrade(tmp_path, "printf 'torch==2.0+cpu\\ntriton==3.0\\nAlembic==1.0\\n'")
    assert made.returncode == 0, made.stderr
    written = (tmp_path / "constraints.txt").read_text(encoding="utf-8")
    assert written == "# A header.\nAlembic==1.0\ntorch==2.0\n"
    assert not (tmp_path / ".upgrade").exists()


def test_an_upgrade_that_cannot_ask_what_is_installed_changes_nothing(tmp_path: Path) -> None:
    assert upgrade(tmp_path, "echo torch==2.0; exit 1").returncode != 0
    assert (tmp_path / "constraints.txt").read_text(encoding="utf-8") == "# A header.\nold==1.0\n"


PLACES = ("Makefile", "Dockerfile", "docs/weights.md", "trainer/measures/pyiqa_networks.py")


def test_pyiqa_is_the_same_wherever_it_is_installed_and_brings_nothing_along() -> None:
    said = {place: (ROOT / place).read_text(encoding="utf-8") for place in PLACES}
    versions = {place: set(re.findall(r"pyiqa==([\d.]+\d)", text)) for place, text in said.items()}
    assert set.union(*versions.values()) == {version("pyiqa")}
    assert all(versions.values())
    assert re.search(r"--no-deps \$\(PYIQA\)", said["Makefile"])
    assert all("--no-deps pyiqa==" in said[place] for place in PLACES[1:])
