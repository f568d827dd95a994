"""The parts of a protocol that are more than a number: fields of the questionnaire, catch pairs, closed choices.

Each can be written as one line of text, as the form does, or as an object, as a file or the API does.
"""

import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.studies.plain import PLAIN, is_plain

_RANGE = re.compile(r"number(?:\s+(-?[0-9]{1,9})\s*(?:-|–|\.\.|to)\s*(-?[0-9]{1,9}))?")
_Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Gate(StrEnum):
    """What becomes of somebody whose screen cannot show the pictures as they are."""

    REQUIRE = "require"  # it waits until the screen is right
    ADVISE = "advise"  # it says what is wrong, and lets them go on
    OFF = "off"  # nothing is asked


class Sampling(StrEnum):
    """How the pairs of a session are chosen."""

    BALANCED = "balanced"  # those judged least
    ADAPTIVE = "adaptive"  # once each has its floor, those that promise to tell most about the order; a ranking alone


class ViewingRule(StrEnum):
    """What becomes of somebody who does not pass a viewing condition."""

    RECORD = "record"
    SCREEN_OUT = "screen out"


class ViewingModule(StrEnum):
    """A viewing condition that can be looked at before the first trial."""

    CARD = "card"
    BRIGHTNESS = "brightness"
    ACUITY = "acuity"
    COLOUR = "colour"


class AnswerKind(StrEnum):
    """How a question about the subject is answered."""

    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


class Asked(BaseModel):
    """One question about the subject; as a line ``name | question | a / b / c``, ``number 16-120`` or ``text``.

    A fourth part, ``optional``, says that it may be left empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: _Words
    kind: AnswerKind = Field(strict=False)  # a line comes as text
    options: tuple[_Words, ...] = Field((), strict=False)
    least: int | None = Field(None, strict=False)
    most: int | None = Field(None, strict=False)
    required: bool = True

    @model_validator(mode="before")
    @classmethod
    def _from_line(cls, said: Any) -> Any:
        if isinstance(said, str):
            return _asked(said)
        return _with_tuple(said, "options")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if not is_plain("".join((self.label, *self.options))):
            raise ValueError(PLAIN)
        if (self.kind is AnswerKind.CHOICE) != (len(self.options) >= 2):
            raise ValueError(
                f"{self.name}: a choice has two options or more (a / b / c), and nothing else has any: number 16-120, "
                "number, or text"
            )
        if len(set(self.options)) < len(self.options) or len(self.options) > 50:
            raise ValueError(f"{self.name}: a choice has at most 50 options, no two the same")
        if self.kind is not AnswerKind.NUMBER and (self.least, self.most) != (None, None):
            raise ValueError(f"{self.name}: only a number has a least and a most")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"{self.name}: {self.least} is more than {self.most}")
        return self

    def __str__(self) -> str:
        how = " / ".join(self.options) or self.kind.value
        if self.kind is AnswerKind.NUMBER and self.least is not None and self.most is not None:
            how = f"number {self.least}-{self.most}"
        return " | ".join((self.label_line, how) if self.required else (self.label_line, how, "optional"))

    @property
    def label_line(self) -> str:
        """The first two parts of its line."""
        return f"{self.name} | {self.label}"


class CatchPair(BaseModel):
    """Two conditions of a scene of which one is plainly better; as a line ``task / scene / better > worse``."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    task: _Words
    scene: _Words
    better: _Words
    worse: _Words

    @model_validator(mode="before")
    @classmethod
    def _from_line(cls, said: Any) -> Any:
        if not isinstance(said, str):
            return said
        place, _, pair = said.strip().rpartition(" / ")
        task, _, scene = place.partition(" / ")
        better, _, worse = pair.partition(" > ")
        if not (task and scene and better and worse):
            raise ValueError(
                f"{said[:80]!r} is not of the form: task / scene / better > worse, with spaces around / and >"
            )
        return {"task": task, "scene": scene, "better": better, "worse": worse}

    @model_validator(mode="after")
    def _two_conditions(self) -> Self:
        if self.better == self.worse:
            raise ValueError(f"{self}: a catch pair is of two different conditions")
        return self

    def __str__(self) -> str:
        return f"{self.task} / {self.scene} / {self.better} > {self.worse}"


def lines(said: Any) -> Any:
    """The lines of a text, where a text was given for a list; and a list from JSON as what it stands for."""
    if isinstance(said, str):
        return tuple(line for line in (part.strip() for part in said.splitlines()) if line)
    return tuple(said) if isinstance(said, list) else said


def _with_tuple(said: Any, name: str) -> Any:
    """An object from JSON, whose list there is a tuple: what a validator has changed is no JSON for pydantic."""
    if isinstance(said, dict) and isinstance(said.get(name), list):
        return said | {name: tuple(said[name])}
    return said


def _asked(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) not in (3, 4) or (len(parts) == 4 and parts[3].lower() != "optional"):
        raise ValueError(
            f"{line[:80]!r} is not of the form: name | question | number 16-120, or with a / b / c or text in the "
            "last place; add | optional where it may stay empty"
        )
    name, label, how = parts[:3]
    found: dict[str, Any] = {"name": name, "label": label, "required": len(parts) == 3}
    if ranged := _RANGE.fullmatch(how):
        least, most = (int(end) if end else None for end in ranged.groups())
        return found | {"kind": "number", "least": least, "most": most}
    if how == "text":
        return found | {"kind": "text"}
    return found | {"kind": "choice", "options": tuple(option.strip() for option in how.split(" / "))}
