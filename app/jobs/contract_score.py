"""What a score is: the measures of a rendering's pictures."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from app.catalog import MEASURES, measure
from app.jobs.contract_parts import Digest, Finite, Frozen, Number

Form = Literal["rgb", "y"]
"""On what a measure is computed: each channel (or all at once), or the luma."""


class ScoreSpec(Frozen):
    """What measures say of a rendering's pictures, conditions and degraded inputs, each against its reference."""

    kind: Literal["score"] = "score"
    rendering: Number = Field(description="The rendering job whose pictures are scored.")
    measures: tuple[str, ...] = Field(min_length=1, description="Ids of the catalogue, in any order.")
    forms: tuple[Form, ...] = Field(("rgb",), min_length=1)
    degraded: bool = Field(
        True, exclude_if=lambda value: value,  # scores older than this key keep their hash
        description="Whether the degraded inputs are scored, too; all conditions of a task share them.",
    )  # fmt: skip
    replace: bool = Field(False, description="Whether values that are there already and differ give way.")

    @field_validator("measures")
    @classmethod
    def _known_measures(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wanted = {measure(name).id for name in value}
        return tuple(name for name in MEASURES if name in wanted)  # one order, so that equal scores are one job

    @field_validator("forms")
    @classmethod
    def _in_order(cls, value: tuple[Form, ...]) -> tuple[Form, ...]:
        return tuple(sorted(set(value)))

    @model_validator(mode="after")
    def _every_measure_has_a_form(self) -> "ScoreSpec":
        without = [name for name in self.measures if MEASURES[name].colour and "rgb" not in self.forms]
        if without:
            raise ValueError(f"forms: {', '.join(without)} looks at colours and has no form 'y'; ask for 'rgb' too")
        return self

    @property
    def columns(self) -> tuple[tuple[str, Form], ...]:
        """The measures in their forms; one that looks at colours has the form ``rgb`` alone."""
        return tuple(
            (name, form) for name in self.measures for form in self.forms if form == "rgb" or not MEASURES[name].colour
        )


class PicturePair(Frozen):
    """A picture in the store, and the reference it is compared with."""

    scene: str
    condition: str
    picture: Digest
    reference: Digest


class ScoredValue(Frozen):
    """What a measure says of one picture."""

    picture: Digest
    reference: Digest
    measure: str
    form: Form
    value: Finite


class ReplacedValue(Frozen):
    """A value that was there, differed from what a score found, and gave way."""

    picture: Digest
    reference: Digest
    measure: str
    form: Form
    value: float = Field(description="As it was.")
    source: str = Field(description="Who had brought it: a file, or a job.")


class ScoreResult(Frozen):
    """What a succeeded score leaves in ``result.json``."""

    kind: Literal["score"] = "score"
    values: tuple[ScoredValue, ...]
    versions: dict[str, str] = Field(description="Beholder with its commit and source, Python, and the packages.")
    replaced: tuple[ReplacedValue, ...] = Field(
        (), exclude_if=lambda value: not value, description="Noted by the worker that kept the values."
    )
