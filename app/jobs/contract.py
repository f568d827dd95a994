"""What a job is, agreed between the queue and the trainer: plain data that crosses a process boundary as JSON."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from app.catalog import baseline as known_baseline
from app.catalog import task
from app.jobs import objective
from app.jobs.contract_parts import Frozen, Number, PhotographRef, SceneRef, digest_of
from app.jobs.contract_recover import PUBLISHED_RECOVERY, RecoverResult, RecoverSpec, RecoveryPoint, Verdict
from app.jobs.contract_score import Form, PicturePair, ReplacedValue, ScoredValue, ScoreResult, ScoreSpec

__all__ = [
    "PUBLISHED_RECOVERY",
    "AnyResult",
    "AnySpec",
    "Assignment",
    "Form",
    "Network",
    "PhotographRef",
    "PicturePair",
    "Progress",
    "Recipe",
    "RecoverResult",
    "RecoverSpec",
    "RecoveryPoint",
    "RenderResult",
    "RenderSpec",
    "RenderedPicture",
    "ReplacedValue",
    "Result",
    "SceneRef",
    "ScoreResult",
    "ScoreSpec",
    "ScoredValue",
    "Spec",
    "TrainResult",
    "TrainSpec",
    "Usage",
    "Verdict",
    "digest_of",
]


class Network(Frozen):
    """The size of the task's network."""

    channels: int = Field(64, ge=4, le=512)
    blocks: int = Field(16, ge=1, le=64)


class Recipe(Frozen):
    """Everything that determines a training, apart from the photographs and the weights it starts from."""

    task: str
    objective: str
    network: Network = Network()
    patch: int = Field(192, ge=8, le=2048, description="Side of a training crop of the clean picture, pixels.")
    batch: int = Field(16, ge=1, le=1024)
    steps: Number = 500_000
    learning_rate: float = Field(1e-4, gt=0, le=1)
    halve_every: Number = Field(
        100_000, description="The learning rate falls linearly by a factor of two in so many steps."
    )
    clip_norm: float | None = Field(None, gt=0, description="Gradient norm above which a step is shortened.")
    precision: Literal["fp32", "bf16"] = "fp32"
    ema: float | None = Field(
        None, gt=0, lt=1, exclude_if=lambda value: value is None,  # recipes older than this key keep their hash
        description="Decay of the moving average of the weights (at first their mean) that is validated and rendered.",
    )  # fmt: skip
    kernels: int = Field(
        10_000, ge=1, le=100_000, exclude_if=lambda value: value == 10_000,  # as above
        description="Blur kernels drawn beforehand, of which each crop takes one (deblur).",
    )  # fmt: skip
    candidates: int = Field(
        1, ge=1, le=64, exclude_if=lambda value: value == 1,  # as above
        description="Places drawn at random for each crop; the one with the most detail is learned from.",
    )  # fmt: skip
    recolour: bool = Field(
        False, exclude_if=lambda value: not value,  # as above
        description="Whether each crop has its three colours in a random order.",
    )  # fmt: skip
    beyond: float | None = Field(
        None, ge=0, le=1, exclude_if=lambda value: value is None,  # as above
        description="Judges pictures clipped to [0, 1], as displayed; so much of the gradient passes where they are.",
    )  # fmt: skip
    seed: int = Field(0, ge=0, lt=2**31)

    @field_validator("task")
    @classmethod
    def _known_task(cls, value: str) -> str:
        return task(value).id

    @field_validator("objective")
    @classmethod
    def _canonical(cls, value: str) -> str:
        return objective.parse(value).text

    @model_validator(mode="after")
    def _patch_fits(self) -> "Recipe":
        smallest, multiple = objective.parse(self.objective).smallest_side, task(self.task).multiple
        if self.patch < smallest:
            raise ValueError(
                f"patch: {self.patch} px is too small for {self.objective!r}, which needs at least {smallest} px"
            )
        if self.patch % multiple:
            raise ValueError(f"patch: {self.patch} px is not a multiple of {multiple}, which {self.task} needs")
        return self

    @property
    def hash(self) -> str:
        """The recipe's identity: sha256 of its canonical JSON."""
        return digest_of(self.model_dump(mode="json"))


