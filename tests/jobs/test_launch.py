"""Matrices of trainings, and the scenes they are judged on."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.catalog import MEASURES, UnknownMeasure, UnknownTask
from app.db import Database
from app.db.models import JobState, Split
from app.jobs import claims, store
from app.jobs.contract import RenderSpec, TrainSpec
from app.jobs.launch import Matrix, launch_matrix
from app.jobs.matrix_plan import BadMatrix, Scores
from app.jobs.photo_files import PhotoFile
from app.jobs.photograph_sets import PhotographView, UnknownSet
from app.jobs.photographs import add_photographs
from app.jobs.presets import UnknownPreset
from app.jobs.scenes import PhotographTooSmall, SceneWish, scenes_of
from app.media import Media
from tests.jobs.build import claimed

OBJECTIVES = ("mae", "1 - ms_ssim", "gmsd")
LONG = " + ".join(f"0.123456789012345*{name}" for name, known in MEASURES.items() if not known.higher_is_better)


@pytest.fixture
def moors(database: Database, media: Media, tmp_path: Path) -> str:
    """A set with two photographs to learn from and one to judge on."""
    files = []
    for name in ("fell", "moor", "tarn"):
        pixels = np.random.default_rng(len(files)).integers(0, 256, (270, 330, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        files.append(PhotoFile(name, tmp_path / f"{name}.png", "made here"))
    add_photographs(database, media, "moors", files, test=["tarn"])
    return "moors"


def launched(database: Database, moors: str, **changes: object) -> Matrix:
    said = {"tasks": ["denoise", "superres"], "objectives": OBJECTIVES, "preset": "tiny", "scene_side": 255}
    return launch_matrix(database, photograph_set=moors, **said | changes)


def test_a_matrix_is_one_shared_first_stage_per_task_then_one_training_and_rendering_per_objective(
    database: Database, moors: str
) -> None:
    matrix = launched(database, moors)
    cells = set(itertools.product(("denoise", "superres"), ("mae", "ms_ssim", "gmsd")))
    assert set(matrix.pretrainings) == {"denoise", "superres"}
    assert set(matrix.trainings) == set(matrix.renderings) == cells
    assert len(store.listing(database)) == 2 + 6 + 6
    for task, condition in cells:
        training = store.get(database, matrix.trainings[task, condition])
        rendering = store.get(database, matrix.renderings[task, condition])
        assert isinstance(training.spec, TrainSpec)
        assert isinstance(rendering.spec, RenderSpec)
        assert training.spec.start_from == matrix.pretrainings[task]
        assert training.needs == (matrix.pretrainings[task],)
        assert rendering.needs == (training.id,)
        assert (rendering.spec.task, rendering.spec.condition) == (task, condition)
        assert [photograph.name for photograph in training.spec.photographs] == ["fell", "moor"]
        (scene,) = rendering.spec.scenes
        assert (scene.name, scene.width, scene.height) == (
            ("tarn", 255, 255) if task == "denoise" else ("tarn", 252, 252)
        )


def test_baselines_render_the_same_scenes_without_any_training(database: Database, moors: str) -> None:
    matrix = launched(database, moors, tasks=["compress", "deblur"], objectives=["mae"], baselines=True)
    assert set(matrix.baselines) == {("compress", "jpeg"), ("deblur", "input")}
    assert launched(database, moors, tasks=["compress", "deblur"], objectives=["mae"], baselines=True) == matrix
    for (task, name), number in matrix.baselines.items():
        baseline, trained = (store.get(database, job) for job in (number, matrix.renderings[task, "mae"]))
        assert isinstance(baseline.spec, RenderSpec)
        assert isinstance(trained.spec, RenderSpec)
        assert (baseline.needs, baseline.spec.baseline, baseline.spec.condition) == ((), name, name)
        assert (baseline.spec.scenes, baseline.spec.seed) == (trained.spec.scenes, trained.spec.seed)


def test_launching_a_matrix_again_finds_the_same_jobs(database: Database, moors: str) -> None:
    matrix = launched(database, moors)
    assert launched(database, moors) == matrix
    assert launched(database, moors, objectives=["gmsd", "GMSD".lower(), "1*gmsd"]).trainings == {
        key: job for key, job in matrix.trainings.items() if key[1] == "gmsd"
    }
    assert set(launched(database, moors, seed=1).trainings.values()).isdisjoint(matrix.trainings.values())


def test_what_failed_of_a_matrix_goes_on_when_it_is_launched_again(database: Database, moors: str) -> None:
    wish = {"tasks": ["denoise"], "scene_side": 200, "scores": Scores.of(OBJECTIVES), "baselines": True}
    matrix = launched(database, moors, **wish)
    claims.fail(database, claimed(database), "The disk is full.")
    assert {store.get(database, job).state for job in matrix.trainings.values()} == {JobState.FAILED}
    store.cancel(database, matrix.baselines["denoise", "input"])
    assert launched(database, moors, **wish) == matrix
    jobs = store.listing(database)
    assert {job.state for job in jobs} == {JobState.QUEUED}
    assert sorted(matrix.jobs) == [job.id for job in jobs]


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"tasks": ["denoise", "denoiss"]}, UnknownTask, "did you mean 'denoise'"),
        ({"objectives": ["mae", "gsmd"]}, UnknownMeasure, "did you mean 'gmsd'"),
        ({"objectives": []}, BadMatrix, "at least one objective|one task and one objective"),
        ({"preset": "tini"}, UnknownPreset, "did you mean 'tiny'"),
        ({"photograph_set": "holidays"}, UnknownSet, "the sets are: moors"),
        ({"scene_side": 300}, PhotographTooSmall, r"'tarn' \(330×270 px\) does not hold 1 scene of 300×300 px"),
        ({"scenes_per_photograph": 2}, PhotographTooSmall, "'tarn' .*does not hold 2 scenes of 255×255 px"),
        (
            {"objectives": [LONG]},
            BadMatrix,
            r"0\.123456789012345\*charbonnier.* is too long for the name of a condition",
        ),
        ({"scene_side": 3}, BadMatrix, "superres needs scenes of at least 4 px"),
    ],
)
def test_a_matrix_that_cannot_be_launched_launches_nothing(
    database: Database, moors: str, changes: dict[str, object], error: type[Exception], says: str
) -> None:
    said = {"tasks": ["denoise", "superres"], "objectives": OBJECTIVES, "preset": "tiny", "scene_side": 255}
    with pytest.raises(error, match=says):
        launch_matrix(database, **{"photograph_set": moors} | said | changes)
    assert store.listing(database) == []


def test_photographs_smaller_than_the_patch_are_named(database: Database, media: Media, tmp_path: Path) -> None:
    files = []
    for name, side in (("moor", 300), ("pond", 120), ("tarn", 300)):
        pixels = np.random.default_rng(side + len(files)).integers(0, 256, (side, side, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        files.append(PhotoFile(name, tmp_path / f"{name}.png", "made here"))
    add_photographs(database, media, "mixed", files, test=["tarn"])
    with pytest.raises(PhotographTooSmall, match=r"'pond' \(120×120 px\) is smaller than the \d+ px patch"):
        launch_matrix(database, tasks=["denoise"], objectives=OBJECTIVES, preset="tiny", photograph_set="mixed")
    assert store.listing(database) == []


def test_a_set_without_photographs_to_judge_on_is_refused(database: Database, media: Media, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300)).save(tmp_path / "moor.png")
    add_photographs(database, media, "one", [PhotoFile("moor", tmp_path / "moor.png", "")])
    with pytest.raises(BadMatrix, match="1 photographs for training and 0 for testing"):
        launch_matrix(database, tasks=["denoise"], objectives=["mae"], preset="tiny", photograph_set="one")


def test_a_single_scene_lies_in_the_middle() -> None:
    (scene,) = scenes_of(PhotographView("tarn", Split.TEST, "0" * 64, 600, 400, ""), 256, 1)
    assert (scene.name, scene.left, scene.top) == ("tarn", 172, 72)


@pytest.mark.parametrize(("width", "height"), [(600, 400), (400, 600), (512, 512), (300, 1000)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_scenes_of_a_photograph_lie_inside_it_and_apart(width: int, height: int, count: int) -> None:
    side = 150
    scenes = scenes_of(PhotographView("tarn", Split.TEST, "0" * 64, width, height, ""), side, count)
    assert len({scene.name for scene in scenes}) == count
    for scene in scenes:
        assert 0 <= scene.left <= width - side
        assert 0 <= scene.top <= height - side
    for one, other in itertools.combinations(scenes, 2):
        assert abs(one.left - other.left) >= side or abs(one.top - other.top) >= side


def test_two_photographs_whose_scenes_would_be_called_alike_are_refused(
    database: Database, media: Media, tmp_path: Path
) -> None:
    files = []
    for name, width in (("boat", 200), ("boat-1", 100), ("fell", 200)):
        pixels = np.random.default_rng(len(files)).integers(0, 256, (200 if name == "fell" else 100, width, 3))
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"{name}.png")
        files.append(PhotoFile(name, tmp_path / f"{name}.png", "made here"))
    add_photographs(database, media, "boats", files, test=["boat", "boat-1"])
    wish = {"tasks": ["denoise"], "objectives": ["gmsd"], "preset": "tiny", "photograph_set": "boats"}
    with pytest.raises(BadMatrix, match="'boat-1'"):
        launch_matrix(database, **wish, scenes=SceneWish(96, altogether=3))
    assert store.listing(database) == []


def test_the_same_matrix_launched_by_two_at_once_is_one(database: Database, moors: str) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: launched(database, moors), range(2))
    assert first == second
    assert len(store.listing(database)) == 2 + 6 + 6
