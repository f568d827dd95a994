"""The pictures that people will judge: reference, degraded input and restored picture of each scene, lossless."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from PIL import Image
from torch import Tensor

from app.catalog import task as known_task
from app.errors import BadInput, Conflict
from app.jobs.contract import Progress, RenderedPicture, RenderResult, SceneRef
from trainer.checkpoint import Checkpoint
from trainer.files import write_whole
from trainer.report import Report, Stopped
from trainer.state import network_of
from trainer.tasks import TASKS

Role = Literal["reference", "degraded", "condition"]


class OtherTask(BadInput):
    """A network restores the task it was trained for and no other."""

    def __init__(self, path: Path, theirs: str, asked: str) -> None:
        super().__init__(f"{path} was trained for {theirs}, not for {asked}", "render it under its own task")


class SceneOutside(BadInput):
    """A scene does not lie wholly inside its photograph, or has a size that its task cannot take."""


class NameTaken(BadInput):
    """Two pictures of one rendering would have the same name."""


class OtherScenes(Conflict):
    """Conditions rendered into one folder must share each scene's reference and degraded input."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is there already and shows something else",
            "render all conditions of a folder from the same photographs with the same --side and --seed, or choose an "
            "empty folder",
        )


@dataclass(frozen=True, slots=True)
class Rendering:
    """One network, the scenes it restores, and where the pictures go."""

    task: str
    condition: str
    checkpoint: Checkpoint
    scenes: Sequence[SceneRef]
    photograph_of: Callable[[SceneRef], Tensor]
    seed: int
    folder: Path
    device: torch.device
    file_name: Callable[[int, str, Role], str]  # from the scene's number and name
    record: str = "result.json"  # the file that lists the pictures


def render(rendering: Rendering, report: Report) -> RenderResult:
    """Restores every scene in single precision; leaves the pictures and their list in the folder.

    Raises
    ------
    OtherTask, NameTaken
        Nothing has been written.
    SceneOutside
        A scene does not lie within its photograph; those before it have been written.
    OtherScenes
        The folder holds the same scenes cut or degraded differently; they stand as they were.
    Stopped
        The report asked for it; what was rendered lies there without a list.
    """
    _check(rendering)
    recipe = rendering.checkpoint.sidecar.recipe
    network = network_of(recipe)
    network.load_state_dict(rendering.checkpoint.weights)
    network.to(rendering.device).eval()
    pictures: list[RenderedPicture] = []
    for number, scene in enumerate(rendering.scenes):
        clean = cut(scene, rendering.photograph_of(scene))
        degraded = degraded_input(rendering.task, scene.name, rendering.seed, clean)
        with torch.no_grad():
            restored = network(degraded.to(rendering.device)).cpu()
        shown = TASKS[rendering.task].shown(degraded)
        by_role: dict[Role, Tensor] = {"reference": clean, "degraded": shown, "condition": restored}
        pictures += [_written(rendering, number, scene, role, picture) for role, picture in by_role.items()]
        if report.due() or number + 1 == len(rendering.scenes):
            report.progress(Progress(step=number + 1, total=len(rendering.scenes)))
        if report.stop_requested:
            raise Stopped
    result = RenderResult(task=rendering.task, pictures=tuple(pictures))
    write_whole(rendering.folder / rendering.record, result.model_dump_json(indent=1).encode())
    return result


def cut(scene: SceneRef, photograph: Tensor) -> Tensor:
    """The scene as a batch of one, 1 × 3 × H × W in [0, 1]."""
    height, width, _ = photograph.shape
    if scene.left + scene.width > width or scene.top + scene.height > height:
        raise SceneOutside(
            f"Scene {scene.name!r} reaches to ({scene.left + scene.width}, {scene.top + scene.height}), but the "
            f"photograph {scene.photograph.name} is {width}×{height} px",
            "choose a smaller side",
        )
    part = photograph[scene.top : scene.top + scene.height, scene.left : scene.left + scene.width]
    return part.permute(2, 0, 1)[None].float().contiguous() / 255  # noise is drawn in the order of memory


def degraded_input(task: str, scene: str, seed: int, clean: Tensor) -> Tensor:
    """What every network of the task is given for this scene: the same to the last bit, whatever else is rendered.

    Its randomness comes from a seed made of task, scene and ``seed`` alone, and from the CPU's generator, so that
    machines with and without a GPU agree.
    """
    text = f"{task}\n{scene}\n{seed}"
    own_seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])
    return TASKS[task].degrade(clean, torch.Generator().manual_seed(own_seed))


def png(picture: Tensor) -> bytes:
    """A batch of one as a PNG of eight bits per channel, rounded and clipped, without metadata."""
    pixels = (picture[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous()
    buffer = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(buffer, "PNG")
    return buffer.getvalue()


def _check(rendering: Rendering) -> None:
    recipe = rendering.checkpoint.sidecar.recipe
    if recipe.task != rendering.task:
        raise OtherTask(rendering.checkpoint.path, recipe.task, rendering.task)
    if rendering.condition in ("reference", "degraded"):
        raise NameTaken(
            f"A condition cannot be called {rendering.condition!r}: that is what the picture beside it is.",
            "choose another name for the condition",
        )
    multiple, names = known_task(rendering.task).multiple, set[str]()
    for scene in rendering.scenes:
        if scene.name in names:
            raise NameTaken(f"Two scenes are called {scene.name!r}", "rename one of the photographs")
        names.add(scene.name)
        if scene.width % multiple or scene.height % multiple:
            raise SceneOutside(
                f"Scene {scene.name!r} is {scene.width}×{scene.height} px, but {rendering.task} needs sides that are "
                f"multiples of {multiple}",
                "choose such a side",
            )


def _written(rendering: Rendering, number: int, scene: SceneRef, role: Role, picture: Tensor) -> RenderedPicture:
    condition = rendering.condition if role == "condition" else role
    file = rendering.file_name(number, scene.name, role)
    data, path = png(picture), rendering.folder / file
    if role != "condition" and path.is_file() and path.read_bytes() != data:
        raise OtherScenes(path)
    write_whole(path, data)
    return RenderedPicture(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        scene=scene.name,
        condition=condition,
        role=role,
        width=scene.width,
        height=scene.height,
        origin=_origin(rendering, scene, role),
    )


def _origin(rendering: Rendering, scene: SceneRef, role: Role) -> dict[str, str | int | float]:
    """What determines the picture, and nothing that does not: references are the same whichever job cut them."""
    origin: dict[str, str | int | float] = {
        "photograph": scene.photograph.digest,
        "left": scene.left,
        "top": scene.top,
        "width": scene.width,
        "height": scene.height,
    }
    if role != "reference":
        origin |= {"task": rendering.task, "seed": rendering.seed}
    if role == "condition":
        sidecar = rendering.checkpoint.sidecar
        origin |= {"recipe_hash": sidecar.recipe_hash, "checkpoint": sidecar.sha256}
    return origin
