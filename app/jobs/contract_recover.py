"""What a recovery is: a photograph to be found again by following one objective."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import Field, field_validator, model_validator

from app.jobs import objective
from app.jobs.contract_parts import Digest, Finite, Frozen, Number, SceneRef


@dataclass(frozen=True, slots=True)
class RecoverySchedule:
    """How an objective is followed, and from what kind of JPEG."""

    quality: int = 10
    steps: int = 20_000
    learning_rate: float = 0.005
    halve_every: int = 2_000
    lowest_rate: float = 1e-4


PUBLISHED_RECOVERY = RecoverySchedule()  # what forms, files, scripts and commands begin with


class RecoverSpec(Frozen):
    """A photograph to be found again by following one objective: what an objective alone can lead to."""

    kind: Literal["recover"] = "recover"
    objective: str
    scene: SceneRef = Field(description="The part of a photograph that is the reference.")
    start: Literal["noise", "jpeg"] = Field("noise", description="White noise, or the reference as a coarse JPEG.")
    quality: int = Field(PUBLISHED_RECOVERY.quality, ge=1, le=95, description="Of the JPEG that is begun with.")
    steps: Number = PUBLISHED_RECOVERY.steps
    learning_rate: float = Field(PUBLISHED_RECOVERY.learning_rate, gt=0, le=1)
    halve_every: Number = Field(
        PUBLISHED_RECOVERY.halve_every, description="Then the learning rate is halved, and Adam begins anew."
    )
    lowest_rate: float = Field(
        PUBLISHED_RECOVERY.lowest_rate, gt=0, le=1, description="The learning rate is not halved below this."
    )
    seed: int = Field(0, ge=0, lt=2**31, description="Of the noise that is begun with.")

    @field_validator("objective")
    @classmethod
    def _canonical(cls, value: str) -> str:
        return objective.parse(value).text

    @model_validator(mode="after")
    def _scene_fits(self) -> "RecoverSpec":
        smallest = objective.parse(self.objective).smallest_side
        if min(self.scene.width, self.scene.height) < smallest:
            raise ValueError(
                f"scene: {self.scene.width}×{self.scene.height} px are too small for {self.objective!r}, which needs "
                f"at least {smallest} px each way"
            )
        return self


class Verdict(StrEnum):
    """What following an objective from a start led to."""

    RECOVERS = "recovers"  # the picture found is the reference, as far as anybody can see
    ARTEFACTS = "artefacts"  # the objective has settled on another picture
    DIVERGES = "diverges"  # the objective led nowhere, or away from the reference
    UNFINISHED = "unfinished"  # the steps ended before anything could be said of the objective


class RecoveryPoint(Frozen):
    """How far a recovery was at a step."""

    step: int
    objective: Finite
    psnr: Finite = Field(description="Of the picture at that step against the reference, dB.")


class RecoverResult(Frozen):
    """What a succeeded recovery leaves in ``result.json`` beside its pictures."""

    kind: Literal["recover"] = "recover"
    sheet: str = Field(description="File name of the contact sheet inside the run folder.")
    sheet_sha256: Digest
    best: str = Field(description="File name of the picture under which the objective was lowest.")
    best_sha256: Digest
    stages: tuple[int, ...] = Field(description="Steps of the pictures on the sheet, between the start and the best.")
    verdict: Verdict
    why: str = Field(description="The rule that decided, with its numbers.")
    objective_start: Finite
    objective_best: Finite
    objective_reference: Finite = Field(description="At the reference itself.")
    psnr_start: Finite
    psnr_best: Finite
    ms_ssim_best: Finite | None = Field(description="None where the scene is too small for it.")
    best_step: int
    steps: int
    skipped_steps: int = Field(description="Steps whose loss or gradient was not finite, and which changed nothing.")
    curve: tuple[RecoveryPoint, ...]
    versions: dict[str, str] = Field(description="Beholder with its commit and source, Python, and the packages.")
