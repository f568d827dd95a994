"""The protocol as a form: made from the protocol's own fields, so that a new setting appears by itself."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.datastructures import FormData

from app.errors import BadInput
from app.studies.protocol import Protocol
from app.studies.setting_groups import grouped
from app.web.admin import translation_form
from app.web.admin.forms import text
from app.web.admin.translation_form import InLanguage, in_languages, in_words
from app.web.setting_labels import label_of

_AREAS = ("consent_text", "instructions", "questionnaire", "catch_pairs")


class HalfAForm(BadInput):
    """A form came without some of its fields."""

    def __init__(self) -> None:
        super().__init__("Only a part of the form arrived, and nothing was saved", "reload the page and save again")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the form shows it."""

    name: str
    label: str
    kind: str  # number, text, area, tick, select or texts
    value: str
    what: str
    default: str
    reason: str
    limits: dict[str, str]
    options: tuple[str, ...]  # of a select
    problem: str = ""  # why what was typed does not fit
    texts: tuple[InLanguage, ...] = ()  # of the kind texts, whose value has all of them in words


def settings_of(
    values: Mapping[str, Any], groups: Collection[str] | None = None, faults: Mapping[str, str] | None = None
) -> dict[str, list[Setting]]:
    """Every setting of the protocol by group, with the given values and why they do not fit; of these groups alone,
    where some are named. What no group names stands under "More".
    """
    fields, told = Protocol.model_fields, faults or {}
    return {
        title: [_setting(name, fields[name], values, told.get(name, "")) for name in names]
        for title, names in grouped().items()
        if groups is None or title in groups
    }


def said(form: FormData, names: Collection[str] = Protocol.model_fields.keys()) -> dict[str, Any]:
    """What the form says of these settings, in the shape that ``protocol.read`` takes; what was not sent is left out,
    but for ticks, of which only those that are set are sent.
    """
    values = dict[str, Any]()
    for name, field in Protocol.model_fields.items():
        if name not in names:
            continue
        kind = _kind(name, field)
        if kind == "tick":
            values[name] = name in form
        elif kind == "texts" and name in form:
            values[name] = translation_form.read(form)
        elif name in form:
            values[name] = _read(field, text(form, name).replace("\r\n", "\n").strip())
    return values


def require_whole(form: FormData, names: Iterable[str]) -> None:
    """Nothing, where the form holds all of these settings but ticks, and the draft's revision; or ``HalfAForm``.

    Of half a form nobody could say whether a tick is missing because it was taken away.
    """
    asked = [name for name in names if _kind(name, Protocol.model_fields[name]) != "tick"]
    if not all(name in form for name in ("revision", *asked)):
        raise HalfAForm


def _read(field: FieldInfo, typed: str) -> Any:
    if _holds(field, tuple):
        parts = typed.splitlines() if _by_line(field) else typed.split(",")
        return tuple(part.strip() for part in parts if part.strip())
    return None if not typed and _holds(field, type(None)) else typed


def _setting(name: str, field: FieldInfo, values: Mapping[str, Any], problem: str) -> Setting:
    extra = field.json_schema_extra
    limits = dict[str, str]()
    for limit in field.metadata:
        if isinstance(limit, Ge):
            limits["min"] = str(limit.ge)
        elif isinstance(limit, Le):
            limits["max"] = str(limit.le)
    if _holds(field, float):
        limits["step"] = "any"
    kind = _kind(name, field)
    return Setting(
        name=name,
        label=label_of(name),
        kind=kind,
        value=in_words(values) if kind == "texts" else _written(_typed(field, values.get(name))),
        what=field.description or "",
        default="" if kind in ("area", "text", "texts") else _written(field.default),
        reason=str(extra.get("reason", "")) if isinstance(extra, dict) else "",
        limits=limits,
        options=_options(field),
        problem=problem,
        texts=in_languages(values) if kind == "texts" else (),
    )


def _kind(name: str, field: FieldInfo) -> str:
    if field.annotation is bool:
        return "tick"
    if name in _AREAS:
        return "area"
    if name == translation_form.FIELD:
        return "texts"
    if _options(field):
        return "select"
    return "number" if _holds(field, int) or _holds(field, float) else "text"


def _options(field: FieldInfo) -> tuple[str, ...]:
    """What a closed choice may be."""
    choice = field.annotation
    return tuple(choice) if isinstance(choice, type) and issubclass(choice, StrEnum) else ()


def _by_line(field: FieldInfo) -> bool:
    """Whether each part of the list stands on a line of its own."""
    parts = get_args(field.annotation)
    return bool(parts) and isinstance(parts[0], type) and issubclass(parts[0], BaseModel)


def _typed(field: FieldInfo, value: Any) -> Any:
    """A list of objects as the lines that mean the same; what is not right yet stays as it was typed."""
    if not _by_line(field) or not isinstance(value, list | tuple):
        return value
    model = get_args(field.annotation)[0]
    return "\n".join(part if isinstance(part, str) else str(model.model_validate(part)) for part in value)


def _holds(field: FieldInfo, kind: type) -> bool:
    """Whether the field is of that type, or may be."""
    annotation = field.annotation
    options = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    return any(option is kind or get_origin(option) is kind for option in options)


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(value) if isinstance(value, tuple | list) else str(value)
