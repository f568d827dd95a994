"""A rendering as the worker starts it: photographs from the store, numbered pictures, their list in the run folder."""

import hashlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.catalog import UnknownBaseline
from app.jobs.contract import Assignment, PhotographRef, Recipe, RenderResult, RenderSpec, SceneRef
from app.media import Media
from app.settings import Settings
from trainer.__main__ import main
from trainer.checkpoint import Keeper
from trainer.state import network_of


@pytest.fixture
def assignment(recipe: Recipe, photos: Path, media: Media, tmp_path: Path) -> Assignment:
    ref = PhotographRef(name="lake.png", digest=media.put_file(photos / "lake.png"))
    scenes = tuple(
        SceneRef(name=f"lake/{left}", photograph=ref, left=left, top=2, width=32, height=24) for left in (0, 40)
    )
    weights, _ = Keeper(tmp_path / "training", recipe, 300).save(9, {"network": network_of(recipe).state_dict()})
    return Assignment(
        job=8,
        attempt=2,
        spec=RenderSpec(task="denoise", condition="2*mae", training=7, scenes=scenes, seed=1),
        media=media.url,
        checkpoint=str(weights),
        threads=1,
    )


def run(assignment: Assignment, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Path]:
    folder = settings.runs / str(assignment.job) / str(assignment.attempt)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.json").write_text(assignment.model_dump_json())
    monkeypatch.setenv("BEHOLDER_DATA_DIR", str(settings.data_dir))
    return main(["run", str(assignment.job), "--attempt", str(assignment.attempt)]), folder


def test_a_render_job_leaves_numbered_pictures_and_their_list(
    assignment: Assignment, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, folder = run(assignment, settings, monkeypatch)
    assert code == 0
    result = RenderResult.model_validate_json((folder / "result.json").read_bytes())
    assert [(picture.file, picture.scene, picture.condition) for picture in result.pictures] == [
        (f"pictures/{number:04d}-{role}.png", scene, condition)
        for number, scene in enumerate(("lake/0", "lake/40"))
        for role, condition in (("reference", "reference"), ("degraded", "degraded"), ("condition", "2*mae"))
    ]
    for picture in result.pictures:
        assert hashlib.sha256((folder / picture.file).read_bytes()).hexdigest() == picture.sha256


def test_a_baseline_is_rendered_without_any_checkpoint(
    assignment: Assignment, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(assignment.spec, RenderSpec)
    content = assignment.spec.model_dump() | {"training": None, "baseline": "input", "condition": "input"}
    spec = RenderSpec.model_validate(content)
    code, folder = run(assignment.model_copy(update={"spec": spec, "checkpoint": None}), settings, monkeypatch)
    assert code == 0
    result = RenderResult.model_validate_json((folder / "result.json").read_bytes())
    assert {picture.condition for picture in result.pictures} == {"reference", "degraded", "input"}


def test_a_rendering_is_of_a_training_or_of_a_baseline_of_its_task(assignment: Assignment) -> None:
    assert isinstance(assignment.spec, RenderSpec)
    content = assignment.spec.model_dump()
    for wrong in ({"baseline": "input"}, {"training": None}):
        with pytest.raises(ValidationError, match="either the training whose network is used, or a baseline"):
            RenderSpec.model_validate(content | wrong)
    with pytest.raises(UnknownBaseline, match="Denoising has no baseline 'jpeg': choose one of input"):
        RenderSpec.model_validate(content | {"training": None, "baseline": "jpeg"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"checkpoint": None}, "Job 8 names no checkpoint to render with"),
        ({"checkpoint": "/nowhere/weights.pt"}, "There is no checkpoint /nowhere/weights.pt"),
        ({"device": "cuda:99"}, "no device 'cuda:99'"),
    ],
)
def test_a_render_job_that_cannot_begin_is_refused_with_a_sentence(
    assignment: Assignment,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str | None],
    says: str,
) -> None:
    code, folder = run(assignment.model_copy(update=change), settings, monkeypatch)
    assert code == 2
    assert says in capsys.readouterr().err.splitlines()[-1]
    assert [path.name for path in folder.iterdir()] == ["spec.json"]
