"""A scoring job: pictures of the store, values in double precision, and plain words where a pair cannot be compared."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from app.jobs.contract import Assignment, PicturePair, ScoreResult, ScoreSpec
from app.media import Media
from app.settings import Settings
from tests.trainer.conftest import Listener, scenery
from trainer.__main__ import main
from trainer.data import decode
from trainer.measures import MEASURES
from trainer.report import Stopped
from trainer.score import NotFinite, Scoring, SizesDiffer, score, scores
from trainer.versions import versions

CPU = torch.device("cpu")


def kept(media: Media, pixels: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return media.put(buffer.getvalue())


@pytest.fixture
def pairs(media: Media) -> tuple[PicturePair, ...]:
    """Two pictures of one scene with their reference, in the store."""
    clean = scenery(90, 70, 0)
    noise = np.random.default_rng(1).integers(-20, 21, clean.shape)
    shown = {"mae": np.clip(clean + noise, 0, 255).astype(np.uint8), "degraded": clean // 2}
    reference = kept(media, clean)
    return tuple(
        PicturePair(scene="lake", condition=name, picture=kept(media, pixels), reference=reference)
        for name, pixels in shown.items()
    )


def run(
    pairs: tuple[PicturePair, ...], media: Media, settings: Settings, *measures: str
) -> tuple[int, Path]:  # fmt: skip
    folder = settings.runs / "3" / "1"
    folder.mkdir(parents=True, exist_ok=True)
    spec = ScoreSpec(rendering=2, measures=measures, forms=("rgb", "y"))
    told = Assignment(job=3, attempt=1, spec=spec, media=media.url, pairs=pairs, threads=1)
    (folder / "spec.json").write_text(told.model_dump_json())
    return main(["run", "3", "--attempt", "1"]), folder


def test_a_job_says_of_every_picture_what_every_measure_says_in_every_form(
    pairs: tuple[PicturePair, ...], media: Media, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    code, folder = run(pairs, media, settings, "gmsd", "mae")
    assert code == 0
    result = ScoreResult.model_validate_json((folder / "result.json").read_bytes())
    assert [(value.picture, value.measure, value.form) for value in result.values] == [
        (pair.picture, measure, form) for pair in pairs for measure in ("mae", "gmsd") for form in ("rgb", "y")
    ]
    assert result.versions == versions()
    pictures = [decode("", media.get(digest)).double() for digest in (pairs[0].picture, pairs[0].reference)]
    assert result.values[0].value == pytest.approx(((pictures[0] - pictures[1]).abs() / 255).mean().item(), rel=1e-14)


def test_values_do_not_depend_on_the_number_of_threads(pairs: tuple[PicturePair, ...], media: Media) -> None:
    pictures = [decode("", media.get(digest)) for digest in (pairs[0].picture, pairs[0].reference)]
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        found.append(scores("lake", pictures[0], pictures[1], [("gmsd", "rgb"), ("mae", "y")], CPU))
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_a_job_that_is_to_stop_stops_between_two_pictures_and_leaves_nothing(
    pairs: tuple[PicturePair, ...], media: Media, tmp_path: Path
) -> None:
    scoring = Scoring(
        pairs, [("mae", "rgb")], lambda digest: decode("", media.get(digest)), folder=tmp_path, device=CPU
    )
    with pytest.raises(Stopped):
        score(scoring, Listener(stop_after=1))
    assert not (tmp_path / "result.json").exists()
    assert len(score(scoring, Listener()).values) == 2


def test_pictures_that_cannot_be_compared_are_named(
    pairs: tuple[PicturePair, ...],
    media: Media,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    code, folder = run(pairs, media, settings, "mae", "ms_ssim")
    assert code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "mae of lake" in said
    assert "90×70 px: both sides must be at least 161 px" in said
    assert not (folder / "result.json").exists()
    cut = torch.zeros(70, 88, 3, dtype=torch.uint8)
    with pytest.raises(SizesDiffer, match="mae of lake has 88×70 px and its reference 90×70 px"):
        scores("mae of lake", cut, torch.zeros(70, 90, 3, dtype=torch.uint8), [("mae", "rgb")], CPU)


def test_a_value_that_is_not_finite_is_an_error_and_never_a_score(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MEASURES, "mae", lambda *_: torch.tensor([torch.nan]))
    grey = torch.zeros(8, 8, 3, dtype=torch.uint8)
    with pytest.raises(NotFinite, match="mae of lake is nan"):
        scores("lake", grey, grey, [("mae", "rgb")], CPU)