class TrainSpec(Frozen):
    """One stage of one training."""

    kind: Literal["train"] = "train"
    recipe: Recipe
    photographs: tuple[PhotographRef, ...] = Field(min_length=1)
    start_from: Number | None = Field(
        None, description="The training job whose weights this one begins with (stage 1)."
    )


class RenderSpec(Frozen):
    """The test scenes as one network restores them, or as a baseline has them, with references and degraded inputs."""

    kind: Literal["render"] = "render"
    task: str
    condition: str = Field(min_length=1, max_length=200)
    training: int | None = Field(None, description="The training job whose network is used; none for a baseline.")
    baseline: str | None = Field(
        None, exclude_if=lambda value: value is None, description="The condition that no training made: input or jpeg."
    )
    scenes: tuple[SceneRef, ...] = Field(min_length=1)
    seed: int = Field(
        0, ge=0, lt=2**31, description="All conditions rendered with one seed share each scene's degraded input."
    )

    @model_validator(mode="after")
    def _of_one_origin(self) -> "RenderSpec":
        if (self.training is None) == (self.baseline is None):
            raise ValueError("name either the training whose network is used, or a baseline")
        if self.baseline is not None:
            known_baseline(self.task, self.baseline)
        return self


AnySpec = TrainSpec | RenderSpec | ScoreSpec | RecoverSpec
Spec = Annotated[AnySpec, Field(discriminator="kind")]


class Assignment(Frozen):
    """What the dispatcher writes into ``runs/<job>/<attempt>/spec.json`` for the trainer to read."""

    job: int
    attempt: int
    spec: Spec
    media: str = Field(description="URL of the content-addressed store.")
    checkpoint: str | None = Field(None, description="Path of the weights to begin with (training) or to render with.")
    resume_from: str | None = Field(None, description="Path of an earlier attempt's newest checkpoint.")
    pairs: tuple[PicturePair, ...] = Field((), description="The pictures to be scored.")
    checkpoint_seconds: float = Field(300.0, ge=0)
    device: str = "cpu"
    processes: int = Field(1, ge=1, description="How many train together, one for each GPU of the slot.")
    threads: int = 0


class Usage(Frozen):
    """How much of its device a job uses."""

    device: str
    memory: int = Field(description="Bytes that the job holds: of the GPU's memory, or of the machine's.")
    memory_total: int | None = Field(None, description="Bytes that the device has altogether.")
    utilisation: float | None = Field(
        None, description="Share of the time in which the GPU computed, or the job's threads did; null where unknown."
    )
    threads: int | None = Field(None, description="Threads that compute, on a CPU.")


class Progress(Frozen):
    """One line that a running job sends through its pipe."""

    step: int
    total: int
    loss: float | None = None
    steps_per_second: float | None = None
    usage: Usage | None = None


class TrainResult(Frozen):
    """What a succeeded training leaves in ``result.json`` beside its checkpoint."""

    kind: Literal["train"] = "train"
    checkpoint: str = Field(description="File name inside the run folder.")
    sha256: str
    recipe_hash: str
    steps: int
    loss: float
    psnr: float = Field(description="Over fixed crops of the training photographs, the same whatever the recipe; dB.")
    skipped_steps: int = Field(0, description="Steps whose loss or gradient was not finite, and which changed nothing.")
    photographs_hash: str | None = Field(None, description="sha256 of the photographs' names, sizes and pixels.")
    versions: dict[str, str] = Field(description="Beholder with its commit and source, Python, and the packages.")


class RenderedPicture(Frozen):
    """One lossless picture in the run folder."""

    file: str
    sha256: str
    scene: str
    condition: str
    role: Literal["reference", "degraded", "condition"]
    width: int
    height: int
    origin: dict[str, str | int | float]


class RenderResult(Frozen):
    """What a succeeded rendering leaves in ``result.json`` beside its pictures."""

    kind: Literal["render"] = "render"
    task: str
    pictures: tuple[RenderedPicture, ...]


AnyResult = TrainResult | RenderResult | ScoreResult | RecoverResult
Result = Annotated[AnyResult, Field(discriminator="kind")]
