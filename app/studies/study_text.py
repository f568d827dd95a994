"""The text of a study file: every setting with what it is and why, and no word that could be read in two ways."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import yaml
from pydantic import BaseModel

from app.strict_yaml import needs_quotes
from app.studies.fields import Asked, CatchPair
from app.studies.protocol import Protocol
from app.studies.setting_groups import grouped
from app.studies.study_file import AskedStimuli, StudyFile
from app.studies.withheld import ENDS
from app.studies.words import Translation

_WIDTH = 120


class _Writer(yaml.SafeDumper):
    """Writes out what stands there twice, and quotes what our reader would take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never a mark and an alias: the reader refuses both."""
        return True


def _write_text(writer: yaml.SafeDumper, text: str) -> yaml.Node:
    lines = text.split("\n")
    in_block = len(lines) > 1 and all(line == line.strip() and line.isprintable() for line in lines) and lines[0] != ""
    style = "|" if in_block else '"' if len(lines) > 1 else "'" if needs_quotes(text) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style)


_Writer.add_representer(str, _write_text)


def text_of(study: StudyFile, *, codes: bool = True) -> str:
    """The study as a YAML file, which ``study_file.parse`` reads back as the same.

    Without ``codes``, it says of which settings of the end it has left out what they are.
    """
    left_out = () if codes else tuple(name for name in ENDS if getattr(study.protocol, name))
    protocol = study.protocol if codes else study.protocol.without_codes("")
    parts = [
        "# A study of Beholder. `beholder study create FILE` makes a draft of it; what is left out has its default.",
        *([f"# Left out, for those who run the study: {', '.join(left_out)}."] if left_out else ()),
        _yaml({"title": study.title}).rstrip("\n"),
        "",
        "protocol:",
        *_settings(protocol),
        *_stimuli(study.stimuli),
    ]
    return "\n".join(parts) + "\n"


def _settings(protocol: Protocol) -> Iterator[str]:
    told = protocol.model_dump(mode="json")
    for title, names in grouped().items():
        yield f"  # ── {title} ──"
        for name in names:
            field = Protocol.model_fields[name]
            extra = field.json_schema_extra
            reason = str(extra.get("reason", "")) if isinstance(extra, dict) else ""
            yield from _remark(f"{field.description} {reason}")
            yield from _indented(_yaml({name: _plain(getattr(protocol, name), told[name])}))
        yield ""


def _plain(value: Any, told: Any) -> Any:
    """A setting as YAML has it: parts of a list as lines, translations without what is empty; else as JSON has it."""
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        return [_line(part) for part in value]
    if isinstance(value, dict):
        return {tag: _texts(own) for tag, own in value.items()}
    return told


def _texts(own: Translation) -> dict[str, Any]:
    said = own.model_dump(mode="json", exclude_defaults=True)
    return said | ({"questionnaire": [_line(asked) for asked in own.questionnaire]} if own.questionnaire else {})


def _stimuli(stimuli: AskedStimuli) -> Iterator[str]:
    said = stimuli.model_dump(mode="json", exclude_defaults=True)
    if stimuli.tasks is not None:
        said["tasks"] = {task: one.model_dump(mode="json", exclude_none=True) for task, one in stimuli.tasks.items()}
    if not said:
        yield "stimuli: {}"
        return
    yield "stimuli:"
    yield from _remark(
        "renderings: finished jobs of this installation. folder: a folder or a zip file beside this file. tasks: what "
        "of these is taken. pictures: what the store holds already, by sha256."
    )
    yield from _indented(_yaml({name: said[name] for name in AskedStimuli.model_fields if name in said}))


def _line(part: Asked | CatchPair) -> Any:
    """The line of text that means the same, where there is one; else the object."""
    try:
        if type(part).model_validate(str(part)) == part:
            return str(part)
    except ValueError:  # no line can say it: an option with a slash in it
        pass
    return part.model_dump(mode="json", exclude_defaults=True)


def _remark(text: str) -> Iterator[str]:
    yield from (f"  # {line}" for line in wrap(text, _WIDTH - 4))


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {line}" if line else "" for line in text.rstrip("\n").split("\n"))


def _yaml(content: Any) -> str:
    written: str = yaml.dump(
        content, Dumper=_Writer, allow_unicode=True, sort_keys=False, default_flow_style=False, width=10_000_000
    )
    return written
