"""What people will judge: one degraded input for all conditions, lossless, with its whole origin."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from app.catalog import task as known_task
from app.jobs.contract import PhotographRef, Recipe, RenderedPicture, RenderResult, SceneRef
from tests.trainer.conftest import Listener
from trainer.chance import on_grid
from trainer.checkpoint import Keeper, load
from trainer.data import decode
from trainer.degrade import blurred, noisy
from trainer.networks.bits import unpack
from trainer.render import KEPT, NameTaken, NoPicture, OtherTask, Rendering, png, render
from trainer.report import Stopped
from trainer.scenes import SceneOutside, staged
from trainer.state import network_of
from trainer.tasks import TASKS

Render = Callable[..., RenderResult]


def scene(photos: Path, name: str, **place: int) -> SceneRef:
    path = next(photos.glob(f"{name}.*"))
    ref = PhotographRef(name=path.name, digest=hashlib.sha256(path.read_bytes()).hexdigest())
    return SceneRef(name=name, photograph=ref, **({"left": 4, "top": 8, "width": 48, "height": 32} | place))


@pytest.fixture
def rendered(photos: Path, recipe: Recipe, tmp_path: Path) -> Render:
    """Renders both photographs with a network of that task and seed."""

    def run(
        folder: str, *, task: str = "denoise", network: int = 0, scenes: list[SceneRef] | None = None, **fields: object
    ) -> RenderResult:
        made = recipe.model_copy(update={"task": task, "seed": network, "patch": 32})
        path, _ = Keeper(tmp_path / f"network-{task}-{network}", made, 300).save(
            1, {"network": network_of(made).state_dict()}
        )
        report = fields.pop("report", Listener())
        content = {
            "task": task,
            "condition": f"condition-{network}",
            "checkpoint": load(path),
            "scenes": scenes or [scene(photos, "lake"), scene(photos, "tower")],
            "photograph_of": lambda ref: decode(ref.photograph.name, (photos / ref.photograph.name).read_bytes()),
            "seed": 3,
            "folder": tmp_path / folder,
            "device": torch.device("cpu"),
            "file_name": lambda number, name, role: f"{number}-{role}.png",
        }
        return render(Rendering(**(content | fields)), report)  # type: ignore[arg-type]

    return run


def pixels(path: Path) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(path.read_bytes())))


def by_role(result: RenderResult, name: str) -> dict[str, RenderedPicture]:
    return {picture.role: picture for picture in result.pictures if picture.scene == name}


@pytest.mark.parametrize("task", TASKS)
def test_all_conditions_of_a_scene_share_reference_and_degraded_input(
    rendered: Render, photos: Path, task: str
) -> None:
    one = rendered("one", task=task, network=1)
    other = rendered("other", task=task, network=2, scenes=[scene(photos, "tower"), scene(photos, "lake")])
    for name in ("lake", "tower"):
        ours, theirs = by_role(one, name), by_role(other, name)
        assert ours["reference"].sha256 == theirs["reference"].sha256
        assert ours["degraded"].sha256 == theirs["degraded"].sha256
        assert ours["condition"].sha256 != theirs["condition"].sha256
        assert ours["reference"].origin == theirs["reference"].origin
        assert ours["degraded"].origin == theirs["degraded"].origin


def test_another_seed_scene_or_task_degrades_differently() -> None:
    clean = torch.rand(1, 3, 16, 16)

    def noise(scene: str, seed: int) -> Tensor:
        return staged("denoise", scene, seed, clean).given - clean

    assert torch.equal(noise("lake", 1), noise("lake", 1))
    assert not torch.allclose(noise("lake", 1), noise("lake", 2))
    assert not torch.allclose(noise("lake", 1), noise("tower", 1))


def test_the_reference_is_the_photograph_s_own_pixels(rendered: Render, photos: Path, tmp_path: Path) -> None:
    picture = by_role(rendered("one"), "lake")["reference"]
    assert np.array_equal(pixels(tmp_path / "one" / picture.file), pixels(photos / "lake.png")[8:40, 4:52])


@pytest.mark.parametrize("task", TASKS)
def test_pictures_are_what_the_network_gave_rounded_to_eight_bits(
    rendered: Render, photos: Path, recipe: Recipe, tmp_path: Path, task: str
) -> None:
    picture = by_role(rendered("one", task=task, network=1), "lake")["condition"]
    clean = torch.from_numpy(pixels(photos / "lake.png")[8:40, 4:52]).permute(2, 0, 1)[None] / 255
    network = network_of(recipe.model_copy(update={"task": task, "seed": 1, "patch": 32}))
    with torch.no_grad():
        restored = network(staged(task, "lake", 3, clean.contiguous()).given)
    expected = (restored[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    assert np.array_equal(pixels(tmp_path / "one" / picture.file), expected)


def test_every_picture_is_listed_with_its_hash_its_size_and_its_origin(rendered: Render, tmp_path: Path) -> None:
    result = rendered("one")
    assert RenderResult.model_validate_json((tmp_path / "one" / "result.json").read_bytes()) == result
    assert [(picture.scene, picture.condition) for picture in result.pictures] == [
        (name, condition) for name in ("lake", "tower") for condition in ("reference", "degraded", "condition-0")
    ]
    for picture in result.pictures:
        data = (tmp_path / "one" / picture.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == picture.sha256
        assert Image.open(io.BytesIO(data)).size == (picture.width, picture.height) == (48, 32)
        assert {"photograph", "left", "top", "width", "height"} <= picture.origin.keys()
    condition = result.pictures[2].origin
    assert condition["seed"] == 3
    assert len(str(condition["recipe_hash"])) == len(str(condition["checkpoint"])) == 64


def test_a_blurred_scene_can_be_made_again_from_its_reference_and_the_kernel_that_was_kept(
    rendered: Render, tmp_path: Path
) -> None:
    pictures = by_role(rendered("one", task="deblur"), "lake")
    kept = (tmp_path / "one" / KEPT / "0-degraded.kernel.npy").read_bytes()
    assert hashlib.sha256(kept).hexdigest() == pictures["degraded"].origin["kernel"]
    kernel = torch.from_numpy(np.load(io.BytesIO(kept)))
    clean = torch.from_numpy(pixels(tmp_path / "one" / pictures["reference"].file)).permute(2, 0, 1)[None] / 255
    again = png(on_grid(blurred(clean.double(), kernel[None].double())))
    assert again == (tmp_path / "one" / pictures["degraded"].file).read_bytes()


def test_noise_can_be_drawn_again_from_the_origin_alone(rendered: Render, tmp_path: Path) -> None:
    pictures = by_role(rendered("one"), "lake")
    seed = int(str(pictures["degraded"].origin["generator"]).rpartition("seed ")[2])
    clean = torch.from_numpy(pixels(tmp_path / "one" / pictures["reference"].file)).permute(2, 0, 1)[None] / 255
    again = png(on_grid(noisy(clean.double().contiguous(), torch.Generator().manual_seed(seed))))
    assert again == (tmp_path / "one" / pictures["degraded"].file).read_bytes()


def test_a_compressed_scene_is_what_its_packed_code_says_beside_jpeg_of_no_more_bits_if_it_can(
    rendered: Render, recipe: Recipe, photos: Path, tmp_path: Path
) -> None:
    scenes = [scene(photos, "lake", left=0, top=0, width=80, height=64)]
    pictures = by_role(rendered("one", task="compress", network=1, scenes=scenes), "lake")
    kept, origin = tmp_path / "one" / KEPT, pictures["condition"].origin
    code = (kept / "0-condition.code").read_bytes()
    assert origin["bits_per_pixel"] == len(code) * 8 / (80 * 64) == 0.25
    assert float(origin["entropy_per_pixel"]) <= 0.25
    network = network_of(recipe.model_copy(update={"task": "compress", "seed": 1, "patch": 32}))
    with torch.no_grad():
        again = png(network.decode(unpack(code, (1, 64, 4, 5))))  # type: ignore[operator]
    assert again == (tmp_path / "one" / pictures["condition"].file).read_bytes()

    jpeg, origin = kept / "0-degraded.jpg", pictures["degraded"].origin
    assert np.array_equal(pixels(jpeg), pixels(tmp_path / "one" / pictures["degraded"].file))
    assert (origin["jpeg_quality"], origin["jpeg_bytes"]) == (1, len(jpeg.read_bytes()))
    assert float(origin["bits_per_pixel"]) > 0.25, "its headers alone are too many for so small a picture"


@pytest.mark.parametrize("task", TASKS)
def test_a_baseline_is_the_degraded_input_that_all_conditions_share(rendered: Render, task: str) -> None:
    trained = by_role(rendered("one", task=task), "lake")
    name = known_task(task).baselines[0].id
    drawn = by_role(rendered("two", task=task, checkpoint=None, condition=name), "lake")
    assert drawn["condition"].sha256 == drawn["degraded"].sha256 == trained["degraded"].sha256
    assert drawn["degraded"].origin == trained["degraded"].origin
    assert drawn["condition"].origin == {**drawn["degraded"].origin, "baseline": name}


def test_a_png_is_eight_bit_rgb_without_metadata() -> None:
    data = png(torch.tensor([-0.5, 0.5, 1.5]).view(1, 3, 1, 1).expand(1, 3, 4, 6))
    assert [data[at : at + 4] for at in (12, 37)] == [b"IHDR", b"IDAT"]
    assert data[-8:-4] == b"IEND"
    picture = Image.open(io.BytesIO(data))
    assert (picture.mode, picture.size, picture.info) == ("RGB", (6, 4), {})
    assert picture.getpixel((0, 0)) == (0, 128, 255)


def test_progress_is_told_in_scenes_and_a_stop_leaves_no_result(rendered: Render, tmp_path: Path) -> None:
    listener = Listener()
    rendered("one", report=listener)
    assert [(progress.step, progress.total) for progress in listener.heard] == [(1, 2), (2, 2)]
    with pytest.raises(Stopped):
        rendered("two", report=Listener(stop_after=1))
    assert not (tmp_path / "two" / "result.json").exists()


def test_what_cannot_be_rendered_is_refused_before_anything_is_written(
    rendered: Render, photos: Path, tmp_path: Path
) -> None:
    rendered("elsewhere")
    denoiser = load(tmp_path / "network-denoise-0" / "checkpoint-1.pt")
    with pytest.raises(OtherTask, match="was trained for denoise, not for superres"):
        rendered("one", task="superres", checkpoint=denoiser)
    with pytest.raises(NameTaken, match="Two scenes are called 'lake'"):
        rendered("one", scenes=[scene(photos, "lake"), scene(photos, "lake", left=0)])
    with pytest.raises(NameTaken, match="cannot be called 'reference'"):
        rendered("one", condition="reference")
    with pytest.raises(SceneOutside, match="multiples of 4"):
        rendered("one", task="superres", scenes=[scene(photos, "lake", width=41)])
    assert not (tmp_path / "one").exists()


def test_numbers_that_are_no_picture_are_not_shown_as_black(rendered: Render, tmp_path: Path) -> None:
    rendered("elsewhere")
    denoiser = load(tmp_path / "network-denoise-0" / "checkpoint-1.pt")
    denoiser.weights["noise.bias"][1] = torch.inf
    with pytest.raises(NoPicture, match="makes of scene 'lake' is not finite"):
        rendered("one", checkpoint=denoiser)
    assert {path.name for path in (tmp_path / "one").iterdir()} == {"0-reference.png", "0-degraded.png"}


def test_a_scene_that_reaches_beyond_its_photograph_is_refused(rendered: Render, photos: Path) -> None:
    with pytest.raises(SceneOutside, match=r"reaches to \(104, 40\), but the photograph lake.png is 90×70 px"):
        rendered("one", scenes=[scene(photos, "lake", width=100)])
