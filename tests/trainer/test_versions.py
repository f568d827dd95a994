"""A network's sidecar says what made it, down to the source."""

import subprocess
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.trainer.conftest import ROOT
from trainer.versions import commit_of, versions


def git(*words: str, at: Path) -> str:
    told = subprocess.run(["git", "-C", str(at), *words], capture_output=True, text=True, check=True)
    return told.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    git("init", "--quiet", "--initial-branch", "a/branch", at=folder)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(*who, "commit", "--quiet", "--allow-empty", "--message", "begun", at=folder)
    return folder


def test_a_checkout_s_commit_is_read_as_git_reads_it(checkout: Path, tmp_path: Path) -> None:
    expected = git("rev-parse", "HEAD", at=checkout)
    assert commit_of(checkout) == expected
    git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other", at=checkout)
    assert commit_of(tmp_path / "other") == expected
    git("pack-refs", "--all", at=checkout)
    assert commit_of(checkout) == commit_of(tmp_path / "other") == expected
    git("checkout", "--quiet", "--detach", at=checkout)
    assert commit_of(checkout) == expected


def test_what_is_no_checkout_or_has_no_commit_yet_has_none(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    git("init", "--quiet", at=tmp_path)
    assert commit_of(tmp_path) is None


def test_the_versions_name_program_source_and_packages() -> None:
    found = versions()
    assert found.keys() >= {"beholder", "source", "python", "torch", "numpy", "pillow"}
    assert ("commit" in found) is (ROOT / ".git").exists()
    assert len(found["source"]) == 12


@pytest.mark.skipif(find_spec("pyiqa") is None, reason="pyiqa, which is optional, is not installed")
def test_pyiqa_is_named_only_under_a_measure_whose_network_it_builds() -> None:
    assert "pyiqa" not in versions(["mae", "gti_cnn"])  # whoever else in this process may have loaded it
    assert versions(["mae", "lpips"])["pyiqa"] == metadata.version("pyiqa")
