"""What a study says to its subjects and asks them: as the experimenter wrote it, in one language or in several."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from app.jobs.contract import digest_of
from app.studies.analysis_plan import AnalysisPlan
from app.studies.fields import AnswerKind, Asked, lines
from app.studies.plain import in_lines, one_line
from app.studies.setting import setting
from app.studies.tongues import alike
from app.studies.wording import CONSENT, INSTRUCTIONS, QUESTION, QUESTIONNAIRE

LONGEST = 20_000  # characters of a text
_Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$")]


class Translation(BaseModel):
    """A study's own texts in one more language; one that is empty is read as the study has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    # stands beside the protocol in the first language; left out where it is empty, as protocols of before were hashed
    title: str = Field("", max_length=200, exclude_if=lambda title: not title)
    question: str = Field("", max_length=300)
    consent_text: str = Field("", max_length=LONGEST)
    instructions: str = Field("", max_length=LONGEST)
    questionnaire: tuple[Asked, ...] = Field((), max_length=30)  # answered as those of the same names

    @field_validator("questionnaire", mode="before")
    @classmethod
    def _by_line(cls, said: Any) -> Any:
        return lines(said)

    @field_validator("questionnaire")
    @classmethod
    def _once_each(cls, value: tuple[Asked, ...]) -> tuple[Asked, ...]:
        if len({asked.name for asked in value}) < len(value):
            raise ValueError("nothing may stand there twice")
        return value

    _line = field_validator("title", "question")(one_line)
    _texts = field_validator("consent_text", "instructions")(in_lines)


IN_NO_OTHER = Translation()


class Words(AnalysisPlan):
    """The texts of a study, its questions about the subject, and the languages of its pages."""

    question: str = setting(
        QUESTION, "The question above every trial.", "Fidelity to a reference, as in the published protocol.",
        min_length=1, max_length=300,
    )  # fmt: skip
    consent_text: str = setting(
        CONSENT, "What a subject agrees to; its exact wording is stored as a hash with the agreement.",
        "An agreement is worth as much as the text it points to.", min_length=1, max_length=LONGEST,
    )  # fmt: skip
    instructions: str = setting(
        INSTRUCTIONS, "What a subject reads before practising.", "Written, and the same for everybody.",
        min_length=1, max_length=LONGEST,
    )  # fmt: skip
    questionnaire: tuple[Asked, ...] = setting(
        QUESTIONNAIRE, "What subjects are asked about themselves, one question a line: "
        "name | question | a / b / c, or number 16-120, or text; add | optional where it may stay empty.",
        "P.910 wants age, sex, vision and expertise reported.", max_length=30,
    )  # fmt: skip
    languages: tuple[_Tag, ...] = setting(
        (), "Languages offered on the first page, as tags such as en or de, the first the one that your own texts are "
        "written in; empty offers every one there is.",
        "Our own texts are read in the subject's language, and yours in those that you write them in.", max_length=50,
    )  # fmt: skip
    translations: dict[_Tag, Translation] = setting(
        {}, "Your own texts in further languages; a question about the subject has the same name, "
        "and as many options, as in the first.",
        "Nobody agrees to what they cannot read.", max_length=50,
    )  # fmt: skip

    @field_validator("questionnaire", mode="before")
    @classmethod
    def _asked_by_line(cls, said: Any) -> Any:
        return lines(said)

    @field_validator("questionnaire", "languages")
    @classmethod
    def _none_twice(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [part.name if isinstance(part, Asked) else part for part in value]
        if len(set(names)) < len(names):
            raise ValueError("nothing may stand there twice")
        return value

    _question = field_validator("question")(one_line)
    _texts = field_validator("consent_text", "instructions")(in_lines)

    @field_validator("translations")
    @classmethod
    def _that_say_something(cls, value: dict[str, Translation]) -> dict[str, Translation]:
        return {tag: own for tag, own in value.items() if own != IN_NO_OTHER}

    @model_validator(mode="after")
    def _answered_alike(self) -> "Words":
        known = {asked.name: asked for asked in self.questionnaire}
        for tag, own in self.translations.items():
            for asked in own.questionnaire:
                if asked.name not in known:
                    raise ValueError(f"translations: {tag}: the questionnaire has no question {asked.name!r}")
                if _answers(asked) != _answers(known[asked.name]):
                    raise ValueError(
                        f"translations: {tag}: {asked.name!r} must be answered as in the questionnaire: as many "
                        "options, or the same numbers"
                    )
        return self

    @property
    def consent_hash(self) -> str:
        """The consent text's identity, stored with each agreement."""
        return digest_of(self.consent_text)


def translation(translations: Mapping[str, Translation], tag: str) -> Translation:
    """The texts in the language with this tag, or in one that is written alike; empty ones where there are none."""
    return next((own for name, own in translations.items() if alike(name, tag)), IN_NO_OTHER)


def _answers(asked: Asked) -> tuple[AnswerKind, int, int | None, int | None, bool]:
    return asked.kind, len(asked.options), asked.least, asked.most, asked.required
