"""What a training step costs by arithmetic: the network's layers, the measures' work, and the bytes of both; no torch.

The layers are those of ``trainer.networks`` (a test compares the numbers of weights). What a measure and its gradient
cost was timed by ``python -m trainer bench measures`` on one core (docs/lab-notebook.md); what learned measures cost
is reckoned from the layers of their networks, two pictures forward and one of them back, and has not been timed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.jobs import objective
from app.jobs.contract import Network, Recipe

CORE = 30e9  # floating-point operations that one core of a CPU does in a second, in layers as small as ours
GPU: Mapping[str, float] = {
    "fp32": 25e12,
    "bf16": 150e12,
}  # of a data-centre card, in layers as ours: reckoned, never timed
GPU_OF_CORES = 60  # cores that do as much of a measure as one card does: reckoned, never timed
OVERHEAD = {"cpu": 3.0, "cuda": 1.0}  # milliseconds of a step that do not depend on its size
PROCESS = 1_500_000_000  # bytes that PyTorch and its libraries take besides, on a GPU or in the computer
_NUMBERS_PER_THREAD = 400_000  # as in trainer.machine: with less to do, a thread brings less than it costs
_CODE, _STAGES = 64, 4  # channels of the code of compress, and how often it halves the grid

MEASURE_MS: Mapping[str, float] = {
    "mae": 7, "mse": 7, "psnr": 7, "charbonnier": 10, "pamse": 76, "nlpd": 215, "mad": 2660,
    "ssim": 244, "ms_ssim": 325, "cw_ssim": 69, "gmsd": 57, "mcsd": 285, "fsim": 529, "vsi": 400, "sff": 26,
    "ifc": 530, "vif": 565,
    "lpips": 30_000, "dists": 30_000, "pieapp": 60_000, "deepiqa": 30_000, "gti_cnn": 10_000,
}  # fmt: skip
"""Milliseconds of a measure and its gradient on one core, for a million pixels of three channels."""

_MEASURE_FLOATS: Mapping[str, int] = {"mae": 6, "mse": 6, "psnr": 6, "charbonnier": 9, "pamse": 15}
_CLASSICAL_FLOATS, _LEARNED_FLOATS = 120, 1100  # numbers that are kept for the way back, for each pixel
_LEARNED = frozenset({"lpips", "dists", "pieapp", "deepiqa", "gti_cnn"})


@dataclass(frozen=True, slots=True)
class Layer:
    """A 3 × 3 convolution on a grid whose side is that of the crop, divided by ``grid``."""

    inputs: int
    outputs: int
    grid: int = 1

    @property
    def weights(self) -> int:
        """Numbers that are learned, its offsets included."""
        return (9 * self.inputs + 1) * self.outputs

    @property
    def per_pixel(self) -> float:
        """Multiplications for each pixel of the crop."""
        return 9 * self.inputs * self.outputs / self.grid**2


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a training needs on its device besides what PyTorch itself takes there."""

    weights: int  # the averaged ones, where there are any, included
    optimizer: int  # Adam's two moments, and the gradient
    activations: int  # what the way back needs of network and measures

    @property
    def total(self) -> int:
        """All of them together."""
        return self.weights + self.optimizer + self.activations


def layers(task: str, size: Network) -> list[Layer]:
    """The convolutions of the task's network, in the order in which a picture meets them."""
    c, b = size.channels, size.blocks
    if task == "compress":
        return [*_analysis(c, b), *_synthesis(c, b)]
    grid = 4 if task == "superres" else 1
    trunk = [Layer(3, c, grid), *[Layer(c, c, grid)] * (2 * b + 1)]
    if task == "superres":
        return [*trunk, Layer(c, c, 2), Layer(c, c), Layer(c, 3)]
    return [*trunk, Layer(c, 3)]


def weights_of(recipe: Recipe) -> int:
    """How many numbers the recipe's network learns."""
    return sum(layer.weights for layer in layers(recipe.task, recipe.network))


def step_ms(recipe: Recipe, *, cores: int | None, processes: int = 1) -> float:
    """Milliseconds of a step by arithmetic: on so many cores of a CPU, or on a GPU (None), or several together."""
    pixels = recipe.batch * recipe.patch**2 / processes
    work = 6 * pixels * sum(layer.per_pixel for layer in layers(recipe.task, recipe.network))  # forward 2, back 4
    measures = pixels / 1e6 * sum(MEASURE_MS[name] for name in objective.parse(recipe.objective).measures)
    if cores is None:
        return 1000 * work / GPU[recipe.precision] + measures / GPU_OF_CORES + OVERHEAD["cuda"]
    used = max(1, min(cores, int(recipe.batch * recipe.network.channels * recipe.patch**2 // _NUMBERS_PER_THREAD)))
    return 1000 * work / (CORE * used) + measures / used + OVERHEAD["cpu"]


def memory(recipe: Recipe, *, processes: int = 1) -> Memory:
    """Bytes on each device: weights, Adam's moments and the gradient, and what the way back needs."""
    numbers, pixels = weights_of(recipe), recipe.batch * recipe.patch**2 / processes
    width = 2 if recipe.precision == "bf16" else 4
    kept = sum(2 * layer.outputs / layer.grid**2 for layer in layers(recipe.task, recipe.network))  # and its ReLU
    measures = sum(map(_floats, objective.parse(recipe.objective).measures))
    return Memory(
        weights=4 * numbers * (2 if recipe.ema else 1),
        optimizer=12 * numbers,
        activations=int(pixels * (width * kept + 4 * measures)),
    )


def _analysis(c: int, b: int) -> list[Layer]:
    found = list[Layer]()
    for stage in range(1, _STAGES + 1):
        found += [Layer(3 if stage == 1 else c, c, 2**stage), *[Layer(c, c, 2**stage)] * (2 * b)]
    return [*found, Layer(c, _CODE, 2**_STAGES)]


def _synthesis(c: int, b: int) -> list[Layer]:
    found = [Layer(_CODE, c, 2**_STAGES)]
    for stage in range(_STAGES, 0, -1):
        found += [*[Layer(c, c, 2**stage)] * (2 * b), Layer(c, 3 if stage == 1 else c, 2 ** (stage - 1))]
    return found


def _floats(name: str) -> int:
    return _MEASURE_FLOATS.get(name, _LEARNED_FLOATS if name in _LEARNED else _CLASSICAL_FLOATS)
