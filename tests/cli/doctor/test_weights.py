"""What the doctor finds of the weights of learned measures."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from app.catalog.weights import WEIGHTS
from app.cli._doctor import Health
from app.cli._doctor.weights import weights
from app.settings import Settings
from tests.cli.doctor.asking import the_ill

pytestmark = pytest.mark.one_database  # what the machine has


@pytest.fixture(autouse=True)
def no_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own caches is found."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def put(settings: Settings, *names: str) -> None:
    settings.weights_folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (settings.weights_folder / name).write_bytes(b"numbers")


def test_missing_weights_are_a_note_with_the_command_that_gets_them(settings: Settings) -> None:
    published, own = weights(settings, verify=True)
    assert (published.state, own.state) == (Health.NOTE, Health.NOTE)
    assert published.finding.startswith("lpips, dists, pieapp, deepiqa cannot be computed here")
    assert "fetch-weights --measures lpips,dists,pieapp,deepiqa" in published.fix
    assert own.finding == "gti_cnn cannot be computed here: nobody published weights"
    assert str(settings.weights_folder / "") in own.fix


def test_weights_that_are_here_are_well_and_looked_into_only_when_asked(settings: Settings) -> None:
    put(settings, WEIGHTS["deepiqa"][0].name, "gti_cnn.pth")
    missing, there = weights(settings, verify=False)
    assert missing.finding.startswith("lpips, dists, pieapp cannot")
    assert (there.state, there.finding) == (Health.WELL, "those of deepiqa, gti_cnn are here")
    damaged = the_ill(weights(settings, verify=True))
    assert sha256(b"numbers").hexdigest() in damaged.finding
    assert WEIGHTS["deepiqa"][0].sha256 in damaged.finding
    assert damaged.fix.startswith("delete it, and run `python -m trainer fetch-weights --measures deepiqa`")


def test_whole_weights_in_the_cache_of_pyiqa_are_well(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = WEIGHTS["pieapp"]
    cache = tmp_path / "torch" / "hub" / "pyiqa"
    cache.mkdir(parents=True)
    (cache / file.name).write_bytes(b"numbers")
    monkeypatch.setitem(WEIGHTS, "pieapp", (replace(file, sha256=sha256(b"numbers").hexdigest()),))
    *_, there = weights(settings, verify=True)
    assert (there.state, there.finding) == (Health.WELL, "those of pieapp are here")
