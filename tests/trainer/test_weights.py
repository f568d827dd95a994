"""Weights are found where they may lie, fetched where they are not, and refused when they are damaged."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.catalog.shelf import Shelf
from app.catalog.weights import WEIGHTS
from tests.trainer.publisher import Publisher, publishing
from trainer import weights
from trainer.download import sha256_of
from trainer.files import CannotWrite
from trainer.weights import WeightsDamaged, WeightsMissing, WeightsUnfit

LINEAR = "LPIPS_v0.1_vgg-a78928a0.pth"


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation without any weights."""
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "weights"


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Serves a file of LPIPS's linear layers, as small as the real one, and is the only source of it."""
    made = tmp_path / "made.pth"
    torch.save({f"lin{at}.model.1.weight": torch.rand(1, 4, 1, 1) for at in range(5)}, made)
    with publishing() as served:
        served.files[LINEAR] = made.read_bytes()
        file = replace(WEIGHTS["lpips"][1], sources=(f"{served.address}/{LINEAR}",), sha256=sha256_of(made))
        monkeypatch.setitem(WEIGHTS, "lpips", (file,))
        yield served


def test_the_table_names_files_by_their_hashes_and_says_where_they_are() -> None:
    for files in WEIGHTS.values():
        for file in files:
            assert file.licence
            assert bool(file.sources) == bool(file.sha256) == bool(file.size)
            assert all(source.startswith("https://") and source.endswith(file.name) for source in file.sources)
            assert not file.sha256 or file.name.endswith(f"-{file.sha256[:8]}.pth")
            assert not file.sha256 or len(file.sha256) == 64


def test_files_are_looked_for_in_our_folder_and_in_the_caches_of_torch_and_pyiqa(
    nothing_here: Path, tmp_path: Path
) -> None:
    file = WEIGHTS["lpips"][1]
    shelf = weights.shelf()
    assert shelf == Shelf(nothing_here)
    assert shelf.missing(["mae", "lpips", "dists"]) == (*WEIGHTS["lpips"], WEIGHTS["dists"][1])
    for folder in (tmp_path / "torch/hub/pyiqa", tmp_path / "torch/hub/checkpoints", nothing_here):
        folder.mkdir(parents=True)
        (folder / file.name).write_bytes(b"numbers")
        assert shelf.find(file) == folder / file.name  # each before the last
    assert shelf.missing(["lpips"]) == (WEIGHTS["lpips"][0],)


def test_torch_keeps_its_files_where_the_shelf_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Shelf(tmp_path).folders[1] == Path(torch.hub.get_dir()) / "checkpoints"
    monkeypatch.delenv("TORCH_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert Shelf(tmp_path).folders[1] == Path(torch.hub.get_dir()) / "checkpoints"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert Shelf(tmp_path).folders[1] == Path(torch.hub.get_dir()) / "checkpoints"


def test_missing_weights_are_fetched_once_and_loaded(publisher: Publisher, nothing_here: Path) -> None:
    weights.require(["mae", "lpips"])
    assert [path.name for path in nothing_here.iterdir()] == [LINEAR]
    loaded = weights.load(WEIGHTS["lpips"][0])
    assert loaded["lin4.model.1.weight"].shape == (1, 4, 1, 1)
    assert len(publisher.asked) == 1


def test_without_a_connection_the_error_names_file_source_and_place_at_once(
    nothing_here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "http://no-such-host.invalid/vgg16-397923af.pth"
    offline = replace(WEIGHTS["lpips"][0], sources=(source,))
    for name in ("lpips", "dists"):
        monkeypatch.setitem(WEIGHTS, name, (offline, WEIGHTS[name][1]))
    begun = time.monotonic()
    with pytest.raises(WeightsMissing) as refused:
        weights.require(["lpips"])
    assert time.monotonic() - begun < 5
    message = refused.value.message
    assert "vgg16-397923af.pth" in message
    assert "no-such-host.invalid: " in message
    assert "fetch-weights --measures lpips,dists" in message
    assert f"get {source} and put it into {nothing_here}" in message
    assert not nothing_here.exists()


def test_a_damaged_file_is_named_with_both_hashes_and_never_loaded(publisher: Publisher, nothing_here: Path) -> None:
    weights.require(["lpips"])
    path = nothing_here / LINEAR
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    (file,) = WEIGHTS["lpips"]
    with pytest.raises(WeightsDamaged, match=f"{path} is damaged: its sha256 is {sha256_of(path)}, and {file.sha256}"):
        weights.load(file)
    path.unlink()
    assert weights.load(file)


def test_a_file_that_would_run_code_is_refused(publisher: Publisher, nothing_here: Path, tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

    nothing_here.mkdir()
    torch.save(Harmful(), nothing_here / "gti_cnn.pth")
    with pytest.raises(WeightsUnfit, match=r"gti_cnn.pth does not hold what its measure needs"):
        weights.load(WEIGHTS["gti_cnn"][0])
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [[1, 2], {"epoch": 3}, {"params": {}}])
def test_a_checkpoint_without_tensors_by_name_is_refused(nothing_here: Path, content: object) -> None:
    nothing_here.mkdir()
    torch.save(content, nothing_here / "gti_cnn.pth")
    with pytest.raises(WeightsUnfit, match="no tensors by name"):
        weights.load(WEIGHTS["gti_cnn"][0])


def test_a_folder_that_cannot_be_made_is_told(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path / "a file" / "weights"))
    with pytest.raises(CannotWrite, match="cannot be written"):
        weights.require(["lpips"])


def test_a_download_is_ended_by_whoever_was_asked_to_stop(publisher: Publisher, nothing_here: Path) -> None:
    class StopNow(Exception): ...

    def stop() -> None:
        raise StopNow

    with pytest.raises(StopNow):
        weights.require(["lpips"], stop)
    assert not (nothing_here / LINEAR).exists()
