"""The pictures that people will judge: reference, degraded input and restored picture of each scene, lossless."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from PIL import Image
from torch import Tensor

from app.catalog import task as known_task
from app.errors import BadInput, Conflict
from app.jobs.contract import Progress, RenderedPicture, RenderResult, SceneRef
from app.log import logger
from trainer.checkpoint import Checkpoint
from trainer.data import digest_of_pixels
from trainer.files import write_whole
from trainer.pixels import eight_bits
from trainer.report import Report, Stopped
from trainer.scenes import SceneOutside, cut, staged
from trainer.state import network_of
from trainer.tasks import TASKS, Degraded, Made

Role = Literal["reference", "degraded", "condition"]

KEPT = "made-from"  # the folder of what pictures can be made from again: blur kernels, codes, JPEG files


class OtherTask(BadInput):
    """A network restores the task it was trained for and no other."""

    def __init__(self, path: Path, theirs: str, asked: str) -> None:
        super().__init__(f"{path} was trained for {theirs}, not for {asked}", "render it under its own task")


class NameTaken(BadInput):
    """Two pictures of one rendering would have the same name."""


class OtherScenes(Conflict):
    """Conditions rendered into one folder must share each scene's reference and degraded input."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is there already and shows something else",
            "render all conditions of a folder from the same photographs with the same --side and --seed; where that "
            "is so, another version of Beholder or PyTorch or another kind of CPU made it: choose an empty folder",
        )


class NoPicture(Conflict):
    """A network made numbers of a scene that are no picture."""

    def __init__(self, scene: str) -> None:
        super().__init__(
            f"What the network makes of scene {scene!r} is not finite",
            "train it again with a lower 'learning_rate' or a 'clip_norm'",
        )


@dataclass(frozen=True, slots=True)
class Rendering:
    """One network or none, the scenes that are restored, and where the pictures go."""

    task: str
    condition: str
    checkpoint: Checkpoint | None  # None: the condition is the degraded input itself, a baseline
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
    NoPicture
        The network's numbers are not finite; scenes before this one have been written.
    Stopped
        The report asked for it; what was rendered lies there without a list.
    """
    _check(rendering)
    restore = _restorer(rendering)
    pictures: list[RenderedPicture] = []
    seen = dict[str, None]()  # in their order
    for number, scene in enumerate(rendering.scenes):
        photograph = rendering.photograph_of(scene)
        if _learned_from(rendering, photograph):
            seen[scene.photograph.name] = None
        clean = cut(scene, photograph)
        degraded = staged(rendering.task, scene.name, rendering.seed, clean)
        by_role: dict[Role, Made] = {
            "reference": Made(clean), "degraded": degraded.shown, "condition": restore(degraded),
        }  # fmt: skip
        pictures += [_written(rendering, number, scene, role, made) for role, made in by_role.items()]
        if report.due() or number + 1 == len(rendering.scenes):
            report.progress(Progress(step=number + 1, total=len(rendering.scenes)))
        if report.stop_requested:
            raise Stopped
    if seen:
        logger("trainer").warning("restores what it learned from, which is no test", photographs=", ".join(seen))
    result = RenderResult(task=rendering.task, pictures=tuple(pictures))
    write_whole(rendering.folder / rendering.record, result.model_dump_json(indent=1).encode())
    return result


def _restorer(rendering: Rendering) -> Callable[[Degraded], Made]:
    """What makes a condition's picture of a degraded input; a baseline is that input as it is shown."""
    if rendering.checkpoint is None:
        return lambda degraded: replace(
            degraded.shown, origin={**degraded.shown.origin, "baseline": rendering.condition}
        )
    sidecar = rendering.checkpoint.sidecar
    network = network_of(sidecar.recipe)
    network.load_state_dict(rendering.checkpoint.weights)
    network.to(rendering.device).eval()
    made_by = {"recipe_hash": sidecar.recipe_hash, "checkpoint": sidecar.sha256}

    @torch.no_grad()
    def restore(degraded: Degraded) -> Made:
        # In single precision whatever it was trained in: near 1, bfloat16 steps by a whole display level.
        made = TASKS[rendering.task].restore(network, degraded.given.to(rendering.device))
        shared = {key: degraded.shown.origin[key] for key in ("task", "seed", "generator")}
        return replace(made, picture=made.picture.cpu(), origin={**shared, **made_by, **made.origin})

    return restore


def _learned_from(rendering: Rendering, photograph: Tensor) -> bool:
    known = rendering.checkpoint.sidecar.learned_from if rendering.checkpoint else ()
    return bool(known) and digest_of_pixels(photograph) in known


def png(picture: Tensor) -> bytes:
    """A batch of one as a PNG of eight bits per channel, rounded and clipped, without metadata."""
    buffer = io.BytesIO()
    Image.fromarray(eight_bits(picture).numpy()).save(buffer, "PNG")
    return buffer.getvalue()


def _check(rendering: Rendering) -> None:
    recipe = rendering.checkpoint.sidecar.recipe if rendering.checkpoint else None
    if rendering.checkpoint and recipe and recipe.task != rendering.task:
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


def _written(rendering: Rendering, number: int, scene: SceneRef, role: Role, made: Made) -> RenderedPicture:
    if not made.picture.isfinite().all():  # eight bits would show it as black, and people would judge that
        raise NoPicture(scene.name)
    condition = rendering.condition if role == "condition" else role
    file = rendering.file_name(number, scene.name, role)
    data, path = png(made.picture), rendering.folder / file
    if role != "condition" and path.is_file() and path.read_bytes() != data:
        raise OtherScenes(path)
    write_whole(path, data)
    for ending, kept in made.kept.items():
        write_whole(rendering.folder / KEPT / f"{file.removeprefix('pictures/').removesuffix('.png')}.{ending}", kept)
    return RenderedPicture(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        scene=scene.name,
        condition=condition,
        role=role,
        width=scene.width,
        height=scene.height,
        origin={**_place(scene), **made.origin},
    )


def _place(scene: SceneRef) -> dict[str, str | int | float]:
    """Where the picture lies; references are the same whichever job cut them, so that nothing else determines them."""
    return {
        "photograph": scene.photograph.digest,
        "left": scene.left,
        "top": scene.top,
        "width": scene.width,
        "height": scene.height,
    }
