"""``python -m trainer fetch-weights`` brings weights, says where they are, and compares what measures give."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from app.catalog.weights import WEIGHTS
from tests.trainer.publisher import Publisher, publishing
from tests.trainer.weights import forget_networks
from trainer import published
from trainer.__main__ import main
from trainer.download import sha256_of
from trainer.measures import MEASURES
from trainer.published import PUBLISHED, Published, verify


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Serves two files of weights, which are all that learned measures need, and two pictures."""
    monkeypatch.setenv("BEHOLDER_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    with publishing() as served:
        for name in ("lpips", "dists"):
            made = tmp_path / name
            torch.save({"numbers": torch.rand(len(name))}, made)
            served.files[f"{name}.pth"] = made.read_bytes()
            file = replace(WEIGHTS[name][1], name=f"{name}.pth", sources=(f"{served.address}/{name}.pth",))
            monkeypatch.setitem(WEIGHTS, name, (replace(file, sha256=sha256_of(made)),))
        for name in ("pieapp", "deepiqa"):
            monkeypatch.delitem(WEIGHTS, name)
        for shade, name in ((90, "restored.png"), (120, "reference.png")):
            picture = io.BytesIO()
            Image.new("RGB", (64, 48), (shade, shade, shade)).save(picture, "PNG")
            served.files[name] = picture.getvalue()
        yield served


def fetch(*more: str) -> int:
    return main(["fetch-weights", *more])


def test_what_is_missing_is_fetched_and_what_is_here_is_named(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"lpips.pth: fetched into {tmp_path}/weights/lpips.pth (7 kB; its hash is right; lic")
    assert "BSD-2-Clause" in lines[0]
    assert "nobody published it): put yours into" in lines[2]
    asked = len(publisher.asked)
    assert fetch("--measures", "lpips") == 0
    assert capsys.readouterr().out.startswith("lpips.pth: here: ")
    assert len(publisher.asked) == asked


def test_whatever_cannot_be_fetched_is_named_and_the_rest_comes(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del publisher.files["lpips.pth"]
    assert fetch() == 2
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == "Not all is as it should be: lpips.pth: see above what is wrong with each."
    assert "it answers 404 Not Found" in said.out
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["dists.pth"]


def test_measures_without_weights_and_unknown_ones_are_refused(
    publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch("--measures", "mae") == 2
    assert capsys.readouterr().err.startswith("mae needs no weights: choose from lpips, dists")
    assert fetch("--measures", "lpisp") == 2
    assert "did you mean 'lpips'" in capsys.readouterr().err
    assert fetch("--measures", "gti_cnn") == 2  # asked for by name, and there is none


def constant_distance(restored: torch.Tensor, reference: torch.Tensor, form: str = "rgb") -> torch.Tensor:
    return (restored - reference).abs().mean((1, 2, 3))


def test_published_values_are_compared_with_what_is_computed_here(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses = (f"{publisher.address}/restored.png", f"{publisher.address}/reference.png")
    right = Published("lpips", *addresses, value=30 / 255, tolerance=1e-5, where="a test", side=24)
    monkeypatch.setitem(MEASURES, "lpips", constant_distance)
    monkeypatch.setattr(published, "PUBLISHED", (right,))
    assert fetch("--measures", "lpips", "--verify") == 0
    out = capsys.readouterr().out
    assert "  lpips, verified: restored.png against reference.png: 0.1176 here, 0.117647 published (a test)" in out
    assert "  lpips, verified: with noise of 0, 0.02, 0.1, 0.4: 0.0000 → " in out
    monkeypatch.setattr(published, "PUBLISHED", (replace(right, value=0.2),))
    assert fetch("--measures", "lpips", "--verify") == 2
    said = capsys.readouterr()
    assert "  lpips, WRONG: restored.png against reference.png: 0.1176 here, 0.2 published" in said.out
    assert said.err.splitlines()[-1].startswith("Not all is as it should be: lpips:")


def test_what_could_not_be_compared_is_said_and_is_no_failure(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = Published("lpips", f"{publisher.address}/gone.png", f"{publisher.address}/gone.png", 0.5, 1e-3, "a test")
    text = replace(gone, restored=f"{publisher.address}/lpips.pth")
    monkeypatch.setitem(MEASURES, "lpips", constant_distance)
    monkeypatch.setitem(MEASURES, "dists", constant_distance)
    monkeypatch.setattr(published, "PUBLISHED", (gone, text))
    assert fetch("--measures", "lpips,dists", "--verify") == 0
    out = capsys.readouterr().out
    assert out.count("lpips, not verified: ") == 2
    assert "gone.png could not be fetched (HTTP Error 404" in out
    assert "dists, not verified: no published value of an example picture is known" in out


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        (lambda x, y: 0.5 + constant_distance(x, y), "equal pictures are not at distance 0"),
        (lambda x, y: -constant_distance(x, y), "not the order of the noise"),
        (lambda x, y: 0 * constant_distance(x, y), "not the order of the noise"),
    ],
)
def test_a_measure_that_does_not_follow_the_noise_is_found(
    monkeypatch: pytest.MonkeyPatch, measure: object, says: str
) -> None:
    monkeypatch.setattr(published, "PUBLISHED", ())
    monkeypatch.setitem(MEASURES, "dists", measure)
    last = list(verify("dists"))[-1]
    assert last.held is False
    assert says in last.said


def test_weights_that_do_not_fit_are_told_by_verify(
    publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_networks()
    monkeypatch.setattr(published, "PUBLISHED", ())
    monkeypatch.setitem(WEIGHTS, "gti_cnn", (replace(WEIGHTS["dists"][0], holds="no network"),))
    assert fetch("--measures", "gti_cnn", "--verify") == 2
    assert "gti_cnn, not verified: " in capsys.readouterr().out
    forget_networks()


def test_every_published_value_says_where_it_stands() -> None:
    for record in PUBLISHED:
        assert record.measure in WEIGHTS
        assert record.where
        assert 0 < record.tolerance < 1e-3
