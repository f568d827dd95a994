"""A study as a YAML file, which says what the pages say: title, protocol, and which pictures from where."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from app import strict_yaml
from app.errors import BadInput
from app.strict_yaml import Place, Source, in_a_row
from app.studies.choice import Choice, ChosenTask
from app.studies.plain import PLAIN, is_plain
from app.studies.protocol import Protocol
from app.studies.sayings import sentence
from app.studies.turns import READINGS

_CORRECT = "correct that in the file; nothing was changed"


class BadStudyFile(BadInput):
    """The file says something that no study can be made of."""


_SORT = strict_yaml.Sort(
    "study", BadStudyFile, "write lines such as 'title: Which loss restores faces best?' and 'protocol:'"
)
_IN_WORDS = {
    "question", "consent_text", "instructions", "questionnaire", "catch_pairs", "practice_scenes", "plan_primary",
    "translations",
}  # fmt: skip
_MARKS = {"name", "kind", "least", "most", "required"}  # of a question: not for anybody to read
_Task = Annotated[str, StringConstraints(min_length=1, max_length=80)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Number = Annotated[int, Field(ge=1, lt=2**31)]


class AskedStimuli(BaseModel):
    """Where a study's pictures come from, and which of them it takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    renderings: tuple[_Number, ...] = Field((), max_length=1000)  # jobs of this installation that have succeeded
    folder: str | None = Field(None, min_length=1)  # a folder or a zip file; a relative path begins at the study file
    tasks: dict[_Task, ChosenTask] | None = None  # of these two: only those; None takes all
    leave_out: dict[
        _Task, dict[_Name, tuple[_Name, ...]]
    ] = {}  # task → condition → scenes that are not taken nevertheless
    pictures: dict[
        _Task, dict[_Name, dict[_Name, _Digest]]
    ] = {}  # task → condition → scene → sha256 of what the store has

    @field_validator("pictures")
    @classmethod
    def _plain(cls, value: dict[str, dict[str, dict[str, str]]]) -> dict[str, dict[str, dict[str, str]]]:
        names = [
            name for task, inside in value.items() for one, scenes in inside.items() for name in (task, one, *scenes)
        ]
        if not all(is_plain(name) for name in names):
            raise ValueError(PLAIN)
        return value

    @property
    def choice(self) -> Choice:
        """Which of the renderings' and the folder's pictures are taken."""
        return Choice(self.tasks, self.leave_out)


class StudyFile(BaseModel):
    """Everything that a study is before it opens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    protocol: Protocol = Protocol()
    stimuli: AskedStimuli = AskedStimuli()


def read(path: Path) -> tuple[StudyFile, Source]:
    """The study in a YAML file, and where each part of it stands; raises ``BadStudyFile``."""
    content, source = strict_yaml.read(path, _SORT)
    return _study(content, source), source


def parse(data: bytes, name: str) -> tuple[StudyFile, Source]:
    """The same of bytes that were sent under this name; raises ``TooManyReadings`` where others' take their time."""
    with READINGS.take():
        content, source = strict_yaml.load(data, name, _SORT)
        return _study(content, source), source


def _study(content: dict[str, Any], source: Source) -> StudyFile:
    source.require_keys(content, tuple(StudyFile.model_fields))
    protocol = _mapping(content, "protocol", source)
    source.require_keys(protocol, tuple(Protocol.model_fields), "protocol")
    stimuli = _mapping(content, "stimuli", source)
    source.require_keys(stimuli, tuple(AskedStimuli.model_fields), "stimuli")
    source.require_uncut(_in_words)
    if "tasks" in stimuli:
        stimuli["tasks"] = _tasks(stimuli["tasks"], source)
    return StudyFile(
        title=_title(content, source),
        protocol=_protocol(protocol, source),
        stimuli=_stimuli(stimuli, source),
    )


def _in_words(place: Place) -> bool:
    """Whether this is a text that somebody reads, in which a ``#`` may be meant as a part of it."""
    match place:
        case ("title",):
            return True
        case ("protocol", str(name), *parts):
            return name in _IN_WORDS and not _MARKS.intersection(parts)
    return False


def _mapping(content: Mapping[str, Any], key: str, source: Source) -> dict[str, Any]:
    found = content.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        source.refuse(
            f"{key}: this is no mapping", "write one 'name: value' a line below it, set in by two spaces", key
        )
    return dict(found)


def _tasks(said: Any, source: Source) -> Any:
    """The choice task by task, where names alone stand for everything of these tasks."""
    if isinstance(said, list) and all(isinstance(task, str) for task in said):
        return {task: {} for task in said}
    if not isinstance(said, dict):
        return said
    for task, chosen in said.items():
        if isinstance(chosen, dict):
            source.require_keys(chosen, tuple(ChosenTask.model_fields), "stimuli", "tasks", task)
    return {task: {} if chosen is None else chosen for task, chosen in said.items()}


def _title(content: Mapping[str, Any], source: Source) -> str:
    title = content.get("title")
    if not isinstance(title, str):
        told = "there is no title" if title is None else f"title: {repr(title)[:80]} is no text"
        source.refuse(told, "write 'title: …', in quotes where it could be read as a number or a date", "title")
    return title


def _protocol(said: dict[str, Any], source: Source) -> Protocol:
    """Strictly: YAML knows numbers and truth values, so that a text is never taken for one."""
    try:
        return Protocol.model_validate_json(json.dumps(said), strict=True)
    except ValidationError as error:
        told = (
            f"{_line(source, 'protocol', *detail['loc'])}{sentence(detail, Protocol.model_fields)}"
            for detail in error.errors()
        )
        raise BadStudyFile(f"{source.name}: {in_a_row(told)}", _CORRECT) from None


def _stimuli(said: dict[str, Any], source: Source) -> AskedStimuli:
    try:
        return AskedStimuli.model_validate_json(json.dumps(said), strict=True)
    except ValidationError as error:
        told = (
            f"{_line(source, 'stimuli', *detail['loc'])}{sentence(detail | {'loc': ('stimuli', *detail['loc'])}, ())}"
            for detail in error.errors()
        )
        raise BadStudyFile(f"{source.name}: {in_a_row(told)}", _CORRECT) from None


def _line(source: Source, *place: str | int) -> str:
    """``line 7: ``, where the lines are known."""
    at = source.at(*place).removeprefix(source.name).removeprefix(", ")
    return f"{at}: " if at else ""
