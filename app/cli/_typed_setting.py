"""A setting of a study as it is typed at a terminal: ``name=value``."""

from pathlib import Path
from typing import Any

from app import strict_yaml
from app.errors import BadInput
from app.studies.protocol import Protocol


class BadSetting(BadInput):
    """What was typed is no setting with its value."""


_SORT = strict_yaml.Sort("setting", BadSetting, "type name=value")


def typed(said: str) -> tuple[str, Any]:
    """The name and the value: a text as it stands, anything else as a study file has it after ``name:``.

    ``name=@FILE`` takes it from a file. Raises ``BadSetting``; whether there is such a setting is not asked.
    """
    name, equals, value = said.partition("=")
    name = name.strip()
    if not equals or not name.isidentifier():
        raise BadSetting(f"{said!r} is no name=value", "type the setting's name, = and its value, without spaces")
    if value.startswith("@"):
        value = _content(Path(value[1:]), name)
    known = Protocol.model_fields.get(name)
    if name == "title" or (known is not None and known.annotation is str):
        return name, value
    content, _ = strict_yaml.load(f"{name}: {value}".encode(), f"the value of {name}", _SORT)
    return name, content[name]


def _content(file: Path, name: str) -> str:
    try:
        return file.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{file}, which holds {name}, cannot be read ({error})", "name a text file in UTF-8") from None
