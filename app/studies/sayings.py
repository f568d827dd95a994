"""What is wrong with one setting of a protocol, in words for whoever wrote it."""

import re
from collections.abc import Container, Iterable
from typing import Any

from app.studies.words import Translation

_ECHO = 100  # characters of what does not fit that its sentence repeats
_MAY_HOLD = {
    "name": "a name is of small letters a to z, digits and _, begins with a letter, and has at most 40 characters",
    "languages": "a language is a tag such as en, de or zh-Hans",
    "completed_code": "a code is of letters A to Z and a to z, digits, and the signs _ . -",
}
_MAY_HOLD |= dict.fromkeys(("failed_code", "screened_out_code"), _MAY_HOLD["completed_code"])


def sentence(detail: Any, settings: Iterable[str]) -> str:
    """The sentence for one error of pydantic's; items of a list are counted from 1."""
    place = ", ".join(f"item {part + 1}" if isinstance(part, int) else str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        return f"{place}: there is no such setting; the settings are {', '.join(settings)}"
    if detail["type"] == "extra_forbidden" and detail["loc"][0] == "translations" and len(detail["loc"]) == 3:
        return f"{place}: there is no such text; a translation has {', '.join(Translation.model_fields)}"
    told = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "string_pattern_mismatch":
        named = next(part for part in reversed(detail["loc"]) if isinstance(part, str))
        told = _MAY_HOLD.get(named, told)
    if not place:
        return told
    got = repr(detail["input"])
    return f"{place}: {told} (got {got if len(got) <= _ECHO else got[:_ECHO] + '…'})"


def marked(told: str) -> str:
    """The sentence with the setting that it begins with between backticks, by which a page knows it for one."""
    return re.sub(r"^(\w+)(?=[:,] )", r"`\1`", told)


def by_setting(sentences: Iterable[str], settings: Container[str]) -> dict[str, str]:
    """The sentences by the setting that each begins with, without its name; what names none is left out."""
    found = dict[str, list[str]]()
    for told in sentences:
        name, _, rest = told.partition(": ")
        name, _, item = name.partition(", ")
        if name in settings:
            found.setdefault(name, []).append(f"{item}: {rest}" if item else rest)
    return {name: "; ".join(parts) for name, parts in found.items()}
